"""The note that a running instance leaves for `manage.py` beside it."""

from pathlib import Path

from config.embedded.services import read_services, with_running_services, write_private_json


def test_a_note_is_for_the_owner_alone(tmp_path: Path) -> None:
    write_private_json(tmp_path / "note.json", {"a": "b"})
    assert (tmp_path / "note.json").stat().st_mode & 0o777 == 0o600


def test_a_note_leaves_no_other_file(tmp_path: Path) -> None:
    write_private_json(tmp_path / "note.json", {"a": "b"})
    assert [path.name for path in tmp_path.iterdir()] == ["note.json"]


def test_a_note_completes_the_environment(tmp_path: Path) -> None:
    write_private_json(tmp_path / "note.json", {"DATABASE_URL": "postgresql:///x", "PORT": "1"})
    found = with_running_services({"PORT": "2"}, tmp_path / "note.json")
    assert found == {"DATABASE_URL": "postgresql:///x", "PORT": "2"}


def test_a_named_database_gets_nothing_from_the_note(tmp_path: Path) -> None:
    write_private_json(tmp_path / "note.json", {"SECRET_KEY": "demonstration"})
    given = {"DATABASE_URL": "postgresql:///production"}
    assert with_running_services(given, tmp_path / "note.json") == given


def test_no_note_and_a_broken_note_are_no_services(tmp_path: Path) -> None:
    (tmp_path / "broken.json").write_text("{")
    assert read_services(tmp_path / "none.json") == read_services(tmp_path / "broken.json") == {}

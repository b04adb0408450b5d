"""`manage.py archive`: addresses and lists on the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from osint.models import User
from sources import storage
from sources.models import Capture, CaptureBatch, Publication
from tests import cast
from tests.webserver import Server, response

pytestmark = pytest.mark.django_db

TEXT = b"Neighbours saw a crane lift the launcher onto the roof of the building by the river. " * 8


@pytest.fixture
def server() -> Iterator[Server]:
    """A site with two pages."""
    running = Server()
    page = b"<!doctype html><html><title>A roof</title><p>%s</p></html>" % TEXT
    running.routes = {"/one": response(page), "/two": response(page)}
    yield running
    running.close()
    for digest in list(storage.kept_digests()):
        storage.drop(digest)


def archive(*arguments: str) -> tuple[int, str]:
    """Exit code and what was printed."""
    out = StringIO()
    try:
        call_command("archive", *arguments, stdout=out, stderr=StringIO())
    except SystemExit as end:
        return int(end.code or 0), out.getvalue()
    return 0, out.getvalue()


def as_json(*arguments: str) -> tuple[int, Any]:
    code, text = archive(*arguments, "--json")
    return code, json.loads(text)


def written(folder: Path, text: str, name: str = "list.txt") -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_an_address_is_asked_for_in_a_case_that_is_opened_for_it() -> None:
    code, said = as_json("https://courier.example/roof")
    capture = Capture.objects.get()
    assert (code, said["captures"][0]["state"], said["captures"][0]["id"]) == (0, "queued", str(capture.pk))
    assert (capture.investigation.slug, capture.requested_by.username) == ("archive", "archivist")


def test_it_carries_captures_out_itself_when_asked_to(server: Server) -> None:
    code, said = as_json(server.url("/one"), server.url("/two"), "--here")
    assert code == 0
    assert {capture["verdict"] for capture in said["captures"]} == {"complete"}
    assert {file["role"] for file in said["captures"][0]["files"]} >= {"wacz", "page"}


def test_one_failure_is_an_exit_code_and_a_sentence(server: Server) -> None:
    code, said = archive(server.url("/one"), server.url("/gone"), "--here")
    assert code == 1
    assert "The publication is not there any more." in said


def test_running_it_twice_asks_once(tmp_path: Path) -> None:
    listed = written(tmp_path, "https://a.example/\nhttps://b.example/\n")
    first = as_json("--from", listed)[1]["captures"]
    code, second = as_json("--from", listed)
    assert (code, second["captures"], second["refused"]) == (0, first, [])
    assert Publication.objects.count() == 2


def test_a_table_of_auto_archiver_is_read(tmp_path: Path) -> None:
    table = "Link,Archive status\nhttps://a.example/,nothing archived\nhttps://b.example/,\n"
    as_json("--from", written(tmp_path, table, "sheet.csv"), "--method", "http")
    assert set(Capture.objects.values_list("url", "method")) == {
        ("https://a.example/", "http"),
        ("https://b.example/", "http"),
    }


def test_lines_that_are_no_address_are_reported(tmp_path: Path) -> None:
    code, said = archive("--from", written(tmp_path, "https://a.example/\nby the river\n"))
    assert code == 1
    assert "line 2: by the river" in said
    assert CaptureBatch.objects.get().total == 1


def test_a_list_is_read_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", StringIO("https://a.example/\n"))
    assert len(as_json("--from", "-")[1]["captures"]) == 1


def test_somebody_asks_in_their_own_name_and_case() -> None:
    team = cast.team()
    archive("https://a.example/", "--investigation", "roofs", "--as", "roofs-researcher")
    capture = Capture.objects.get()
    assert (capture.investigation, capture.requested_by) == (team.case, team.researcher)
    assert not User.objects.filter(username="archivist").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "Expected addresses"),
        (["by the river"], "Expected http:// or https://"),
        (["--from", "/nowhere/list"], "No such file"),
        (["https://a.example/", "--as", "nobody"], "There is no account nobody"),
        (["https://a.example/", "--investigation", "roofs"], "archivist is on no case roofs"),
        (["https://a.example/", "--investigation", "roofs", "--as", "roofs-viewer"], "role researcher"),
    ],
)
def test_what_cannot_be_done_is_said(arguments: list[str], words: str) -> None:
    cast.team()
    with pytest.raises(CommandError, match=words):
        call_command("archive", *arguments)
    assert Capture.objects.count() == 0


def test_it_reads_what_was_kept_itself_when_asked_to(server: Server) -> None:
    _, said = as_json(server.url("/one"), "--here")
    assert {file["role"] for file in said["captures"][0]["files"]} >= {"page", "text"}
    capture = Capture.objects.get()
    assert (capture.is_settled, capture.examination.state) == (True, "succeeded")


def test_each_wrong_address_is_named_and_none_is_asked_for() -> None:
    with pytest.raises(CommandError) as wrong:
        call_command("archive", "https://a.example/", "by the river", "gopher://b.example/")
    assert "by the river: " in str(wrong.value)
    assert "gopher://b.example/: " in str(wrong.value)
    assert not Publication.objects.exists()


def test_an_address_in_quarantine_is_named_and_none_is_asked_for() -> None:
    archive("https://b.example/")
    Capture.objects.update(state="quarantined")
    with pytest.raises(CommandError, match=r"https://b\.example/: This was set aside"):
        call_command("archive", "https://a.example/", "https://b.example/")
    assert Publication.objects.count() == 1


def test_printing_asks_no_more_often_for_more(tmp_path: Path) -> None:
    def queries(count: int) -> int:
        listed = written(tmp_path, "".join(f"https://{number}.example/\n" for number in range(count)))
        as_json("--from", listed)
        with CaptureQueriesContext(connection) as asked:
            as_json("--from", listed)
        assert not [query for query in asked.captured_queries if '"facts"' in query["sql"]]
        return len(asked)

    assert queries(12) == queries(2)

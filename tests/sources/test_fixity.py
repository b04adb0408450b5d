"""What was altered, taken away or slipped in is found, and kept on record."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from sources import storage
from sources.fixity_alerts import alerts_in, captures_hit, fixity_totals, open_alerts
from sources.management.commands import fsck
from sources.models import CaptureFile, FixityCheck, FixityRun, StoredFile
from sources.services import fixity
from sources.services.captures import request_capture
from sources.services.files import LocalFile, collect_unreferenced, keep_files, mark_stored, open_stored
from sources.services.fixity import Reading, read_share, read_whole
from sources.tasks import check_fixity
from tests import cast, harvests

pytestmark = pytest.mark.django_db

LATER = timedelta(minutes=5)


def read_long_share() -> FixityRun:
    """A share that nothing bounds."""
    return read_share(seconds=60, most_bytes=10**9)


def kept(tmp_path: Path, content: bytes) -> StoredFile:
    """A file in the archive."""
    digest = sha256(content).hexdigest()
    path = tmp_path / f"local-{digest}"
    path.write_bytes(content)
    rows = keep_files([LocalFile(path, digest, len(content), "image/png")], reserve_for=LATER)
    mark_stored(rows.values())
    return rows[digest]


def kept_many(tmp_path: Path, count: int) -> list[StoredFile]:
    """So many files, in the order in which they are read."""
    return sorted(
        (kept(tmp_path, f"{number:1000}".encode()) for number in range(count)), key=lambda f: f.sha256
    )


def kept_site(tmp_path: Path) -> tuple[StoredFile, StoredFile]:
    """A web archive and the picture that is spliced into it."""
    page = {"/": (b"<!doctype html>", "text/html"), "/roof.png": (os.urandom(9000), "image/png")}
    files = harvests.site(tmp_path / "work", page)
    rows = keep_files(map(harvests.local, files), reserve_for=LATER)
    mark_stored(rows.values())
    return rows[files[0].sha256], rows[files[2].sha256]


def overwrite(name: str, content: bytes) -> None:
    """Do what nobody may."""
    storage.archive().delete(name)
    path = Path(os.environ["SIGHTLINE_VAR"]) / "forged"
    path.write_bytes(content)
    arriving = storage.Arriving(path, name, sha256(content).hexdigest(), len(content))
    storage.archive().keep([arriving], may_link=False)


def outcomes(run: FixityRun) -> dict[str, str]:
    return dict(run.checks.values_list("sha256", "outcome"))


def test_what_is_as_it_was_is_intact(anywhere: Any, tmp_path: Path) -> None:
    file = kept(tmp_path, b"as it was")
    run = read_whole()
    assert outcomes(run) == {file.sha256: "intact"}
    assert (run.checked, run.bytes_read, run.is_whole) == (1, 9, True)
    assert run.ended_at is not None


def test_a_changed_file_is_found_with_what_it_is_now(anywhere: Any, tmp_path: Path) -> None:
    file = kept(tmp_path, b"as it was")
    overwrite(storage.name_of(file.sha256), b"as it is.")
    (check,) = read_whole().checks.all()
    assert (check.outcome, check.file) == ("changed", file)
    assert check.detail == f"Expected SHA-256 {file.sha256}, found {sha256(b'as it is.').hexdigest()}."


def test_a_missing_file_is_found(anywhere: Any, tmp_path: Path) -> None:
    file = kept(tmp_path, b"as it was")
    storage.drop(file.sha256)
    assert outcomes(read_whole()) == {file.sha256: "missing"}


def test_a_file_that_nobody_knows_of_is_found(anywhere: Any) -> None:
    overwrite(storage.name_of("ab" * 32), b"a stray")
    (check,) = read_whole().checks.all()
    assert (check.outcome, check.sha256, check.file) == ("untracked", "ab" * 32, None)


def test_a_stray_under_any_name_is_found(archive: Path) -> None:
    archive.mkdir()
    (archive / ("long" * 30)).write_bytes(b"a stray")
    (check,) = read_whole().checks.all()
    assert (check.outcome, check.detail) == ("untracked", "long" * 30)


def test_a_whole_beside_its_own_frame_is_a_stray(archive: Path, tmp_path: Path) -> None:
    whole, _ = kept_site(tmp_path)
    overwrite(storage.name_of(whole.sha256), b"in one piece")
    assert list(read_whole().checks.filter(outcome="untracked").values_list("sha256", flat=True)) == [
        whole.sha256
    ]


def test_what_is_on_its_way_in_is_neither_missing_nor_a_stray(archive: Path, tmp_path: Path) -> None:
    path = tmp_path / "local"
    path.write_bytes(b"on its way")
    digest = sha256(b"on its way").hexdigest()
    keep_files([LocalFile(path, digest, 10, "image/png")], reserve_for=LATER)
    StoredFile.objects.create(sha256="ab" * 32, size=1, media_type="image/png")
    assert outcomes(read_whole()) == {}


def test_a_changed_part_spoils_itself_and_the_whole(archive: Path, tmp_path: Path) -> None:
    whole, part = kept_site(tmp_path)
    overwrite(storage.name_of(part.sha256), os.urandom(9000))
    assert outcomes(read_whole()) == {whole.sha256: "changed", part.sha256: "changed"} | intact_besides(
        whole, part
    )


def test_a_missing_part_spoils_itself_and_the_whole(archive: Path, tmp_path: Path) -> None:
    whole, part = kept_site(tmp_path)
    storage.drop(part.sha256)
    assert outcomes(read_whole()) == {whole.sha256: "missing", part.sha256: "missing"} | intact_besides(
        whole, part
    )


def test_a_changed_frame_spoils_only_the_whole(archive: Path, tmp_path: Path) -> None:
    whole, _ = kept_site(tmp_path)
    frame = (archive / storage.frame_name_of(whole.sha256)).read_bytes()
    overwrite(storage.frame_name_of(whole.sha256), frame.replace(b"courier", b"herald."))
    assert outcomes(read_whole()) == {whole.sha256: "changed"} | intact_besides(whole)


def intact_besides(*files: StoredFile) -> dict[str, str]:
    others = StoredFile.objects.exclude(pk__in=[file.pk for file in files])
    return dict.fromkeys(others.values_list("sha256", flat=True), "intact")


def test_a_file_that_cannot_be_read_is_found_and_the_rest_is_read(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = kept_many(tmp_path, 2)
    refuse_reading(monkeypatch, first)
    assert outcomes(read_whole()) == {first.sha256: "changed", second.sha256: "intact"}
    assert "Input/output error" in FixityCheck.objects.get(outcome="changed").detail


def refuse_reading(monkeypatch: pytest.MonkeyPatch, bad: StoredFile) -> None:
    read = open_stored

    def refuse(file: StoredFile) -> Any:
        if file == bad:
            raise OSError(5, "Input/output error")
        return read(file)

    monkeypatch.setattr(fixity, "open_stored", refuse)


def archive_is_away(patch: pytest.MonkeyPatch, from_file: StoredFile) -> None:
    refuse_reading(patch, from_file)

    def away() -> None:
        raise OSError(5, "The archive is away")

    patch.setattr(storage.archive(), "probe", away)


def test_an_archive_that_is_away_accuses_no_file_and_the_reading_goes_on_where_it_was(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = kept_many(tmp_path, 5)
    with monkeypatch.context() as patch:
        archive_is_away(patch, files[3])
        with pytest.raises(OSError, match="is away"):
            read_whole()
    run = FixityRun.objects.get()
    assert (run.checked, run.position, run.ended_at) == (3, files[2].sha256, None)
    resumed = read_whole(resume=True)
    assert (resumed.pk, resumed.checked) == (run.pk, 5)
    assert outcomes(resumed) == {file.sha256: "intact" for file in files}
    assert resumed.checks.count() == 5


def test_a_stray_is_told_once_however_often_a_reading_is_resumed(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (file,) = kept_many(tmp_path, 1)
    overwrite(storage.name_of("ab" * 32), b"a stray")
    with monkeypatch.context() as patch:
        archive_is_away(patch, file)
        for _ in range(2):
            with pytest.raises(OSError, match="is away"):
                read_whole(resume=True)
    assert sorted(read_whole(resume=True).checks.values_list("outcome", flat=True)) == ["intact", "untracked"]
    assert FixityRun.objects.count() == 1


def test_with_nothing_broken_off_resuming_begins_anew(archive: Path, tmp_path: Path) -> None:
    kept_many(tmp_path, 1)
    first = read_whole()
    assert read_whole(resume=True).pk != first.pk


def test_progress_is_told_after_each_file(archive: Path, tmp_path: Path) -> None:
    kept_many(tmp_path, 3)
    told: list[Reading] = []
    read_whole(on_reading=told.append)
    assert told == [Reading(number, number * 1000, 3, 3000) for number in (1, 2, 3)]


def test_shares_go_round_through_everything(archive: Path, tmp_path: Path) -> None:
    files = kept_many(tmp_path, 5)
    shares = [list(outcomes(read_share(seconds=60, most_bytes=1500))) for _ in range(4)]
    names = [file.sha256 for file in files]
    assert [sorted(share) for share in shares] == [names[0:2], names[2:4], names[4:5], names[0:2]]


def test_a_share_ends_with_its_time_but_reads_something(archive: Path, tmp_path: Path) -> None:
    kept_many(tmp_path, 3)
    assert read_share(seconds=0, most_bytes=10**9).checked == 1


def test_a_share_of_an_empty_archive_is_empty(archive: Path) -> None:
    assert read_long_share().checked == 0


def test_the_scheduled_task_reads_a_share(archive: Path, tmp_path: Path) -> None:
    kept_many(tmp_path, 2)
    check_fixity()
    assert FixityRun.objects.get().checked == 2


def test_a_share_of_many_files_takes_few_queries(
    archive: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_max_num_queries: Callable[[int], AbstractContextManager[object]],
) -> None:
    kept_many(tmp_path, 50)
    with django_assert_max_num_queries(12):
        assert read_long_share().checked == 50


def test_a_row_that_is_collected_while_it_is_read_is_not_told(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept_many(tmp_path, 1)
    StoredFile.objects.update(reserved_until="2020-01-01T00:00Z")
    read = fixity.examine

    def collect_meanwhile(row: StoredFile) -> Any:
        assert collect_unreferenced() == 1
        return read(row)

    monkeypatch.setattr(fixity, "examine", collect_meanwhile)
    assert read_whole().checks.count() == 0


def refer_to(team: cast.Team, file: StoredFile) -> CaptureFile:
    capture = request_capture(cast.publication(team), actor=team.researcher)
    return CaptureFile.objects.create(capture=capture, file=file, role="medium")


def test_an_alert_stays_until_the_file_is_well_again(archive: Path, tmp_path: Path) -> None:
    (file,) = kept_many(tmp_path, 1)
    good = (archive / storage.name_of(file.sha256)).read_bytes()
    overwrite(storage.name_of(file.sha256), b"altered")
    read_whole()
    read_long_share()
    assert [alert.sha256 for alert in open_alerts()] == [file.sha256]
    overwrite(storage.name_of(file.sha256), good)
    read_long_share()
    assert not open_alerts().exists()


def test_an_alert_about_a_stray_stays_until_everything_was_read_again(archive: Path) -> None:
    overwrite(storage.name_of("ab" * 32), b"a stray")
    read_whole()
    read_whole()
    storage.drop("ab" * 32)
    read_long_share()
    assert open_alerts().count() == 1
    read_whole()
    assert not open_alerts().exists()


def test_alerts_belong_to_the_cases_that_kept_the_file(
    archive: Path, tmp_path: Path, team: cast.Team, others: cast.Team
) -> None:
    whole, part = kept_site(tmp_path)
    kept_by = refer_to(team, whole)
    storage.drop(part.sha256)
    read_whole()
    assert set(alerts_in(team.case).values_list("sha256", flat=True)) == {whole.sha256, part.sha256}
    assert list(captures_hit(team.case)) == [kept_by.capture]
    assert not alerts_in(others.case).exists()


def test_metrics_count_what_is_wrong_and_what_was_read(archive: Path, tmp_path: Path) -> None:
    first, second, _ = kept_many(tmp_path, 3)
    overwrite(storage.name_of(first.sha256), b"altered")
    storage.drop(second.sha256)
    overwrite(storage.name_of("ab" * 32), b"a stray")
    read_whole()
    assert fixity_totals() == {
        "changed": 1, "missing": 1, "untracked": 1, "files_read": 3, "bytes_read": 3000
    }  # fmt: skip


def run_fsck(*arguments: str) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("fsck", *arguments, stdout=out)
    except SystemExit as end:
        return int(str(end.code)), out.getvalue()
    return 0, out.getvalue()


def test_fsck_of_a_sound_archive_ends_with_0(archive: Path, tmp_path: Path) -> None:
    kept_many(tmp_path, 2)
    code, out = run_fsck()
    assert (code, out) == (0, "2 intact, 0 changed, 0 missing, 0 untracked; 2.0\xa0KB read\n")


def test_fsck_ends_with_1_and_says_what_it_found(anywhere: Any, tmp_path: Path) -> None:
    first, second = kept_many(tmp_path, 2)
    overwrite(storage.name_of(first.sha256), b"altered")
    storage.drop(second.sha256)
    overwrite(storage.name_of("ab" * 32), b"a stray")
    code, out = run_fsck()
    assert code == 1
    assert f"changed    {first.sha256}  Expected SHA-256" in out
    assert f"missing    {second.sha256}  Expected 1000 bytes" in out
    assert f"untracked  {'ab' * 32}" in out


def test_fsck_can_be_read_by_programs(archive: Path, tmp_path: Path) -> None:
    (file,) = kept_many(tmp_path, 1)
    storage.drop(file.sha256)
    code, out = run_fsck("--json")
    found = json.loads(out)
    assert (code, found["counts"]) == (1, {"intact": 0, "changed": 0, "missing": 1, "untracked": 0})
    assert found["findings"][0]["sha256"] == file.sha256


def test_fsck_that_is_broken_off_says_how_to_go_on(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = kept_many(tmp_path, 2)
    with monkeypatch.context() as patch:
        archive_is_away(patch, files[1])
        with pytest.raises(CommandError, match="Go on later with --resume") as error:
            run_fsck()
    assert error.value.returncode == 2
    assert run_fsck("--resume") == (0, "2 intact, 0 changed, 0 missing, 0 untracked; 2.0\xa0KB read\n")


def test_fsck_tells_how_far_it_is() -> None:
    halfway = Reading(files=5, bytes=50 * 1024**2, files_total=10, bytes_total=100 * 1024**2)
    said = fsck.describe(halfway, 40 * 1024**2, 4.0).replace("\xa0", " ")
    assert said == "5 of 10 files, 50.0 MB of 100.0 MB, 10.0 MB/s, 0:00:05 left"


def test_the_overview_warns_of_what_is_altered_and_only_then(
    archive: Path, tmp_path: Path, team: cast.Team, client: Any
) -> None:
    (file,) = kept_many(tmp_path, 1)
    kept_by = refer_to(team, file)
    client.force_login(team.viewer)
    page = f"/cases/{team.case.slug}/"
    assert "not as it was" not in client.get(page).content.decode()
    overwrite(storage.name_of(file.sha256), b"altered")
    read_whole()
    html = client.get(page).content.decode()
    assert "not as it was" in html
    assert f"/captures/{kept_by.capture_id}/" in html

"""Examining what captures kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.files.storage import FileSystemStorage
from django.core.management import call_command
from django.utils import timezone

from osint.models import Change, JobState
from sources import storage
from sources.archiving.examining.examiner import ExaminerError
from sources.archiving.harvest import Role
from sources.archiving.readable import PageFacts
from sources.models import Capture, CaptureMethod, Examination, MediumFacts, PictureHash, StoredFile
from sources.services import examination as service
from sources.services.examination import examine, examiner
from sources.services.files import collect_unreferenced
from sources.services.preservation import remove_abandoned_work
from tests import cast
from tests.harvested import medium, page, picture, preserve_harvest


@pytest.fixture(autouse=True)
def empty_archive() -> Iterator[None]:
    yield
    for digest in list(storage.kept_digests()):
        storage.drop(digest)


@pytest.fixture(scope="module", autouse=True)
def no_process_left() -> Iterator[None]:
    yield
    examiner().close()


Preserve = Callable[..., Capture]


@pytest.fixture
def preserved(team: cast.Team, tmp_path: Path) -> Preserve:
    """Records a harvest of these files as if it had been fetched."""
    return partial(preserve_harvest, team, tmp_path)


def examined(capture: Capture) -> Examination:
    examine(capture.examination.pk, worker="here")
    return Examination.objects.get(capture=capture)


def test_a_medium_gets_facts_looks_and_a_thumbnail(preserved: Preserve) -> None:
    examination = examined(preserved(medium(picture())))
    assert examination.state == JobState.SUCCEEDED
    kept = examination.capture.kept.get(role="medium")
    assert (kept.file.width, kept.file.height) == (600, 600)
    assert kept.thumbnail is not None
    assert (kept.thumbnail.width, kept.thumbnail.height, kept.thumbnail.stored_at is None) == (
        480,
        480,
        False,
    )
    assert kept.file.picture_hashes.count() == 1


def test_thumbnails_are_never_collected(preserved: Preserve) -> None:
    examined(preserved(medium(picture())))
    StoredFile.objects.update(reserved_until=timezone.now())
    assert collect_unreferenced() == 0


def test_a_medium_is_examined_once_however_often_it_is_kept(
    preserved: Preserve, team: cast.Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    examined(preserved(medium(picture())))
    again = preserved(medium(picture()), publication=cast.publication(team, "https://herald.example/roof"))
    monkeypatch.setattr(service, "examiner", lambda: pytest.fail("read it again"))
    examination = examined(again)
    assert (examination.findings["examined"], examination.findings["known"]) == (0, 1)


def test_the_page_fills_what_nobody_entered(preserved: Preserve) -> None:
    publication = examined(preserved(page())).capture.publication
    assert (publication.title, publication.author) == ("A launcher on the roof", "Test Writer")
    assert (publication.published, publication.published_earliest is None) == ("2023-01-19", False)


def test_what_a_person_entered_is_never_overwritten(preserved: Preserve, team: cast.Team) -> None:
    mine = cast.publication(team, "https://courier.example/mine", title="My own title")
    examined(preserved(page(), publication=mine))
    mine.refresh_from_db()
    assert mine.title == "My own title"


def test_what_preserved_nothing_fills_nothing(preserved: Preserve) -> None:
    assert examined(preserved(page(), verdict="login wall")).capture.publication.title == ""


def test_what_a_downloader_was_told_goes_before_the_page(preserved: Preserve) -> None:
    said = PageFacts(title="The video's own title", published="2023-01-06")
    capture = preserved(page(), method=CaptureMethod.MEDIA, page=said)
    publication = examined(capture).capture.publication
    assert (publication.title, publication.published, publication.author) == (
        "The video's own title",
        "2023-01-06",
        "Test Writer",
    )


def test_a_date_that_is_none_fills_nothing(preserved: Preserve) -> None:
    said = PageFacts(title="A title", published="the day before yesterday")
    publication = examined(preserved(page=said)).capture.publication
    assert (publication.title, publication.published) == ("A title", "")


def test_the_readable_text_is_kept_as_a_file(preserved: Preserve) -> None:
    text = examined(preserved(page())).capture.kept.get(role="text")
    with storage.read(text.file.sha256) as file:
        assert b"Neighbours saw a crane" in file.read()


def test_text_that_the_capture_brought_along_stays_the_only_one(preserved: Preserve) -> None:
    capture = preserved(page(), (Role.TEXT, b"As drawn", "text/plain; charset=utf-8"))
    assert examined(capture).capture.kept.filter(role="text").count() == 1


def test_a_page_is_read_in_the_charset_that_the_server_said(preserved: Preserve) -> None:
    russian = "<html><title>Крыша</title><p>Пусковая установка на крыше дома у реки.</p></html>".encode(
        "koi8-r"
    )
    exchange = {
        "url": "https://courier.example/roof",
        "headers": [["Content-Type", "text/html; charset=koi8-r"]],
    }
    assert examined(preserved(page(russian), exchanges=(exchange,))).capture.publication.title == "Крыша"


def test_a_broken_medium_is_noted_and_examined_no_more(preserved: Preserve) -> None:
    examination = examined(preserved(medium(picture()[:3000])))
    facts = MediumFacts.objects.get()
    assert (examination.state, facts.thumbnail) == (JobState.SUCCEEDED, None)
    assert "broken picture" in facts.note
    assert list(examination.findings["notes"].values()) == [facts.note]


def test_the_others_are_examined_when_one_is_broken(preserved: Preserve) -> None:
    examined(preserved(medium(picture()[:3000]), medium(picture(1)), medium(picture(2))))
    assert PictureHash.objects.count() == 2


def test_bytes_that_are_missing_are_noted(preserved: Preserve) -> None:
    capture = preserved(medium(picture()))
    storage.drop(capture.kept.get().file.sha256)
    examined(capture)
    assert MediumFacts.objects.get().note == "the bytes are missing from the archive"


def test_an_archive_elsewhere_is_read_through_a_copy(
    preserved: Preserve, monkeypatch: pytest.MonkeyPatch
) -> None:
    capture = preserved(medium(picture()))
    monkeypatch.setattr(service, "FileSystemStorage", type("Elsewhere", (), {}))
    assert isinstance(storage.archive(), FileSystemStorage)
    examined(capture)
    assert PictureHash.objects.count() == 1


def test_the_record_says_by_which_tools_and_behind_which_protections(preserved: Preserve) -> None:
    findings = examined(preserved(medium(picture()))).findings
    assert "resource limits" in findings["protections"]
    assert {"pillow", "imagehash", "ffmpeg"} <= findings["tools"].keys()


def test_the_record_of_changes_tells_what_was_made(preserved: Preserve) -> None:
    examination = examined(preserved(medium(picture())))
    change = Change.objects.get(subject_id=examination.pk)
    assert (change.action, change.investigation_id) == ("examination.succeeded", examination.case_id)
    assert change.new == {"files": [MediumFacts.objects.get().thumbnail.sha256]}  # type: ignore[union-attr]  # it has one


def test_a_second_bell_changes_nothing(preserved: Preserve) -> None:
    examination = examined(preserved(medium(picture())))
    examine(examination.pk, worker="there")
    assert Examination.objects.get().attempt == 1


def test_an_examiner_that_does_not_start_is_tried_again(
    preserved: Preserve, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise ExaminerError("expected an examining process to start, it did not")

    monkeypatch.setattr(service, "examiner", broken)
    examination = examined(preserved(medium(picture())))
    assert (examination.state, examination.error_code) == (JobState.QUEUED, "examiner_failed")
    assert not examination.capture.is_settled


def test_it_is_given_up_when_that_goes_on(preserved: Preserve, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ExaminerError("expected an examining process to start, it did not")

    monkeypatch.setattr(service, "examiner", broken)
    capture = preserved(medium(picture()))
    for _ in range(django_settings.CAPTURE_MAX_ATTEMPTS):
        Examination.objects.update(not_before=timezone.now())
        examination = examined(capture)
    assert examination.state == JobState.FAILED
    assert examination.capture.is_settled
    assert Change.objects.filter(action="examination.failed").count() == 1


def test_the_result_of_a_late_worker_is_refused(preserved: Preserve, monkeypatch: pytest.MonkeyPatch) -> None:
    original = service._read

    def late(*args: Any) -> Any:
        Examination.objects.update(fencing_token=99)
        return original(*args)

    monkeypatch.setattr(service, "_read", late)
    assert examined(preserved(medium(picture()))).state == JobState.LEASED
    assert not MediumFacts.objects.exists()


def test_a_full_disk_is_tried_again(preserved: Preserve, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    capture = preserved(medium(picture()))
    monkeypatch.setattr(storage, "keep_all", full)
    assert examined(capture).error_code == "storage_failed"


def test_a_fault_of_ours_is_heard_of_and_does_not_lose_the_job(
    preserved: Preserve, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    capture = preserved(medium(picture()))
    monkeypatch.setattr(service, "_read", broken)
    with pytest.raises(ZeroDivisionError):
        examine(capture.examination.pk, worker="here")
    assert Examination.objects.get().error_code == "archiver_fault"


def test_the_status_counts_what_is_still_being_examined(
    preserved: Preserve, capsys: pytest.CaptureFixture[str]
) -> None:
    capture = preserved(medium(picture()))
    call_command("capture_status", "--json", "--investigation", "roofs")
    examined(capture)
    call_command("capture_status", "--json")
    counts = [json.loads(line) for line in capsys.readouterr().out.split("\n") if line]
    assert [(count["succeeded"], count["examining"]) for count in counts] == [(1, 1), (1, 0)]


def test_no_work_is_left_behind(preserved: Preserve) -> None:
    examined(preserved(medium(picture()), page()))
    work = Path(django_settings.WORK_ROOT)
    assert not work.exists() or list(work.iterdir()) == []


def test_the_work_of_an_examination_under_way_is_not_swept(preserved: Preserve) -> None:
    examination = preserved(medium(picture())).examination
    folder = Path(django_settings.WORK_ROOT, f"{examination.pk}.1")
    folder.mkdir(parents=True)
    Examination.objects.update(state=JobState.LEASED, fencing_token=1, lease_until=timezone.now())
    assert remove_abandoned_work() == 0
    Examination.objects.update(fencing_token=2)
    assert remove_abandoned_work() == 1

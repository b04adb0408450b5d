"""Asking for captures, and what becomes of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from osint.errors import ForbiddenError, NotFoundError
from osint.models import Change, JobState
from sources import storage
from sources.archiving.http_method import archive_page
from sources.models import Capture, Verdict
from sources.services import captures
from sources.services.captures import request_capture, retry_capture
from sources.services.preservation import preserve, remove_abandoned_work
from tests import cast
from tests.webserver import Server, response

PAGE = b"""<!doctype html><html lang="ru"><head><title>A launcher on the roof</title>
<meta name="author" content="Desk"><meta property="article:published_time" content="2023-01-19T10:00:00Z">
</head><body><article><h1>A launcher on the roof</h1><p>%s</p><img src="/roof.png"></article></body></html>"""
TEXT = b"Neighbours saw a crane lift the launcher onto the roof of the building by the river. " * 8


def picture() -> bytes:
    """A small PNG of one colour."""
    from io import BytesIO

    from PIL import Image

    sink = BytesIO()
    Image.new("RGB", (640, 400), (90, 120, 90)).save(sink, "PNG")
    return sink.getvalue()


@pytest.fixture
def server(settings: Any) -> Iterator[Server]:
    """A site with one page and one picture, which the settings allow to be fetched."""
    running = Server()
    settings.ALLOWED_LOOPBACK = [("127.0.0.1", running.port)]
    running.routes = {
        "/": response(PAGE % TEXT),
        "/roof.png": response(picture(), media_type="image/png"),
    }
    yield running
    running.close()
    for digest in list(storage.kept_digests()):
        storage.drop(digest)


@pytest.fixture
def team(db: None) -> cast.Team:
    return cast.team()


@pytest.fixture
def asked(team: cast.Team, server: Server) -> Capture:
    """A capture of the site's page that waits to be carried out."""
    return request_capture(cast.publication(team, server.url("/")), actor=team.researcher)


def carried_out(capture: Capture) -> Capture:
    preserve(capture.pk, worker="here")
    capture.refresh_from_db()
    return capture


def test_a_page_is_preserved_with_its_picture(asked: Capture) -> None:
    capture = carried_out(asked)
    assert (capture.state, capture.verdict, capture.error_code) == (JobState.SUCCEEDED, Verdict.COMPLETE, "")
    kept = {(file.role, file.file.media_type) for file in capture.kept.all()}
    assert {("page", "text/html"), ("medium", "image/png")} <= kept
    assert capture.kept.get(role="wacz").file.size > 0


def test_each_preserved_file_has_the_hash_it_claims(asked: Capture) -> None:
    for file in carried_out(asked).kept.select_related("file"):
        with storage.read(file.file.sha256) as content:
            assert sha256(content.read()).hexdigest() == file.file.sha256
        assert file.file.stored_at is not None


def test_a_medium_is_preserved_byte_for_byte_with_a_thumbnail(asked: Capture) -> None:
    medium = carried_out(asked).kept.get(role="medium")
    assert medium.file.sha256 == sha256(picture()).hexdigest()
    assert (medium.file.width, medium.file.height) == (640, 400)
    assert medium.thumbnail is not None
    assert (medium.thumbnail.width or 0) <= 480


def test_the_custody_record_says_what_was_met_and_with_which_tools(asked: Capture) -> None:
    facts = carried_out(asked).facts
    assert [exchange["status"] for exchange in facts["exchanges"]] == [200, 200]
    assert facts["tools"]


def test_what_the_page_says_of_itself_fills_what_nobody_entered(asked: Capture) -> None:
    publication = carried_out(asked).publication
    assert publication.title == "A launcher on the roof"
    assert publication.published == "2023-01-19"
    assert publication.published_earliest is not None


def test_what_a_person_entered_is_never_overwritten(team: cast.Team, server: Server) -> None:
    publication = cast.publication(team, server.url("/"), title="My own title")
    carried_out(request_capture(publication, actor=team.researcher))
    publication.refresh_from_db()
    assert publication.title == "My own title"


def test_the_record_of_changes_tells_the_story(asked: Capture) -> None:
    carried_out(asked)
    story = Change.objects.filter(subject_id=asked.pk).order_by("id").values_list("action", "actor__username")
    assert list(story) == [("capture.requested", "roofs-researcher"), ("capture.succeeded", "sightline")]


def test_a_second_bell_changes_nothing(asked: Capture, server: Server) -> None:
    carried_out(asked)
    preserve(asked.pk, worker="there")
    assert server.asked("/") == 1


def test_a_page_that_is_gone_is_not_a_success(asked: Capture, server: Server) -> None:
    del server.routes["/"]
    capture = carried_out(asked)
    assert (capture.state, capture.verdict, capture.error_code) == (JobState.FAILED, Verdict.GONE, "gone")


def test_an_overloaded_server_is_tried_again_later(asked: Capture, server: Server) -> None:
    server.routes["/"] = response(status="503 Service Unavailable")
    capture = carried_out(asked)
    assert (capture.state, capture.failures) == (JobState.QUEUED, 1)
    assert capture.not_before > timezone.now()


def test_a_server_that_stays_overloaded_fails_in_the_end(asked: Capture, server: Server) -> None:
    server.routes["/"] = response(status="503 Service Unavailable")
    for _ in range(django_settings.CAPTURE_MAX_ATTEMPTS):
        Capture.objects.filter(pk=asked.pk).update(not_before=timezone.now())
        capture = carried_out(asked)
    assert capture.state == JobState.FAILED
    assert capture.verdict == Verdict.BLOCKED


def test_a_private_address_is_refused_for_good(team: cast.Team) -> None:
    publication = cast.publication(team, "http://10.0.0.7/")
    capture = carried_out(request_capture(publication, actor=team.researcher))
    assert (capture.state, capture.error_code) == (JobState.FAILED, "address_refused")


def test_loopback_is_refused_unless_a_setting_names_it(asked: Capture, server: Server, settings: Any) -> None:
    settings.ALLOWED_LOOPBACK = []
    assert carried_out(asked).error_code == "address_refused"
    assert server.requests == []


def test_a_full_disk_is_tried_again(asked: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(storage, "keep", full)
    capture = carried_out(asked)
    assert (capture.state, capture.error_code) == (JobState.QUEUED, "storage_failed")
    assert capture.error_detail == "No space left on device"


def test_a_fault_of_ours_is_heard_of_and_does_not_lose_the_job(
    asked: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("sources.services.preservation.archive_page", broken)
    with pytest.raises(ZeroDivisionError):
        preserve(asked.pk, worker="here")
    asked.refresh_from_db()
    assert (asked.state, asked.error_code) == (JobState.QUEUED, "archiver_fault")


def taken_over_meanwhile(asked: Capture, then: Callable[..., Any]) -> Callable[..., Any]:
    def late(*args: Any, **options: Any) -> Any:
        Capture.objects.filter(pk=asked.pk).update(fencing_token=99)
        return then(*args, **options)

    return late


def test_the_result_of_a_late_worker_is_refused(asked: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    late = taken_over_meanwhile(asked, archive_page)
    monkeypatch.setattr("sources.services.preservation.archive_page", late)
    capture = carried_out(asked)
    assert (capture.state, capture.kept.count()) == (JobState.LEASED, 0)


def test_the_failure_of_a_late_worker_is_refused(
    asked: Capture, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("sources.services.preservation.archive_page", taken_over_meanwhile(asked, fail))
    assert carried_out(asked).state == JobState.LEASED


def test_no_work_is_left_behind(asked: Capture) -> None:
    carried_out(asked)
    work = Path(django_settings.WORK_ROOT)
    assert not work.exists() or list(work.iterdir()) == []


def test_abandoned_work_is_swept_and_held_work_is_not(asked: Capture) -> None:
    work = Path(django_settings.WORK_ROOT)
    Capture.objects.filter(pk=asked.pk).update(
        state=JobState.LEASED, fencing_token=2, lease_until=timezone.now()
    )
    for name in (f"{asked.pk}.1", f"{asked.pk}.2"):
        (work / name).mkdir(parents=True)
    assert remove_abandoned_work() == 1
    assert [path.name for path in work.iterdir()] == [f"{asked.pk}.2"]
    (work / f"{asked.pk}.2").rmdir()


def test_while_a_capture_is_under_way_asking_again_returns_it(team: cast.Team, asked: Capture) -> None:
    assert request_capture(asked.publication, actor=team.researcher) == asked


def test_a_publication_can_be_captured_again_later(team: cast.Team, asked: Capture) -> None:
    first = carried_out(asked)
    second = carried_out(request_capture(asked.publication, actor=team.researcher))
    assert second.pk != first.pk
    assert second.kept.get(role="medium").file == first.kept.get(role="medium").file


def test_a_viewer_cannot_ask_for_a_capture(team: cast.Team) -> None:
    with pytest.raises(ForbiddenError):
        request_capture(cast.publication(team), actor=team.viewer)


def test_for_an_outsider_there_is_nothing_to_capture(team: cast.Team) -> None:
    with pytest.raises(NotFoundError):
        request_capture(cast.publication(team), actor=team.outsider)


def test_a_failed_capture_can_be_tried_again_as_a_new_one(
    team: cast.Team, asked: Capture, server: Server
) -> None:
    page = server.routes.pop("/")
    failed = carried_out(asked)
    server.routes["/"] = page
    assert carried_out(retry_capture(failed, actor=team.researcher)).state == JobState.SUCCEEDED
    failed.refresh_from_db()
    assert failed.state == JobState.FAILED


def test_only_a_failed_capture_can_be_tried_again(team: cast.Team, asked: Capture) -> None:
    with pytest.raises(ValidationError) as refused:
        retry_capture(carried_out(asked), actor=team.researcher)
    assert refused.value.code == "capture_not_failed"


@pytest.mark.django_db(transaction=True)
def test_people_pressing_the_button_at_once_agree_on_one_capture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(captures, "_ring", lambda capture_id: None)
    team = cast.team()
    publication = cast.publication(team)

    def press(_: int) -> Capture:
        try:
            return request_capture(publication, actor=team.researcher)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        assert len({capture.pk for capture in pool.map(press, range(6))}) == 1

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
from sources.selectors import quarantined_in
from sources.services import captures
from sources.services.captures import (
    cancel_capture,
    recapture,
    release_capture,
    request_capture,
    request_captures,
    retry_capture,
)
from sources.services.files import open_stored
from sources.services.preservation import preserve, remove_abandoned_work
from tests import cast
from tests.way_out import way_out
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
def server() -> Iterator[Server]:
    """A site with one page and one picture."""
    running = Server()
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
        with open_stored(file.file) as content:
            assert sha256(content.read()).hexdigest() == file.file.sha256
        assert file.file.stored_at is not None


def test_a_medium_is_preserved_byte_for_byte(asked: Capture) -> None:
    medium = carried_out(asked).kept.get(role="medium")
    assert medium.file.sha256 == sha256(picture()).hexdigest()


def test_what_was_kept_waits_to_be_examined(asked: Capture) -> None:
    capture = carried_out(asked)
    assert capture.examination.state == JobState.QUEUED
    assert not capture.is_settled


def test_the_custody_record_says_what_was_met_with_which_tools_and_limits(asked: Capture) -> None:
    facts = carried_out(asked).facts
    assert [exchange["status"] for exchange in facts["exchanges"]] == [200, 200]
    assert facts["tools"]
    assert facts["settings"]["deadline_seconds"] > 0
    assert facts["settings"]["user_agent"] in facts["exchanges"][0]["request"]


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


def test_loopback_is_refused_unless_the_way_out_is_told_of_it(asked: Capture, server: Server) -> None:
    way_out().allowed.clear()
    assert carried_out(asked).error_code == "address_refused"
    assert server.requests == []


def test_a_full_disk_is_tried_again(asked: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(storage, "keep_all", full)
    capture = carried_out(asked)
    assert (capture.state, capture.error_code) == (JobState.QUEUED, "storage_failed")
    assert capture.error_detail == "No space left on device"


def test_a_fault_of_ours_is_heard_of_and_does_not_lose_the_job(
    asked: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("sources.archiving.http_method.archive_page", broken)
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
    monkeypatch.setattr("sources.archiving.http_method.archive_page", late)
    capture = carried_out(asked)
    assert (capture.state, capture.kept.count()) == (JobState.LEASED, 0)


def test_the_failure_of_a_late_worker_is_refused(
    asked: Capture, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("sources.archiving.http_method.archive_page", taken_over_meanwhile(asked, fail))
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


def set_aside(capture: Capture) -> Capture:
    Capture.objects.filter(pk=capture.pk).update(
        state=JobState.QUARANTINED, lost_children=3, ended_at=timezone.now()
    )
    capture.refresh_from_db()
    return capture


def test_without_a_method_those_are_chosen_that_fit_the_address(team: cast.Team) -> None:
    video = cast.publication(team, "https://www.youtube.com/watch?v=abcdefghijk")
    chosen = request_captures(video, actor=team.researcher)
    assert [capture.method for capture in chosen] == ["media", "http"]
    assert chosen[0].host == "www.youtube.com"


def test_a_method_can_be_chosen_by_hand(team: cast.Team) -> None:
    asked = request_captures(cast.publication(team), actor=team.researcher, method="browser")
    assert [capture.method for capture in asked] == ["browser"]


def test_an_upload_cannot_be_asked_for_without_a_file(team: cast.Team) -> None:
    with pytest.raises(ValidationError) as refused:
        request_captures(cast.publication(team), actor=team.researcher, method="upload")
    assert refused.value.error_dict["method"][0].code == "method_needs_file"


def test_what_waits_is_cancelled_and_not_carried_out(team: cast.Team, asked: Capture, server: Server) -> None:
    cancel_capture(asked, actor=team.researcher)
    assert carried_out(asked).state == JobState.CANCELLED
    assert server.requests == []


def test_a_running_capture_that_is_cancelled_stops_at_its_next_step(
    team: cast.Team, asked: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def step(*_: object, on_progress: Callable[..., None], **__: object) -> None:
        cancel_capture(asked, actor=team.researcher)
        on_progress("page", 0, 1)
        raise AssertionError("it went on")

    monkeypatch.setattr("sources.services.preservation.PROGRESS_SECONDS", 0)
    monkeypatch.setattr("sources.archiving.http_method.archive_page", step)
    assert carried_out(asked).state == JobState.CANCELLED


def test_the_harvest_of_a_cancelled_capture_is_refused(
    team: cast.Team, asked: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(*args: Any, **options: Any) -> Any:
        cancel_capture(asked, actor=team.researcher)
        return archive_page(*args, **{**options, "on_progress": None})

    monkeypatch.setattr("sources.archiving.http_method.archive_page", late)
    capture = carried_out(asked)
    assert (capture.state, capture.kept.count()) == (JobState.CANCELLED, 0)


def test_what_has_ended_is_not_cancelled(team: cast.Team, asked: Capture) -> None:
    with pytest.raises(ValidationError) as refused:
        cancel_capture(carried_out(asked), actor=team.researcher)
    assert refused.value.code == "capture_ended"


def test_a_viewer_cancels_nothing(team: cast.Team, asked: Capture) -> None:
    with pytest.raises(ForbiddenError):
        cancel_capture(asked, actor=team.viewer)


def test_progress_is_written_while_a_capture_runs_and_not_more_often_than_asked(
    asked: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[dict[str, Any]] = []

    def steps(*_: object, on_progress: Callable[..., None], **__: object) -> None:
        for done in range(3):
            clock[0] += 0.3
            on_progress("media", done, 3)
            seen.append(Capture.objects.get(pk=asked.pk).progress)
        raise OSError(5, "Input/output error")

    clock = [0.0]
    monkeypatch.setattr("sources.services.preservation.time.monotonic", lambda: clock[0])
    monkeypatch.setattr("sources.archiving.http_method.archive_page", steps)
    carried_out(asked)
    written = {"stage": "media", "done": 1, "total": 3}
    assert seen == [{}, written, written]


def test_an_admin_releases_from_quarantine_and_says_why(team: cast.Team, asked: Capture) -> None:
    fresh = release_capture(set_aside(asked), actor=team.admin, reason="The decoder was mended")
    assert (fresh.state, fresh.lost_children, fresh.pk != asked.pk) == (JobState.QUEUED, 0, True)
    released = Change.objects.get(subject_id=asked.pk, action="capture.released")
    assert released.new == {"reason": "The decoder was mended", "capture": str(fresh.pk)}


@pytest.mark.parametrize("role", ["researcher", "reviewer"])
def test_nobody_else_releases(team: cast.Team, asked: Capture, role: str) -> None:
    with pytest.raises(ForbiddenError):
        release_capture(set_aside(asked), actor=getattr(team, role), reason="Please")


def test_releasing_needs_a_reason(team: cast.Team, asked: Capture) -> None:
    with pytest.raises(ValidationError) as refused:
        release_capture(set_aside(asked), actor=team.admin, reason=" ")
    assert refused.value.error_dict["reason"][0].code == "reason_missing"


def test_only_what_is_in_quarantine_is_released(team: cast.Team, asked: Capture) -> None:
    with pytest.raises(ValidationError) as refused:
        release_capture(asked, actor=team.admin, reason="Why not")
    assert refused.value.code == "capture_not_quarantined"


def test_what_is_in_quarantine_is_not_tried_again(team: cast.Team, asked: Capture) -> None:
    with pytest.raises(ValidationError) as refused:
        retry_capture(set_aside(asked), actor=team.researcher)
    assert refused.value.code == "capture_not_failed"


def test_what_is_in_quarantine_is_not_asked_for_anew(team: cast.Team, asked: Capture) -> None:
    set_aside(asked)
    with pytest.raises(ValidationError) as refused:
        request_capture(asked.publication, actor=team.admin)
    assert refused.value.code == "capture_quarantined"
    assert recapture(asked.publication) == []


def test_an_earlier_failure_is_no_way_around_the_quarantine(
    team: cast.Team, asked: Capture, server: Server
) -> None:
    del server.routes["/"]
    failed = carried_out(asked)
    set_aside(retry_capture(failed, actor=team.researcher))
    with pytest.raises(ValidationError) as refused:
        retry_capture(failed, actor=team.researcher)
    assert refused.value.code == "capture_quarantined"


def test_another_method_is_not_in_quarantine(team: cast.Team, asked: Capture) -> None:
    set_aside(asked)
    assert request_capture(asked.publication, actor=team.researcher, method="browser").method == "browser"


def test_of_several_methods_only_the_dangerous_one_is_left_out(team: cast.Team) -> None:
    video = cast.publication(team, "https://www.youtube.com/watch?v=abcdefghijk")
    media, _ = request_captures(video, actor=team.researcher)
    set_aside(media)
    assert [capture.method for capture in request_captures(video, actor=team.researcher)] == ["http"]


def test_what_was_released_can_be_asked_for_again(team: cast.Team, asked: Capture) -> None:
    fresh = release_capture(set_aside(asked), actor=team.admin, reason="The decoder was mended")
    assert request_capture(asked.publication, actor=team.researcher) == fresh


def test_a_release_that_was_cancelled_leaves_the_capture_in_quarantine(
    team: cast.Team, asked: Capture
) -> None:
    fresh = release_capture(set_aside(asked), actor=team.admin, reason="The decoder was mended")
    assert list(quarantined_in(team.case)) == []
    cancel_capture(fresh, actor=team.researcher)
    assert list(quarantined_in(team.case)) == [asked]


def test_a_failed_capture_is_tried_again_by_its_own_method(team: cast.Team) -> None:
    capture = request_capture(cast.publication(team), actor=team.researcher, method="browser")
    Capture.objects.filter(pk=capture.pk).update(state=JobState.FAILED, ended_at=timezone.now())
    capture.refresh_from_db()
    assert retry_capture(capture, actor=team.researcher).method == "browser"

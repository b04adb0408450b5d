"""Many addresses at once: taken in whole, paused, cancelled, tried again."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from osint.errors import ForbiddenError, NotFoundError
from osint.models import Change, JobState
from osint.services import jobs
from osint.services.changes import insert
from sources.address_lists import Line, numbered
from sources.models import Capture, CaptureBatch, Priority, Publication
from sources.progress import progress_of
from sources.services import pacing
from sources.services.batches import cancel_batch, pause_batch, resume_batch, retry_failed, submit_batch
from sources.services.captures import job_policy, request_capture
from tests import cast
from tests.records import actions_on, last_change


def addresses(count: int) -> list[Line]:
    return numbered(f"https://site-{number % 50}.example/page/{number}" for number in range(count))


def submit(team: cast.Team, *lines: str, **values: Any) -> CaptureBatch:
    return submit_batch(team.case, actor=team.researcher, lines=numbered(lines), **values)


def some(team: cast.Team, count: int = 3) -> CaptureBatch:
    return submit_batch(team.case, actor=team.researcher, lines=addresses(count))


def claim(capture: Capture) -> Capture | None:
    return jobs.claim(Capture, capture.pk, worker="here", policy=job_policy(), gate=pacing.turn)


def fail(capture: Capture, state: str = "failed") -> None:
    Capture.objects.filter(pk=capture.pk).update(state=state, error_code="gone", ended_at=timezone.now())


def test_every_address_becomes_a_publication_and_a_bulk_capture(team: cast.Team) -> None:
    batch = submit(team, "https://a.example/1", "https://b.example/2", label="Roofs")
    found = batch.captures.values_list("url", "host", "priority", "state").order_by("pk")
    assert list(found) == [
        ("https://a.example/1", "a.example", Priority.BULK, JobState.QUEUED),
        ("https://b.example/2", "b.example", Priority.BULK, JobState.QUEUED),
    ]
    assert (batch.total, str(batch), team.case.publications.count()) == (2, "Roofs", 2)


def test_each_row_is_recorded(team: cast.Team) -> None:
    batch = submit(team, "https://a.example/1")
    capture = batch.captures.get()
    recorded = [actions_on(row) for row in (batch, capture, capture.publication)]
    assert recorded == [["batch.submitted"], ["capture.requested"], ["publication.added"]]
    assert last_change(capture).new == capture.snapshot() | {
        name: str(capture.snapshot()[name])
        for name in ("id", "investigation_id", "publication_id", "requested_by_id", "batch_id")
    }


def test_known_publications_are_found_under_any_spelling(team: cast.Team) -> None:
    known = cast.publication(team, "https://courier.example/roof?utm_source=mail")
    assert submit(team, "http://courier.example/roof/").captures.get().publication == known


def test_lines_that_are_no_address_are_listed_and_refuse_no_other(team: cast.Team) -> None:
    batch = submit(team, "https://a.example/", "", "# a remark", "gopher://b.example/", "by the river")
    assert batch.total == 1
    assert [(refusal["line"], refusal["text"], refusal["code"]) for refusal in batch.refused] == [
        (4, "gopher://b.example/", "url_scheme"),
        (5, "by the river", "url_scheme"),
    ]
    assert "http" in batch.refused[0]["reason"]


def test_an_address_that_comes_twice_is_asked_for_once(team: cast.Team) -> None:
    batch = submit(team, "https://a.example/", "https://a.example/#top")
    assert (batch.total, batch.refused[0]["reason"]) == (1, "This is the address of line 1 again.")


def test_what_is_under_way_already_is_not_asked_for_again(team: cast.Team) -> None:
    capture = request_capture(cast.publication(team, "https://a.example/"), actor=team.researcher)
    batch = submit(team, "https://a.example/")
    assert (batch.total, batch.refused[0]["code"]) == (0, "under_way")
    assert list(Capture.objects.all()) == [capture]


def test_text_that_the_database_cannot_hold_is_listed_too(team: cast.Team) -> None:
    batch = submit(team, "https://a.example/\x00", "https://\ud800.example/")
    assert [refusal["code"] for refusal in batch.refused] == ["url_control_character", "url_invalid"]


def test_an_empty_list_is_refused(team: cast.Team) -> None:
    with pytest.raises(ValidationError) as refused:
        submit(team, "# nothing")
    assert refused.value.error_dict["addresses"][0].code == "no_addresses"


def test_more_than_the_ceiling_is_refused(team: cast.Team, settings: Any) -> None:
    settings.BATCH_MAX_ADDRESSES = 2
    with pytest.raises(ValidationError) as refused:
        some(team, 3)
    assert refused.value.error_dict["addresses"][0].code == "too_many_addresses"


def test_ten_thousand_addresses_are_on_record_within_a_minute(team: cast.Team) -> None:
    started = time.monotonic()
    batch = some(team, 10_000)
    took = time.monotonic() - started
    assert (batch.total, batch.captures.count()) == (10_000, 10_000)
    assert Change.objects.filter(action="capture.requested").count() == 10_000
    assert took < 60, f"took {took:.0f} s"


def test_a_viewer_hands_in_nothing(team: cast.Team) -> None:
    with pytest.raises(ForbiddenError):
        submit_batch(team.case, actor=team.viewer, lines=addresses(1))


def test_for_an_outsider_there_is_no_case(team: cast.Team) -> None:
    with pytest.raises(NotFoundError):
        submit_batch(team.case, actor=team.outsider, lines=addresses(1))


def test_nothing_of_a_paused_batch_begins(team: cast.Team) -> None:
    batch = some(team)
    pause_batch(batch, actor=team.researcher)
    capture = batch.captures.all()[0]
    assert claim(capture) is None
    capture.refresh_from_db()
    assert (capture.state, capture.attempt, capture.failures) == (JobState.QUEUED, 0, 0)


def test_a_resumed_batch_goes_on_at_once(team: cast.Team) -> None:
    batch = some(team)
    pause_batch(batch, actor=team.researcher)
    capture = batch.captures.all()[0]
    claim(capture)
    resume_batch(batch, actor=team.researcher)
    capture.refresh_from_db()
    assert (capture.rung_at, capture.not_before - timezone.now() < timedelta(seconds=10)) == (None, True)
    Capture.objects.filter(pk=capture.pk).update(not_before=timezone.now())
    assert claim(capture) is not None


def test_resuming_shortens_no_wait_after_a_failure(team: cast.Team) -> None:
    batch = some(team, 1)
    later = timezone.now() + timedelta(minutes=30)
    batch.captures.update(error_code="dns_failed", failures=3, not_before=later)
    resume_batch(pause_batch(batch, actor=team.researcher), actor=team.researcher)
    resume_batch(batch, actor=team.researcher)
    assert batch.captures.get().not_before == later


def test_pausing_twice_is_pausing_once(team: cast.Team) -> None:
    batch = pause_batch(some(team), actor=team.researcher)
    assert pause_batch(batch, actor=team.researcher).paused_at == batch.paused_at
    assert actions_on(batch) == ["batch.submitted", "batch.paused"]


def test_cancelling_ends_what_waits_and_what_runs_but_not_what_has_ended(team: cast.Team) -> None:
    batch = some(team, 3)
    done, running, waiting = batch.captures.order_by("pk")
    fail(done)
    assert claim(running) is not None
    cancel_batch(batch, actor=team.researcher)
    assert list(batch.captures.order_by("pk").values_list("state", flat=True)) == [
        "failed",
        "cancelled",
        "cancelled",
    ]
    assert actions_on(waiting) == ["capture.requested", "capture.cancelled"]
    assert actions_on(done) == ["capture.requested"]


def test_the_result_of_a_cancelled_capture_is_refused(team: cast.Team) -> None:
    batch = some(team, 1)
    held = claim(batch.captures.get())
    assert held is not None
    cancel_batch(batch, actor=team.researcher)
    assert not jobs.renew(held, lease=job_policy().lease)


def test_a_cancelled_batch_can_neither_be_paused_nor_resumed(team: cast.Team) -> None:
    batch = cancel_batch(some(team), actor=team.researcher)
    for deed in (pause_batch, resume_batch, cancel_batch):
        with pytest.raises(ValidationError) as refused:
            deed(batch, actor=team.researcher)
        assert refused.value.code == "batch_cancelled"


def test_what_failed_is_tried_again_in_a_batch_of_its_own(team: cast.Team) -> None:
    batch = some(team, 3)
    first, second, _ = batch.captures.order_by("pk")
    fail(first)
    fail(second)
    again = retry_failed(batch, actor=team.researcher)
    assert set(again.captures.values_list("publication", flat=True)) == {
        first.publication_id,
        second.publication_id,
    }
    assert again.total == 2


def test_what_is_in_quarantine_stays_there_when_the_failed_ones_are_tried_again(team: cast.Team) -> None:
    batch = some(team, 2)
    failed, dangerous = batch.captures.order_by("pk")
    fail(failed)
    fail(dangerous, "quarantined")
    again = retry_failed(batch, actor=team.researcher)
    assert [capture.publication_id for capture in again.captures.all()] == [failed.publication_id]


def test_a_list_asks_for_nothing_that_is_in_quarantine(team: cast.Team) -> None:
    dangerous = request_capture(cast.publication(team, "https://a.example/"), actor=team.researcher)
    fail(dangerous, "quarantined")
    batch = submit(team, "https://a.example/")
    assert (batch.total, batch.refused[0]["code"]) == (0, "capture_quarantined")


def test_what_was_cancelled_again_counts_as_not_tried_again(team: cast.Team) -> None:
    batch = some(team, 1)
    fail(batch.captures.get())
    cancel_batch(retry_failed(batch, actor=team.researcher), actor=team.researcher)
    assert retry_failed(batch, actor=team.researcher).total == 1


@pytest.mark.django_db(transaction=True)
def test_two_people_trying_again_at_once_ask_once(monkeypatch: pytest.MonkeyPatch) -> None:
    team = cast.team()
    batch = some(team, 5)
    batch.captures.update(state="failed", error_code="gone", ended_at=timezone.now())
    both_ready = Barrier(2)

    def press(_: int) -> str:
        both_ready.wait(timeout=20)
        try:
            retry_failed(batch, actor=team.researcher)
        except ValidationError as error:
            return str(error.code)
        finally:
            connection.close()
        return "asked"

    def insert_slowly(*args: Any, **options: Any) -> Any:
        time.sleep(0.2)  # widens the gap that the other one would fall into
        return insert(*args, **options)

    monkeypatch.setattr("sources.services.batches.insert", insert_slowly)
    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(press, range(2))) == ["asked", "nothing_failed"]
    assert Capture.objects.count() == 10


def test_what_has_been_tried_again_is_not_tried_once_more(team: cast.Team) -> None:
    batch = some(team, 1)
    fail(batch.captures.get())
    retry_failed(batch, actor=team.researcher)
    with pytest.raises(ValidationError) as refused:
        retry_failed(batch, actor=team.researcher)
    assert refused.value.code == "nothing_failed"


def test_progress_counts_by_state_and_tells_rate_and_time_left(team: cast.Team) -> None:
    batch = some(team, 4)
    CaptureBatch.objects.filter(pk=batch.pk).update(created_at=timezone.now() - timedelta(hours=1))
    batch.refresh_from_db()
    first, second, *_ = batch.captures.order_by("pk")
    fail(first)
    fail(second)
    progress = progress_of([batch])[batch.pk]
    assert (progress.total, progress.done, progress.counts["failed"]) == (4, 2, 2)
    assert (progress.per_second, progress.seconds_left) == (round(2 / 60, 2), 67)


def test_progress_of_an_empty_batch_is_over(team: cast.Team) -> None:
    request_capture(cast.publication(team, "https://a.example/"), actor=team.researcher)
    batch = submit(team, "https://a.example/")
    assert progress_of([batch])[batch.pk].is_over


def test_submitting_the_same_list_at_once_makes_each_publication_once(team: cast.Team) -> None:
    submit(team, "https://a.example/", "https://b.example/")
    submit(team, "https://b.example/", "https://c.example/")
    assert Publication.objects.filter(investigation=team.case).count() == 3

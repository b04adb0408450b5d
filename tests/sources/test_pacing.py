"""Whose turn it is: the urgent first, and no host asked too often or by too many workers at once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import redis
from django.conf import settings as django_settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from config.celery import app
from osint.models import JobState
from osint.services import jobs
from sources import bells
from sources.address_lists import numbered
from sources.models import Capture, CaptureBatch, HostPace, Priority
from sources.services import pacing
from sources.services.batches import submit_batch
from sources.services.captures import job_policy, request_capture, request_captures
from tests import cast
from tests.records import last_change


class Bell:
    """Remembers for which captures it rang, and how urgently."""

    def __init__(self) -> None:
        self.rung: list[tuple[UUID, int]] = []

    def __call__(self, capture_id: str, priority: int = 0) -> None:
        self.rung.append((UUID(capture_id), priority))


@pytest.fixture
def bell(monkeypatch: pytest.MonkeyPatch) -> Bell:
    """Rings in place of the broker, which holds nothing."""
    bell = Bell()
    monkeypatch.setattr(pacing, "ring_archiver", bell)
    monkeypatch.setattr(pacing, "archiver_bells", lambda: 0)
    return bell


@pytest.fixture
def broker() -> Iterator[Any]:
    with redis.Redis.from_url(django_settings.REDIS_URL) as client:
        client.flushall()
        yield client
        client.flushall()


def batch(team: cast.Team, count: int, host: str = "slow.example") -> CaptureBatch:
    lines = numbered(f"https://{host}/{number}" for number in range(count))
    return submit_batch(team.case, actor=team.researcher, lines=lines)


def asked(team: cast.Team, url: str) -> Capture:
    return request_capture(cast.publication(team, url), actor=team.researcher)


def claim(capture: Capture) -> Capture | None:
    return jobs.claim(Capture, capture.pk, worker="here", policy=job_policy(), gate=pacing.turn)


def end(capture: Capture) -> None:
    Capture.objects.filter(pk=capture.pk).update(
        state=JobState.FAILED, lease_until=None, ended_at=timezone.now()
    )


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://Courier.Example/x", "courier.example"),
        ("http://[2001:db8::1]:8080/", "2001:db8::1"),
        ("https://кремль.рф/", "xn--e1ajeds9e.xn--p1ai"),
        ("mailto:somebody", ""),
    ],
)
def test_captures_are_paced_by_host(url: str, host: str) -> None:
    assert pacing.host_of(url) == host


def test_of_one_host_so_many_run_and_no_more(team: cast.Team) -> None:
    held = [claim(capture) for capture in batch(team, 4).captures.order_by("pk")]
    assert [capture is not None for capture in held] == [True, True, False, False]


def test_what_must_wait_is_put_off_and_has_not_failed(team: cast.Team) -> None:
    captures = list(batch(team, 3).captures.order_by("pk"))
    for capture in captures:
        claim(capture)
    captures[2].refresh_from_db()
    last = captures[2]
    assert (last.state, last.attempt, last.failures, last.rung_at) == (JobState.QUEUED, 0, 0, None)
    assert last.not_before > timezone.now()


def test_two_starts_at_one_host_lie_apart(team: cast.Team) -> None:
    first, second = (claim(capture) for capture in batch(team, 2).captures.order_by("pk"))
    assert first is not None
    assert second is not None
    assert second.not_before - first.not_before >= timedelta(seconds=django_settings.HOST_DELAY_SECONDS)


def test_a_start_too_far_ahead_is_not_waited_for_by_a_worker(team: cast.Team) -> None:
    capture = asked(team, "https://slow.example/")
    HostPace.objects.create(host="slow.example", next_at=timezone.now() + timedelta(minutes=1))
    assert claim(capture) is None


def test_other_hosts_are_not_held_up(team: cast.Team) -> None:
    for capture in batch(team, 3).captures.all():
        claim(capture)
    assert claim(asked(team, "https://quick.example/")) is not None


def test_a_worker_that_went_silent_holds_no_place(team: cast.Team) -> None:
    captures = list(batch(team, 3).captures.order_by("pk"))
    for capture in captures[:2]:
        claim(capture)
    Capture.objects.filter(state=JobState.LEASED).update(lease_until=timezone.now() - timedelta(seconds=1))
    assert claim(captures[2]) is not None


def test_this_machine_is_not_spared(team: cast.Team) -> None:
    held = [claim(capture) for capture in batch(team, 5, "127.0.0.1").captures.all()]
    assert None not in held
    assert not HostPace.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_workers_claiming_at_once_keep_to_the_limit() -> None:
    captures = list(batch(cast.team(), 12).captures.all())

    def take(capture: Capture) -> bool:
        try:
            return claim(capture) is not None
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(take, captures)) == django_settings.HOST_CONCURRENCY


def test_the_end_of_one_calls_the_most_urgent_that_waits(team: cast.Team, bell: Bell) -> None:
    bulk = list(batch(team, 3).captures.order_by("pk"))
    for capture in bulk:
        claim(capture)
    urgent = asked(team, "https://slow.example/urgent")
    assert claim(urgent) is None
    end(bulk[0])
    pacing.ring_next("slow.example")
    assert bell.rung == [(urgent.pk, Priority.INTERACTIVE)]
    assert claim(urgent) is not None


def test_one_that_waits_out_a_failure_is_not_called_early(team: cast.Team, bell: Bell) -> None:
    capture = asked(team, "https://slow.example/")
    later = timezone.now() + timedelta(minutes=5)
    Capture.objects.filter(pk=capture.pk).update(error_code="dns_failed", rung_at=None, not_before=later)
    pacing.ring_next("slow.example")
    assert bell.rung == []


def test_the_sweep_rings_for_the_urgent_first(team: cast.Team, bell: Bell) -> None:
    bulk = batch(team, 1, "a.example").captures.get()
    watch = request_captures(
        cast.publication(team, "https://b.example/"), actor=team.researcher, priority=Priority.WATCH
    )[0]
    urgent = asked(team, "https://c.example/")
    Capture.objects.update(rung_at=None)
    assert pacing.ring_waiting(job_policy()) == 3
    assert bell.rung == [(urgent.pk, 0), (bulk.pk, 5), (watch.pk, 9)]


def test_the_broker_never_holds_many_bells(
    team: cast.Team, bell: Bell, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.CAPTURE_BELLS = 10
    for number in range(30):
        batch(team, 1, f"host-{number}.example")
    monkeypatch.setattr(pacing, "archiver_bells", lambda: 4)
    assert pacing.ring_waiting(job_policy()) == 6
    monkeypatch.setattr(pacing, "archiver_bells", lambda: 10)
    assert pacing.ring_waiting(job_policy()) == 0


def test_one_large_list_does_not_stand_before_other_hosts(team: cast.Team, bell: Bell, settings: Any) -> None:
    settings.CAPTURE_BELLS = 10
    batch(team, 40, "large.example")
    small = batch(team, 1, "small.example").captures.get()
    pacing.ring_waiting(job_policy())
    assert (small.pk, Priority.BULK) in bell.rung


def test_nobody_rings_for_a_paused_batch(team: cast.Team, bell: Bell) -> None:
    paused = batch(team, 2)
    CaptureBatch.objects.filter(pk=paused.pk).update(paused_at=timezone.now())
    assert pacing.ring_waiting(job_policy()) == 0
    pacing.ring_next("slow.example")
    assert bell.rung == []


def test_nothing_is_rung_while_the_broker_is_away(
    team: cast.Team, bell: Bell, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch(team, 1)
    monkeypatch.setattr(pacing, "archiver_bells", lambda: None)
    assert pacing.ring_waiting(job_policy()) == 0


def test_a_broker_that_does_not_answer_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    dead = app.connection_for_read("redis://127.0.0.1:1/0")
    monkeypatch.setattr(app, "connection_for_read", lambda: dead)
    assert bells.archiver_bells() is None


def test_bells_of_every_priority_are_counted(broker: Any) -> None:
    assert bells.archiver_bells() == 0
    for priority in Priority:
        bells.ring_archiver("01890000-0000-7000-8000-000000000000", priority)
    assert bells.archiver_bells() == len(Priority)


def test_asking_again_in_person_makes_a_bulk_capture_urgent(team: cast.Team) -> None:
    waiting = batch(team, 1).captures.get()
    joined = request_capture(waiting.publication, actor=team.researcher)
    waiting.refresh_from_db()
    assert (joined, waiting.priority) == (waiting, Priority.INTERACTIVE)


def test_what_somebody_waits_for_goes_on_though_its_list_is_paused(team: cast.Team, bell: Bell) -> None:
    paused = batch(team, 2)
    CaptureBatch.objects.filter(pk=paused.pk).update(paused_at=timezone.now())
    waiting, other = paused.captures.order_by("pk")
    asked_for = request_capture(waiting.publication, actor=team.researcher)
    assert asked_for == waiting
    assert pacing.ring_waiting(job_policy()) == 1
    assert bell.rung == [(waiting.pk, Priority.INTERACTIVE)]
    assert claim(asked_for) is not None
    assert claim(other) is None


def test_asking_again_in_person_is_on_record(team: cast.Team) -> None:
    waiting = batch(team, 1).captures.get()
    request_capture(waiting.publication, actor=team.researcher)
    change = last_change(waiting)
    assert (change.action, change.actor) == ("capture.hastened", team.researcher)
    assert (change.old, change.new) == ({"priority": Priority.BULK}, {"priority": Priority.INTERACTIVE})


def test_a_claim_reads_nothing_of_the_refused_lines(team: cast.Team) -> None:
    capture = batch(team, 1).captures.get()
    with CaptureQueriesContext(connection) as queries:
        claim(Capture.objects.get(pk=capture.pk))
    assert not [query for query in queries.captured_queries if '"refused"' in query["sql"]]

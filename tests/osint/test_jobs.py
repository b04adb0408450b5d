"""Jobs that PostgreSQL owns: claimed once, fenced off, put back, set aside."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.db.models import Q
from django.utils import timezone
from kombu.exceptions import OperationalError

from osint.errors import StaleLeaseError
from osint.models import Change, JobState
from osint.services import jobs, leases
from osint.services.people import system_user
from sources.models import Capture
from sources.services.captures import request_capture
from tests import cast

POLICY = jobs.JobPolicy(
    lease=timedelta(seconds=60),
    ring_again=timedelta(seconds=60),
    first_backoff=timedelta(seconds=10),
    max_failures=3,
    max_lost_children=2,
    max_attempts=5,
)


@pytest.fixture
def job(db: None) -> Capture:
    team = cast.team()
    return request_capture(cast.publication(team), actor=team.researcher)


def claim(job: Capture, policy: jobs.JobPolicy = POLICY) -> Capture | None:
    return jobs.claim(Capture, job.pk, worker="here", policy=policy)


def must_claim(job: Capture) -> Capture:
    held = claim(job)
    assert held is not None
    return held


def expire(job: Capture) -> None:
    Capture.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_a_waiting_job_can_be_claimed(job: Capture) -> None:
    held = must_claim(job)
    assert (held.state, held.attempt, held.fencing_token, held.worker) == (JobState.LEASED, 1, 1, "here")


def test_a_held_job_cannot_be_claimed(job: Capture) -> None:
    must_claim(job)
    assert claim(job) is None


def test_a_job_whose_worker_went_silent_can_be_claimed_again(job: Capture) -> None:
    first = must_claim(job)
    expire(job)
    assert must_claim(job).fencing_token == first.fencing_token + 1


def test_a_job_that_has_to_wait_cannot_be_claimed(job: Capture) -> None:
    Capture.objects.filter(pk=job.pk).update(not_before=timezone.now() + timedelta(minutes=1))
    assert claim(job) is None


def test_an_ended_job_cannot_be_claimed(job: Capture) -> None:
    held = must_claim(job)
    jobs.end(held, JobState.FAILED)
    held.save()
    assert claim(job) is None


def test_a_late_worker_is_fenced_off(job: Capture) -> None:
    late = must_claim(job)
    expire(job)
    must_claim(job)
    with pytest.raises(StaleLeaseError, match="Expected fencing token 2"):
        jobs.lock_held(late)


def test_a_late_worker_cannot_renew(job: Capture) -> None:
    late = must_claim(job)
    expire(job)
    must_claim(job)
    assert not jobs.renew(late, lease=POLICY.lease)


def test_a_lease_can_be_renewed(job: Capture) -> None:
    held = must_claim(job)
    expire(job)
    assert jobs.renew(held, lease=POLICY.lease)
    assert claim(job) is None


def test_a_temporary_failure_puts_the_job_back_for_later(job: Capture) -> None:
    row = jobs.put_back(must_claim(job), error_code="dns_failed", error_detail="no address", policy=POLICY)
    assert (row.state, row.failures, row.error_code) == (JobState.QUEUED, 1, "dns_failed")
    assert row.not_before > timezone.now()


def test_too_many_temporary_failures_are_a_permanent_one(job: Capture) -> None:
    for _ in range(POLICY.max_failures):
        Capture.objects.filter(pk=job.pk).update(not_before=timezone.now())
        row = jobs.put_back(must_claim(job), error_code="dns_failed", error_detail="", policy=POLICY)
    assert row.state == JobState.FAILED


def test_a_job_that_kills_its_processes_is_quarantined(job: Capture) -> None:
    for _ in range(POLICY.max_lost_children):
        must_claim(job)
        jobs.note_lost_child(Capture, job.pk, worker="here")
    assert claim(job) is None
    job.refresh_from_db()
    assert (job.state, job.error_code) == (JobState.QUARANTINED, "quarantined")
    assert Change.objects.filter(subject_id=job.pk, action="capture.quarantined").count() == 1


def test_a_child_lost_by_another_worker_says_nothing_about_the_job(job: Capture) -> None:
    must_claim(job)
    jobs.note_lost_child(Capture, job.pk, worker="there")
    job.refresh_from_db()
    assert (job.state, job.lost_children) == (JobState.LEASED, 0)


def test_a_killed_worker_says_nothing_against_the_job(job: Capture) -> None:
    for _ in range(POLICY.max_attempts):
        assert must_claim(job).lost_children == 0
        expire(job)


def test_a_job_is_not_handed_out_for_ever(job: Capture) -> None:
    for _ in range(POLICY.max_attempts):
        must_claim(job)
        expire(job)
    assert claim(job) is None
    job.refresh_from_db()
    assert job.state == JobState.QUARANTINED


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_one_gets_the_job() -> None:
    team = cast.team()
    job = request_capture(cast.publication(team), actor=team.researcher)

    def try_to_claim(_: int) -> Capture | None:
        try:
            return claim(job)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        held = [row for row in pool.map(try_to_claim, range(8)) if row is not None]
    assert len(held) == 1


@pytest.mark.django_db(transaction=True)
def test_a_lease_is_kept_while_the_work_goes_on() -> None:
    team = cast.team()
    job = request_capture(cast.publication(team), actor=team.researcher)
    short = timedelta(seconds=0.3)
    held = claim(job, replace(POLICY, lease=short))
    assert held is not None
    first_end = held.lease_until
    assert first_end is not None
    deadline = timezone.now() + timedelta(seconds=10)
    with leases.kept(held, lease=short) as lost:
        while timezone.now() < deadline:
            job.refresh_from_db()
            if job.lease_until is not None and job.lease_until > first_end + short:
                break
        assert not lost.is_set()
    assert job.lease_until is not None
    assert job.lease_until > first_end + short


@pytest.mark.django_db(transaction=True)
def test_a_worker_learns_that_its_job_was_taken_over() -> None:
    team = cast.team()
    job = request_capture(cast.publication(team), actor=team.researcher)
    held = claim(job)
    assert held is not None
    expire(job)
    assert claim(job) is not None
    with leases.kept(held, lease=timedelta(seconds=0.3)) as lost:
        assert lost.wait(10)


class Bell:
    """Remembers for whom it rang."""

    def __init__(self) -> None:
        self.rung: list[UUID] = []

    def __call__(self, job_id: str) -> None:
        self.rung.append(UUID(job_id))


def test_the_sweeper_does_not_ring_again_at_once(job: Capture) -> None:
    bell = Bell()
    assert jobs.ring_due(Capture, bell, policy=POLICY) == 0


def test_the_sweeper_rings_for_a_job_whose_bell_was_lost(job: Capture) -> None:
    bell = Bell()
    Capture.objects.filter(pk=job.pk).update(rung_at=timezone.now() - timedelta(seconds=61))
    assert jobs.ring_due(Capture, bell, policy=POLICY) == 1
    assert bell.rung == [job.pk]
    assert jobs.ring_due(Capture, bell, policy=POLICY) == 0


def test_the_sweeper_rings_for_a_job_whose_worker_went_silent(job: Capture) -> None:
    must_claim(job)
    past = timezone.now() - timedelta(seconds=1)
    Capture.objects.filter(pk=job.pk).update(lease_until=past, rung_at=past - timedelta(seconds=1))
    assert jobs.ring_due(Capture, Bell(), policy=POLICY) == 1


def test_the_sweeper_rings_once_the_waiting_time_is_over(job: Capture) -> None:
    jobs.put_back(must_claim(job), error_code="x", error_detail="", policy=POLICY)
    assert jobs.ring_due(Capture, Bell(), policy=POLICY) == 0
    Capture.objects.filter(pk=job.pk).update(not_before=timezone.now())
    assert jobs.ring_due(Capture, Bell(), policy=POLICY) == 1


def test_a_broker_that_is_away_is_no_failure_and_is_rung_again(job: Capture) -> None:
    def dead(job_id: str) -> None:
        raise OperationalError("connection refused")

    jobs.ring(Capture, job.pk, dead)
    assert jobs.ring_due(Capture, Bell(), policy=POLICY) == 1


@pytest.mark.parametrize(("failures", "least", "most"), [(1, 5, 15), (2, 10, 30), (50, 1800, 5400)])
def test_waiting_doubles_up_to_an_hour_with_jitter(failures: int, least: float, most: float) -> None:
    waits = [jobs.backoff(failures, timedelta(seconds=10)).total_seconds() for _ in range(50)]
    assert least <= min(waits) < max(waits) <= most


def gated(job: Capture, wait: timedelta) -> Capture | None:
    return jobs.claim(Capture, job.pk, worker="here", policy=POLICY, gate=lambda _, now: now + wait)


def test_a_job_whose_turn_has_not_come_is_put_off_and_has_not_failed(job: Capture) -> None:
    assert gated(job, timedelta(minutes=1)) is None
    job.refresh_from_db()
    assert (job.state, job.attempt, job.failures, job.rung_at) == (JobState.QUEUED, 0, 0, None)
    assert job.not_before > timezone.now()


def test_a_job_whose_turn_is_near_is_handed_out_with_its_moment(job: Capture) -> None:
    patient = replace(POLICY, longest_wait=timedelta(seconds=2))
    held = jobs.claim(
        Capture, job.pk, worker="here", policy=patient, gate=lambda _, now: now + timedelta(seconds=1)
    )
    assert held is not None
    assert held.not_before > timezone.now()


def test_an_abandoned_job_whose_turn_has_not_come_waits_again(job: Capture) -> None:
    must_claim(job)
    expire(job)
    assert gated(job, timedelta(minutes=1)) is None
    job.refresh_from_db()
    assert (job.state, job.lease_until) == (JobState.QUEUED, None)


def test_a_cancelled_job_has_ended_and_its_worker_is_fenced_off(job: Capture) -> None:
    held = must_claim(job)
    assert jobs.cancel(Capture.objects.filter(pk=job.pk), actor=system_user()) == [job]
    job.refresh_from_db()
    assert (job.state, job.error_code, claim(job)) == (JobState.CANCELLED, "cancelled", None)
    with pytest.raises(StaleLeaseError):
        jobs.lock_held(held)


def test_what_has_ended_is_not_cancelled(job: Capture) -> None:
    held = must_claim(job)
    jobs.end(held, JobState.FAILED)
    held.save()
    assert jobs.cancel(Capture.objects.all(), actor=system_user()) == []


def test_the_sweeper_rings_no_more_than_it_may(job: Capture) -> None:
    Capture.objects.update(rung_at=None)
    assert jobs.ring_due(Capture, Bell(), policy=POLICY, limit=0) == 0


def test_the_sweeper_rings_only_for_those_it_is_told_of(job: Capture) -> None:
    Capture.objects.update(rung_at=None)
    assert jobs.ring_due(Capture, Bell(), policy=POLICY, only=Q(priority=9)) == 0

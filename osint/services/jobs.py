"""Claiming, renewing and ending jobs that PostgreSQL owns.

A job is claimed in one transaction, worked on in none, and its end recorded in another. Whoever holds a stale
fencing token is refused, so that of two workers who both believe they hold a job only one can record it.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from kombu.exceptions import OperationalError

from osint.errors import StaleLeaseError
from osint.models import ENDED, Job, JobState, User
from osint.services.changes import record_change, record_changes
from osint.services.people import system_user
from osint.storable import storable

J = TypeVar("J", bound=Job)

LONGEST_BACKOFF = timedelta(hours=1)

#: What these functions change of a row: all of a job's own columns, and nothing that its kind adds.
JOB_COLUMNS = tuple(field.name for field in Job._meta.fields if field.name not in {"id", "created_at"})

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class JobPolicy:
    """How much patience a kind of job gets."""

    lease: timedelta
    #: After this a bell that nobody answered is rung again.
    ring_again: timedelta
    #: The first wait after a temporary failure; it doubles each time.
    first_backoff: timedelta
    #: So many temporary failures make a permanent one.
    max_failures: int
    #: So many processes may die under a job before it is set aside as dangerous.
    max_lost_children: int
    #: Whole workers may be killed for many reasons, so this ends only what would go on for ever.
    max_attempts: int = 100
    #: A job whose turn comes within this time is handed out, and its worker waits; any other is put off.
    longest_wait: timedelta = timedelta(0)


#: Says when a job may begin: now, or at a later moment. Asked with the job's row locked.
Gate = Callable[[J, datetime], datetime]


def due(model: type[J], now: datetime) -> QuerySet[J]:
    """Jobs that somebody should take up at `now`: waiting ones, and those whose worker went silent."""
    waiting = Q(state=JobState.QUEUED, not_before__lte=now)
    abandoned = Q(state=JobState.LEASED, lease_until__lt=now)
    return model._default_manager.filter(waiting | abandoned)


@transaction.atomic
def claim(
    model: type[J], job_id: UUID, *, worker: str, policy: JobPolicy, gate: Gate[J] | None = None
) -> J | None:
    """Take the job for `worker` for one lease; None when it is not to be had.

    A job that went wrong too often is quarantined instead of being handed out once more. One whose turn has not
    come is put off until then, which counts neither as an attempt nor as a failure; `not_before` of a job handed
    out may lie ahead by the policy's `longest_wait`, and its worker begins no sooner.
    """
    now = timezone.now()
    job = due(model, now).select_for_update(skip_locked=True, of=("self",)).filter(pk=job_id).first()
    if job is None:
        return None
    turn = gate(job, now) if gate else now
    if turn > now + policy.longest_wait:
        _put_off(job, turn)
        return None
    job.not_before = turn
    job.attempt += 1
    job.fencing_token += 1
    if job.attempt > policy.max_attempts or job.lost_children >= policy.max_lost_children:
        _quarantine(job)
        return None
    job.state, job.worker, job.lease_until = JobState.LEASED, worker, now + policy.lease
    job.started_at = now
    job.save(update_fields=JOB_COLUMNS)
    return job


def renew(job: Job, *, lease: timedelta) -> bool:
    """Extend the lease from now; False when the job has been taken over."""
    held = type(job)._default_manager.filter(
        pk=job.pk, state=JobState.LEASED, fencing_token=job.fencing_token
    )
    return held.update(lease_until=timezone.now() + lease) == 1


def lock_held(job: J) -> J:
    """The job's row, locked, if the caller still holds it; belongs at the start of the recording transaction.

    Raises StaleLeaseError when another worker has taken over or the job has ended.
    """
    row = type(job)._default_manager.select_for_update(of=("self",)).get(pk=job.pk)
    if row.state != JobState.LEASED or row.fencing_token != job.fencing_token:
        raise StaleLeaseError(
            f"Expected fencing token {row.fencing_token} in state leased, got {job.fencing_token}"
            f" in state {row.state}."
        )
    return row


def end(job: Job, state: JobState, *, error_code: str = "", error_detail: str = "") -> None:
    """Set a locked job's end on the instance; the caller saves it together with its results."""
    job.state, job.lease_until, job.ended_at = state, None, timezone.now()
    job.error_code, job.error_detail = error_code, storable(error_detail)


@transaction.atomic
def put_back(job: J, *, error_code: str, error_detail: str, policy: JobPolicy) -> J:
    """Give a held job back after a temporary failure, to be tried again later, or end it as failed when that
    has happened too often. Raises StaleLeaseError."""
    row = lock_held(job)
    row.failures += 1
    if row.failures >= policy.max_failures:
        end(row, JobState.FAILED, error_code=error_code, error_detail=error_detail)
    else:
        row.state, row.lease_until, row.rung_at = JobState.QUEUED, None, None
        row.not_before = timezone.now() + backoff(row.failures, policy.first_backoff)
        row.error_code, row.error_detail = error_code, storable(error_detail)
    row.save(update_fields=JOB_COLUMNS)
    return row


def note_lost_child(model: type[Job], job_id: UUID, *, worker: str) -> None:
    """Count that the process with which `worker` did this job died under it, and let it be taken up at once.

    A job that another worker has taken over meanwhile is left alone.
    """
    model._default_manager.filter(pk=job_id, state=JobState.LEASED, worker=worker).update(
        state=JobState.QUEUED,
        lease_until=None,
        rung_at=None,
        fencing_token=F("fencing_token") + 1,
        lost_children=F("lost_children") + 1,
        error_code="worker_lost",
        error_detail="The process working on this died.",
    )


def backoff(failures: int, first: timedelta) -> timedelta:
    """Waiting time after so many failures: doubles from `first` to at most an hour, times a random 0.5 to 1.5."""
    doublings = min(max(failures - 1, 0), 16)
    base = min(first * (1 << doublings), LONGEST_BACKOFF)
    return base * random.uniform(0.5, 1.5)  # noqa: S311  # jitter spreads load, it guards nothing


def ring(model: type[Job], job_id: UUID, bell: Callable[[str], object]) -> None:
    """Tell a worker that a job waits. A broker that is away is no failure: the next sweep rings again."""
    try:
        bell(str(job_id))
    except OperationalError:
        model._default_manager.filter(pk=job_id).update(rung_at=None)
        logger.warning("broker is away; the sweeper will ring for %s", job_id)


def ring_due(
    model: type[Job],
    bell: Callable[[str], object],
    *,
    policy: JobPolicy,
    limit: int = 1000,
    only: Q | None = None,
) -> int:
    """Ring for the jobs that are due and that nobody has answered for, at most `limit`; returns how many.

    `only` narrows the jobs further. A message may be lost with the broker, so a bell is rung again after a while,
    once those that never rang have had their turn; it is not rung at every sweep, or a long queue would fill the
    broker with copies.
    """
    now = timezone.now()
    unanswered = (
        Q(rung_at__isnull=True)
        | Q(rung_at__lt=now - policy.ring_again)
        | Q(rung_at__lt=F("not_before"))
        | Q(rung_at__lt=F("lease_until"))
    )
    candidates = due(model, now).filter(unanswered, only or Q())
    in_order = candidates.order_by(F("rung_at").asc(nulls_first=True), "id")
    waiting = list(in_order.values_list("pk", flat=True)[:limit])
    model._default_manager.filter(pk__in=waiting).update(rung_at=now)
    for job_id in waiting:
        ring(model, job_id, bell)
    return len(waiting)


@transaction.atomic
def cancel(jobs: QuerySet[J], *, actor: User) -> list[J]:
    """End those of `jobs` that have not ended; returns them.

    The worker of a running one learns at its next sign of life that it holds the job no more, and what it may
    still bring is refused.
    """
    open_jobs = jobs.exclude(state__in=ENDED).order_by("pk")
    locked = list(open_jobs.select_for_update(of=("self",)))
    model = jobs.model
    model._default_manager.filter(pk__in=[job.pk for job in locked]).update(
        state=JobState.CANCELLED,
        lease_until=None,
        ended_at=timezone.now(),
        fencing_token=F("fencing_token") + 1,
        error_code="cancelled",
        error_detail=f"Cancelled by {actor.get_full_name()}.",
    )
    new = {"state": JobState.CANCELLED.value}
    record_changes(locked, actor=actor, action=f"{model._meta.model_name}.cancelled", new=new)
    return locked


def _put_off(job: Job, until: datetime) -> None:
    """Not a failure: the job waits on, and the next sweep after `until` rings for it."""
    job.state, job.lease_until = JobState.QUEUED, None
    job.not_before, job.rung_at = until, None
    job.save(update_fields=["state", "lease_until", "not_before", "rung_at", "updated_at"])


def _quarantine(job: Job) -> None:
    end(
        job,
        JobState.QUARANTINED,
        error_code="quarantined",
        error_detail=f"Gave up after {job.attempt - 1} attempts; {job.lost_children} killed their process.",
    )
    job.save(update_fields=JOB_COLUMNS)
    record_change(
        job,
        actor=system_user(),
        action=f"{job._meta.model_name}.quarantined",
        new={"state": job.state, "error_detail": job.error_detail},
    )

"""Bells for the archiver. The broker may lose them or deliver them five times: PostgreSQL owns the jobs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from billiard.exceptions import TimeLimitExceeded, WorkerLostError
from celery import Task, shared_task
from celery.signals import task_failure

from osint.services import jobs
from sources import storage
from sources.bells import ARCHIVE_CAPTURE, ring_archiver
from sources.models import Capture
from sources.services.captures import RESERVATION_LEASES, job_policy
from sources.services.files import collect_unreferenced
from sources.services.preservation import preserve, remove_abandoned_work


# Acknowledged early: the lease in the database brings a lost job back, a second delivery would only be refused.
@shared_task(name=ARCHIVE_CAPTURE, bind=True, acks_late=False, ignore_result=True)
def archive_capture(self: Task[Any, Any], capture_id: str) -> None:
    """Carry out one capture."""
    preserve(UUID(capture_id), worker=_name_of(self))


@shared_task(name="sources.sweep_captures", ignore_result=True)
def sweep_captures() -> None:
    """Ring for captures that wait unanswered, and clear away what killed workers left behind."""
    jobs.ring_due(Capture, ring_archiver, policy=job_policy())
    remove_abandoned_work()
    collect_unreferenced()
    storage.remove_abandoned(RESERVATION_LEASES * job_policy().lease)


@task_failure.connect(sender=archive_capture)
def note_lost_child(sender: Task[Any, Any], exception: BaseException, args: list[Any], **_: Any) -> None:
    """Runs in the worker's parent: when the child died, the capture it was working on is to blame until proven."""
    if isinstance(exception, WorkerLostError | TimeLimitExceeded):
        jobs.note_lost_child(Capture, UUID(args[0]), worker=_name_of(sender))


def _name_of(task: Task[Any, Any]) -> str:
    return str(task.request.hostname or "local")

"""Bells for the archiver. The broker may lose them or deliver them five times: PostgreSQL owns the jobs."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from billiard.exceptions import TimeLimitExceeded, WorkerLostError
from celery import Task, shared_task
from celery.signals import task_failure
from django.conf import settings

from osint.services import jobs
from sources import storage
from sources.bells import (
    ARCHIVE_CAPTURE,
    EXAMINE_CAPTURE,
    HAND_ON,
    LOOK_AT_ORIGINAL,
    SUGGEST,
    ring_examiner,
    ring_for_claim,
)
from sources.models import Capture, Examination
from sources.services.captures import RESERVATION_LEASES, job_policy
from sources.services.examination import examine
from sources.services.files import collect_unreferenced
from sources.services.fixity import read_share
from sources.services.handing_on import claim_offers, hand_on
from sources.services.pacing import ring_waiting
from sources.services.preservation import preserve, remove_abandoned_work
from sources.services.suggesting import suggest_waiting
from sources.services.uploads import clear_uploads
from sources.services.watching import claim_due, look

#: Bells for examinations that one sweep rings: the others wait in PostgreSQL, where nothing is forgotten.
EXAMINATION_BELLS = 200


# Acknowledged early: the lease in the database brings a lost job back, a second delivery would only be refused.
@shared_task(name=ARCHIVE_CAPTURE, bind=True, acks_late=False, ignore_result=True)
def archive_capture(self: Task[Any, Any], capture_id: str) -> None:
    """Carry out one capture."""
    preserve(UUID(capture_id), worker=_name_of(self))


@shared_task(name=EXAMINE_CAPTURE, bind=True, acks_late=False, ignore_result=True)
def examine_capture(self: Task[Any, Any], examination_id: str) -> None:
    """Carry out one examination."""
    examine(UUID(examination_id), worker=_name_of(self))


@shared_task(name="sources.sweep_captures", ignore_result=True)
def sweep_captures() -> None:
    """Ring for captures that wait unanswered, and clear away what killed workers left behind."""
    ring_waiting(job_policy())
    jobs.ring_due(Examination, ring_examiner, policy=job_policy(), limit=EXAMINATION_BELLS)
    remove_abandoned_work()
    collect_unreferenced()
    storage.remove_abandoned(RESERVATION_LEASES * job_policy().lease)


@shared_task(name="sources.check_fixity", ignore_result=True)
def check_fixity() -> None:
    """Read the next share of the archive again."""
    read_share(seconds=settings.FIXITY_SHARE_SECONDS, most_bytes=settings.FIXITY_SHARE_BYTES)


@shared_task(name="sources.watch_originals", ignore_result=True)
def watch_originals() -> None:
    """Ring for the originals that are to be looked at, and for what is to be handed on."""
    for claim in claim_due():
        ring_for_claim(LOOK_AT_ORIGINAL, claim)
    for claim in claim_offers():
        ring_for_claim(HAND_ON, claim)


# Acknowledged early, both: a claim that was lost comes round again, and a second delivery finds it gone.
@shared_task(name=LOOK_AT_ORIGINAL, acks_late=False, ignore_result=True)
def look_at_original(watch_id: str, claimed: str) -> None:
    """Look at one original."""
    look(UUID(watch_id), datetime.fromisoformat(claimed))


@shared_task(name=HAND_ON, acks_late=False, ignore_result=True)
def hand_on_publication(offer_id: str, claimed: str) -> None:
    """Hand one publication on."""
    hand_on(UUID(offer_id), datetime.fromisoformat(claimed))


@shared_task(name=SUGGEST, ignore_result=True)
def suggest_derivations() -> None:
    """Suggest derivations by what has been read since, for some seconds at the most."""
    suggest_waiting()


@shared_task(name="sources.clear_uploads", ignore_result=True)
def sweep_uploads() -> None:
    """Remove uploads that expired, and bytes that are preserved."""
    clear_uploads()


@task_failure.connect(sender=archive_capture)
def note_lost_child(sender: Task[Any, Any], exception: BaseException, args: list[Any], **_: Any) -> None:
    """Runs in the worker's parent: when the child died, the capture it was working on is to blame until proven."""
    if isinstance(exception, WorkerLostError | TimeLimitExceeded):
        jobs.note_lost_child(Capture, UUID(args[0]), worker=_name_of(sender))


@task_failure.connect(sender=examine_capture)
def note_lost_examiner(sender: Task[Any, Any], exception: BaseException, args: list[Any], **_: Any) -> None:
    """As above, for examinations."""
    if isinstance(exception, WorkerLostError | TimeLimitExceeded):
        jobs.note_lost_child(Examination, UUID(args[0]), worker=_name_of(sender))


def _name_of(task: Task[Any, Any]) -> str:
    return str(task.request.hostname or "local")

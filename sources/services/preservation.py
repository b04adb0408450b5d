"""One capture from claim to end: claim in a transaction, fetch in none, record in a transaction."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from uuid import UUID

from django.conf import settings

from osint.errors import StaleLeaseError
from osint.models import JobState
from osint.services import jobs, leases
from osint.services.people import system_user
from sources.archiving.deadlines import Deadline
from sources.archiving.errors import ArchivingError
from sources.archiving.http_method import archive_page
from sources.archiving.policy import FetchPolicy
from sources.models import Capture
from sources.services.captures import job_policy, record_failure, record_harvest

logger = logging.getLogger(__name__)


class StorageError(ArchivingError):
    """The archive's disk would not take the bytes."""

    code = "storage_failed"
    permanent = False


class PassingVerdictError(ArchivingError):
    """The answer was no publication, but another one may come later: an overloaded server, say."""

    permanent = False

    def __init__(self, verdict: str, detail: str) -> None:
        super().__init__(detail)
        self.code = verdict.replace(" ", "_")


class UnexpectedError(ArchivingError):
    """A fault of the archiver's own."""

    code = "archiver_fault"
    permanent = False


def preserve(capture_id: UUID, *, worker: str) -> None:
    """Carry out a capture if it is to be had; otherwise do nothing, however often the bell has rung."""
    policy = job_policy()
    capture = jobs.claim(Capture, capture_id, worker=worker, policy=policy)
    if capture is None:
        return
    try:
        with leases.kept(capture, lease=policy.lease) as lost, work_folder(capture) as folder:
            _fetch_and_record(capture, folder, lost)
    except StaleLeaseError as error:
        logger.warning("result of capture %s refused: %s", capture.pk, error.detail)
    except ArchivingError as error:
        _fail(capture, error)
    except OSError as error:
        # A full or failing disk says nothing against the publication.
        _fail(capture, StorageError(error.strerror or type(error).__name__))
    except Exception as error:
        # A fault of ours must neither lose the job nor loop it: it counts as a failure, and is heard of.
        _fail(capture, UnexpectedError(type(error).__name__))
        raise


def _fail(capture: Capture, error: ArchivingError) -> None:
    try:
        record_failure(capture, error, actor=system_user())
    except StaleLeaseError as stale:
        logger.warning("failure of capture %s refused: %s", capture.pk, stale.detail)


def fetch_policy() -> FetchPolicy:
    """What the settings allow a capture to reach and to take."""
    return FetchPolicy(
        allowed_loopback=frozenset(settings.ALLOWED_LOOPBACK),
        body_bytes=settings.FETCH_MAX_BYTES,
        decoded_bytes=settings.FETCH_MAX_DECODED_BYTES,
        connect_seconds=settings.FETCH_CONNECT_SECONDS,
        idle_seconds=settings.FETCH_IDLE_SECONDS,
        requisite_seconds=settings.FETCH_DEADLINE_SECONDS,
        capture_requisites=settings.CAPTURE_MAX_REQUISITES,
        capture_bytes=settings.CAPTURE_MAX_BYTES,
    )


@contextmanager
def work_folder(capture: Capture) -> Iterator[Path]:
    """A folder for this attempt alone: its name carries the fencing token, so that a sweeper knows its owner."""
    folder = Path(settings.WORK_ROOT) / f"{capture.pk}.{capture.fencing_token}"
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def remove_abandoned_work() -> int:
    """Remove the work folders of attempts that nobody holds any more; returns how many."""
    root = Path(settings.WORK_ROOT)
    folders = [path for path in root.glob("*.*") if path.is_dir()] if root.is_dir() else []
    held = {
        f"{pk}.{token}"
        for pk, token in Capture.objects.filter(state=JobState.LEASED).values_list("pk", "fencing_token")
    }
    # Listed before the query: a folder made since then belongs to a lease that the query may not have seen.
    abandoned = [folder for folder in folders if folder.name not in held]
    for folder in abandoned:
        shutil.rmtree(folder, ignore_errors=True)
    return len(abandoned)


def _fetch_and_record(capture: Capture, folder: Path, lost: Event) -> None:
    def stop_when_taken_over(*_: object) -> None:
        if lost.is_set():
            raise StaleLeaseError

    harvest = archive_page(
        capture.url,
        policy=fetch_policy(),
        workdir=folder,
        deadline=Deadline.after(settings.CAPTURE_DEADLINE_SECONDS),
        on_progress=stop_when_taken_over,
    )
    if harvest.may_retry and capture.failures + 1 < job_policy().max_failures:
        raise PassingVerdictError(harvest.verdict, "; ".join(harvest.reasons))
    record_harvest(capture, harvest, actor=system_user())

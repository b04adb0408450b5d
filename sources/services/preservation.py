"""One capture from claim to end: claim in a transaction, fetch in none, record in a transaction."""

from __future__ import annotations

import logging
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from osint.errors import StaleLeaseError
from osint.models import Job, JobState
from osint.services import jobs, leases
from osint.services.people import system_user
from sources.archiving.deadlines import Deadline
from sources.archiving.errors import ArchivingError
from sources.archiving.harvest import Harvest
from sources.archiving.policy import BrowserProgram, Egress, FetchPolicy
from sources.archiving.upload_method import preserve_upload
from sources.models import Capture, CaptureMethod, Examination
from sources.services import pacing
from sources.services.captures import job_policy, record_failure, record_harvest
from sources.services.egress import ConnectionLog
from sources.services.uploads import held_file

#: What carries out each method, imported when it is first asked for: browsers and downloaders weigh much. Each
#: takes an address, `policy`, `workdir`, `deadline` and `on_progress`, and yields a harvest.
METHODS = {
    CaptureMethod.HTTP: "sources.archiving.http_method.archive_page",
    CaptureMethod.BROWSER: "sources.archiving.browser.archive_in_browser",
    CaptureMethod.MEDIA: "sources.archiving.video.method.archive_media",
}

#: Work that holds no lease: its folders begin with this name, and nobody works in one for as long as this.
PASSING_WORK = "passing."
PASSING_FOR = timedelta(hours=1)

#: Seconds from one written sign of progress to the next; a capture that takes less writes none.
PROGRESS_SECONDS = 0.5

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
    capture = jobs.claim(Capture, capture_id, worker=worker, policy=policy, gate=pacing.turn)
    if capture is None:
        return
    try:
        _preserve_claimed(capture, policy)
    finally:
        pacing.ring_next(capture.host)


def _preserve_claimed(capture: Capture, policy: jobs.JobPolicy) -> None:
    log = ConnectionLog()
    try:
        with leases.kept(capture, lease=policy.lease) as lost, work_folder(capture) as folder:
            _fetch_and_record(capture, folder, lost, log)
    except StaleLeaseError as error:
        logger.warning("result of capture %s refused: %s", capture.pk, error.detail)
    except ArchivingError as error:
        _fail(capture, error, log)
    except OSError as error:
        # A full or failing disk says nothing against the publication.
        _fail(capture, StorageError(error.strerror or type(error).__name__), log)
    except Exception as error:
        # A fault of ours must neither lose the job nor loop it: it counts as a failure, and is heard of.
        _fail(capture, UnexpectedError(type(error).__name__), log)
        raise


def _fail(capture: Capture, error: ArchivingError, log: ConnectionLog) -> None:
    try:
        record_failure(capture, error, actor=system_user(), connections=log.connections)
    except StaleLeaseError as stale:
        logger.warning("failure of capture %s refused: %s", capture.pk, stale.detail)


def fetch_policy(served: str = "sightline") -> FetchPolicy:
    """What the settings allow a capture to take, and its way out, which logs what it is used for under `served`."""
    return FetchPolicy(
        egress=Egress.from_url(settings.EGRESS_PROXY, served) if settings.EGRESS_PROXY else None,
        browser=_browser_program(),
        body_bytes=settings.FETCH_MAX_BYTES,
        decoded_bytes=settings.FETCH_MAX_DECODED_BYTES,
        connect_seconds=settings.FETCH_CONNECT_SECONDS,
        idle_seconds=settings.FETCH_IDLE_SECONDS,
        requisite_seconds=settings.FETCH_DEADLINE_SECONDS,
        capture_requisites=settings.CAPTURE_MAX_REQUISITES,
        capture_bytes=settings.CAPTURE_MAX_BYTES,
    )


def _browser_program() -> BrowserProgram | None:
    if not settings.CHROMIUM:
        return None
    return BrowserProgram(Path(settings.CHROMIUM), tuple(settings.CHROMIUM_ARGUMENTS))


def carry_out(capture: Capture, *, policy: FetchPolicy, **options: Any) -> Harvest:
    """The harvest of the capture by its method. Raises ArchivingError and what `on_progress` raises."""
    if capture.method == CaptureMethod.UPLOAD:
        return preserve_upload(held_file(capture), **options)
    method = import_string(METHODS[CaptureMethod(capture.method)])
    harvest: Harvest = method(capture.url, policy=policy, **options)
    return harvest


class SignsOfProgress:
    """Called by a method at each step: writes how far the capture is, at most twice a second.

    Raises StaleLeaseError, which ends the work, when the capture was cancelled or another worker has taken over.
    """

    def __init__(self, capture: Capture, lost: Event) -> None:
        self._held = Capture.objects.filter(
            pk=capture.pk, state=JobState.LEASED, fencing_token=capture.fencing_token
        )
        self._lost = lost
        self._next = time.monotonic() + PROGRESS_SECONDS

    def __call__(self, stage: str, done: int, total: int) -> None:
        if self._lost.is_set():
            raise StaleLeaseError
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + PROGRESS_SECONDS
        if not self._held.update(progress={"stage": stage, "done": done, "total": total}):
            raise StaleLeaseError


@contextmanager
def work_folder(job: Job) -> Iterator[Path]:
    """A folder for this attempt alone: its name carries the fencing token, so that a sweeper knows its owner."""
    folder = Path(settings.WORK_ROOT) / f"{job.pk}.{job.fencing_token}"
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def passing_folder() -> Iterator[Path]:
    """A folder for short work that holds no lease; by its age a sweeper knows that its owner was killed."""
    root = Path(settings.WORK_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=PASSING_WORK, dir=root, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def remove_abandoned_work() -> int:
    """Remove the work folders of attempts that nobody holds any more; returns how many."""
    root = Path(settings.WORK_ROOT)
    folders = [path for path in root.glob("*.*") if path.is_dir()] if root.is_dir() else []
    held = {
        f"{pk}.{token}"
        for jobs_of_a_kind in (Capture.objects, Examination.objects)
        for pk, token in jobs_of_a_kind.filter(state=JobState.LEASED).values_list("pk", "fencing_token")
    }
    # Listed before the query: a folder made since then belongs to a lease that the query may not have seen.
    abandoned = [folder for folder in folders if folder.name not in held and not _may_be_passing(folder)]
    for folder in abandoned:
        shutil.rmtree(folder, ignore_errors=True)
    return len(abandoned)


def _may_be_passing(folder: Path) -> bool:
    if not folder.name.startswith(PASSING_WORK):
        return False
    try:
        return time.time() - folder.stat().st_mtime < PASSING_FOR.total_seconds()
    except FileNotFoundError:  # its owner has just finished
        return True


def _fetch_and_record(capture: Capture, folder: Path, lost: Event, log: ConnectionLog) -> None:
    lost.wait(max((capture.not_before - timezone.now()).total_seconds(), 0))
    policy = fetch_policy(str(capture.pk))
    try:
        harvest = carry_out(
            capture,
            policy=policy,
            workdir=folder,
            deadline=Deadline.after(settings.CAPTURE_DEADLINE_SECONDS),
            on_progress=SignsOfProgress(capture, lost),
        )
    finally:
        log.ask(policy.egress)
    harvest = log.added_to(harvest)
    if harvest.may_retry and capture.failures + 1 < job_policy().max_failures:
        raise PassingVerdictError(harvest.verdict, "; ".join(harvest.reasons))
    record_harvest(capture, harvest, actor=system_user())

"""Asking for captures, and recording what came of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from osint.access import require_role
from osint.models import ENDED, JobState, Role, User
from osint.services import jobs
from osint.services.changes import insert, record_change, update
from osint.services.jobs import JOB_COLUMNS
from osint.services.people import system_user
from osint.storable import storable
from sources.archiving.choice import methods_for
from sources.archiving.errors import ArchivingError
from sources.archiving.harvest import Harvest, HarvestedFile
from sources.bells import ring_archiver, ring_examiner
from sources.models import (
    Capture,
    CaptureFile,
    CaptureMethod,
    Examination,
    Priority,
    Publication,
    StoredFile,
    Verdict,
)
from sources.services.egress import record_refusals
from sources.services.files import LocalFile, keep_files, mark_stored
from sources.services.handing_on import offer, wayback
from sources.services.pacing import LONGEST_WAIT, host_of
from sources.services.uploads import upload_again
from sources.services.watches import watch_original

#: What counts as having preserved the publication; everything else is recorded, and is not a success.
PRESERVED = frozenset({Verdict.COMPLETE, Verdict.PARTIAL})

#: The methods that an address can be preserved by; an upload begins with its file.
ASKABLE = [choice for choice in CaptureMethod.choices if choice[0] != CaptureMethod.UPLOAD]

#: A reservation is made when the fetching is over: it outlives the copying, and leaves nothing for long.
RESERVATION_LEASES = 3


def job_policy() -> jobs.JobPolicy:
    """The patience that the settings allow a capture."""
    return jobs.JobPolicy(
        lease=timedelta(seconds=settings.CAPTURE_LEASE_SECONDS),
        ring_again=timedelta(seconds=settings.CAPTURE_LEASE_SECONDS),
        first_backoff=timedelta(seconds=settings.CAPTURE_RETRY_SECONDS),
        max_failures=settings.CAPTURE_MAX_ATTEMPTS,
        max_lost_children=settings.CAPTURE_MAX_CRASHES,
        longest_wait=LONGEST_WAIT,
    )


def has_browser() -> bool:
    """Whether the operator has named a browser that pages can be drawn with."""
    return bool(getattr(settings, "CHROMIUM", ""))


def methods_of(publication: Publication, method: str) -> tuple[str, ...]:
    """The method asked for, or for none the methods that fit the address, the most fitting first.

    Raises ValidationError (`method_needs_file`) for uploads: those begin with a file.
    """
    if method == CaptureMethod.UPLOAD:
        problem = ValidationError("An upload begins with its file; upload that.", code="method_needs_file")
        raise ValidationError({"method": problem})
    return (
        (method,)
        if method
        else methods_for(publication.url, kind=publication.kind, has_browser=has_browser())
    )


@transaction.atomic
def request_captures(
    publication: Publication, *, actor: User, method: str = "", priority: Priority = Priority.INTERACTIVE
) -> list[Capture]:
    """Ask for the publication to be preserved; work starts once this is committed.

    Without `method` those are chosen that fit the address, which may be several. While an earlier request of the
    same method is still under way, that one is returned, and becomes as urgent as this one. A method by which the
    publication is in quarantine is left out. Needs researcher.
    Raises ForbiddenError, NotFoundError, ValidationError (`capture_quarantined` where no method remains).
    """
    require_role(actor, publication.investigation, Role.RESEARCHER)
    captures = _asked(publication, actor, methods_of(publication, method), priority)
    if not captures:
        raise _in_quarantine()
    return captures


@transaction.atomic
def recapture(publication: Publication) -> list[Capture]:
    """Ask in the product's own name, by the methods that fit the address, when nobody waits for anything else.

    What is in quarantine is left there.
    """
    return _asked(publication, system_user(), methods_of(publication, ""), Priority.WATCH)


def _asked(
    publication: Publication, actor: User, methods: Iterable[str], priority: Priority
) -> list[Capture]:
    _lock(publication)
    dangerous = set(unreleased().filter(publication=publication).values_list("method", flat=True))
    return [
        _joined(publication, method, priority, actor) or _requested(publication, method, priority, actor)
        for method in methods
        if method not in dangerous
    ]


def _lock(publication: Publication) -> None:
    """Make two people pressing the button at once agree on one capture."""
    # Without the key: a worker that records a capture refers to the publication, and must not wait for us.
    Publication.objects.select_for_update(of=("self",), no_key=True).get(pk=publication.pk)


def unreleased() -> QuerySet[Capture]:
    """The captures in quarantine: set aside, and not asked for again since."""
    return Capture.objects.filter(~Capture.asked_again(), state=JobState.QUARANTINED)


def _in_quarantine() -> ValidationError:
    message = (
        "This was set aside because it ended the archiver's process; an admin of the case can release it."
    )
    return ValidationError(message, code="capture_quarantined")


def request_capture(publication: Publication, *, actor: User, method: str = "") -> Capture:
    """Ask as `request_captures` does; returns the capture by the most fitting method."""
    return request_captures(publication, actor=actor, method=method)[0]


def new_capture(publication: Publication, *, actor: User, method: str, **values: Any) -> Capture:
    """A capture of the publication's address, not yet saved."""
    return Capture(
        investigation=publication.investigation,
        publication=publication,
        method=method,
        requested_by=actor,
        url=publication.url,
        host=host_of(publication.url),
        **values,
    )


@transaction.atomic
def retry_capture(capture: Capture, *, actor: User) -> Capture:
    """Ask again for a capture that failed, by the same method: a new one, so that the failure stays on record.

    Of an upload the file is preserved that is held here. Needs researcher. Raises ForbiddenError, UploadGoneError,
    ValidationError (`capture_not_failed`, `capture_quarantined`).
    """
    require_role(actor, capture.investigation, Role.RESEARCHER)
    if capture.state != JobState.FAILED:
        message = f"Only a failed capture can be tried again; this one is {capture.state}."
        raise ValidationError(message, code="capture_not_failed")
    _lock(capture.publication)
    if unreleased().filter(pk__in=capture.of_the_same()).exists():
        raise _in_quarantine()
    return _again(capture, actor)


def cancel_capture(capture: Capture, *, actor: User) -> Capture:
    """End a capture that waits or runs; what a running one may still bring is refused. Needs researcher.

    Raises ForbiddenError, ValidationError (`capture_ended`).
    """
    require_role(actor, capture.investigation, Role.RESEARCHER)
    if not jobs.cancel(Capture.objects.filter(pk=capture.pk), actor=actor):
        raise ValidationError("This capture has ended already.", code="capture_ended")
    return Capture.objects.get(pk=capture.pk)


@transaction.atomic
def release_capture(capture: Capture, *, actor: User, reason: str) -> Capture:
    """Let a quarantined capture be tried afresh: by a new one, whose counters begin at zero.

    Needs admin of the case, or a superuser. Raises ForbiddenError, ValidationError (`capture_not_quarantined`,
    `reason_missing`).
    """
    if not (actor.is_superuser and actor.api_token is None):
        require_role(actor, capture.investigation, Role.ADMIN)
    if capture.state != JobState.QUARANTINED:
        message = f"Only a quarantined capture can be released; this one is {capture.state}."
        raise ValidationError(message, code="capture_not_quarantined")
    if not reason.strip():
        problem = ValidationError("Say why it should be tried again.", code="reason_missing")
        raise ValidationError({"reason": problem})
    _lock(capture.publication)
    fresh = _again(capture, actor)
    released = {"reason": reason.strip(), "capture": str(fresh.pk)}
    record_change(capture, actor=actor, action="capture.released", new=released)
    return fresh


def _again(capture: Capture, actor: User) -> Capture:
    """The same once more, for somebody who waits; the caller holds the lock."""
    if capture.upload is not None:
        under_way = capture.of_the_same().exclude(state__in=ENDED).first()
        return under_way or upload_again(capture, actor=actor)
    publication, method, priority = capture.publication, capture.method, Priority.INTERACTIVE
    return _joined(publication, method, priority, actor) or _requested(publication, method, priority, actor)


def _joined(publication: Publication, method: str, priority: Priority, actor: User) -> Capture | None:
    """The publication's capture by this method that is under way, made as urgent as `priority`."""
    capture = publication.captures.filter(method=method).exclude(state__in=ENDED).first()
    if capture is not None and priority < capture.priority:
        capture = update(capture, {"priority": priority}, actor=actor, action="capture.hastened")
        transaction.on_commit(partial(_ring, capture))
    return capture


def _requested(publication: Publication, method: str, priority: Priority, actor: User) -> Capture:
    now = timezone.now()
    capture = new_capture(
        publication, actor=actor, method=method, priority=priority, not_before=now, rung_at=now
    )
    insert(capture, actor=actor, action="capture.requested")
    transaction.on_commit(partial(_ring, capture))
    return capture


def record_harvest(capture: Capture, harvest: Harvest, *, actor: User) -> Capture:
    """Keep a harvest's files and end its capture with them. Raises StaleLeaseError, OSError, WrongBytesError."""
    reserve_for = RESERVATION_LEASES * job_policy().lease
    rows = keep_files(map(_local, harvest.files), reserve_for=reserve_for)
    with transaction.atomic():
        row = jobs.lock_held(capture)
        _refer_to_files(row, harvest.files, rows)
        row.final_url = storable(harvest.final_url)
        row.verdict, row.verdict_reasons = harvest.verdict, storable(list(harvest.reasons))
        row.facts = _facts(harvest)
        preserved = row.verdict in PRESERVED
        jobs.end(
            row,
            JobState.SUCCEEDED if preserved else JobState.FAILED,
            error_code="" if preserved else row.verdict.replace(" ", "_"),
            error_detail="" if preserved else "; ".join(harvest.reasons),
        )
        row.save(update_fields=[*JOB_COLUMNS, "final_url", "verdict", "verdict_reasons", "facts"])
        record_refusals(row.publication_id, harvest.connections, capture=row)
        _record_end(row, actor=actor, files=rows.values())
        _request_examination(row)
        if preserved and row.method != CaptureMethod.UPLOAD:
            watch_original(row.publication_id, row.investigation_id)
            if wayback():
                offer(row.publication)
    return row


def _request_examination(capture: Capture) -> None:
    """What was kept is read by itself, so that neither the capture waits for it nor can be undone by it."""
    examination = Examination.objects.create(capture=capture, rung_at=timezone.now())
    transaction.on_commit(partial(jobs.ring, Examination, examination.pk, ring_examiner))


@transaction.atomic
def record_failure(
    capture: Capture, error: ArchivingError, *, actor: User, connections: Sequence[Mapping[str, Any]] = ()
) -> Capture:
    """End a capture for good, or put it back where trying again may help. Raises StaleLeaseError.

    `connections` is what the way out logged for the attempt.
    """
    if not error.permanent:
        row = jobs.put_back(capture, error_code=error.code, error_detail=error.detail, policy=job_policy())
    else:
        row = jobs.lock_held(capture)
        jobs.end(row, JobState.FAILED, error_code=error.code, error_detail=error.detail)
        row.save(update_fields=JOB_COLUMNS)
    record_refusals(row.publication_id, connections, capture=row)
    if row.has_ended:
        row.facts = {"connections": list(connections)}
        row.save(update_fields=["facts"])
        _record_end(row, actor=actor, files=())
    return row


def _record_end(capture: Capture, *, actor: User, files: Iterable[StoredFile]) -> None:
    facts: dict[str, Any] = {
        "state": capture.state,
        "verdict": capture.verdict,
        "error_code": capture.error_code,
        "attempt": capture.attempt,
        "files": sorted(file.sha256 for file in files),
    }
    record_change(capture, actor=actor, action=f"capture.{capture.state}", new=facts)


def _facts(harvest: Harvest) -> dict[str, Any]:
    """What the fetching met, for the custody record: requests and answers, what failed, with which tools and
    within which limits."""
    page = {name: value for name, value in asdict(harvest.page).items() if name not in {"text", "links"}}
    facts: dict[str, Any] = {
        "exchanges": list(harvest.exchanges),
        "failures": list(harvest.failures),
        "connections": list(harvest.connections),
        "remarks": list(harvest.notes),
        "page": page,
        "tools": harvest.tools,
        "settings": harvest.settings,
    }
    return {name: storable(value) for name, value in facts.items()}


def _refer_to_files(capture: Capture, files: Iterable[HarvestedFile], rows: Mapping[str, StoredFile]) -> None:
    mark_stored(rows.values())
    # Two references of a page may lead to one address in the end.
    distinct = dict.fromkeys((file.sha256, file.role, file.url) for file in files)
    CaptureFile.objects.bulk_create(
        CaptureFile(capture=capture, file=rows[sha256], role=role, url=url) for sha256, role, url in distinct
    )


def _local(file: HarvestedFile) -> LocalFile:
    return LocalFile(
        path=Path(file.path),
        sha256=file.sha256,
        size=file.size,
        media_type=file.media_type,
        splices=file.splices,
    )


def _ring(capture: Capture) -> None:
    jobs.ring(Capture, capture.pk, partial(ring_archiver, priority=capture.priority))

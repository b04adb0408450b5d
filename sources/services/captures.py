"""Asking for captures, and recording what came of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from osint.access import require_role
from osint.models import ENDED, JobState, Role, User
from osint.services import jobs
from osint.services.changes import insert, record_change
from osint.services.jobs import JOB_COLUMNS
from sources.archiving.errors import ArchivingError
from sources.archiving.harvest import Harvest, HarvestedFile
from sources.bells import ring_archiver
from sources.models import Capture, CaptureFile, Publication, StoredFile, Verdict
from sources.services.files import LocalFile, keep_files, mark_stored
from sources.services.publications import fill_publication

#: What counts as having preserved the publication; everything else is recorded, and is not a success.
PRESERVED = frozenset({Verdict.COMPLETE, Verdict.PARTIAL})

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
    )


@transaction.atomic
def request_capture(publication: Publication, *, actor: User, method: str = "http") -> Capture:
    """Ask for the publication to be preserved; work starts once this is committed.

    While an earlier request of the same method is still under way, that one is returned. Needs researcher.
    Raises ForbiddenError, NotFoundError, ValidationError.
    """
    require_role(actor, publication.investigation, Role.RESEARCHER)
    # The lock makes two people pressing the button at once agree on one capture.
    Publication.objects.select_for_update(of=("self",)).get(pk=publication.pk)
    under_way = publication.captures.filter(method=method).exclude(state__in=ENDED)
    if capture := under_way.first():
        return capture
    now = timezone.now()
    capture = Capture(
        investigation=publication.investigation,
        publication=publication,
        method=method,
        requested_by=actor,
        url=publication.url,
        not_before=now,
        rung_at=now,
    )
    insert(capture, actor=actor, action="capture.requested")
    transaction.on_commit(partial(_ring, capture.pk))
    return capture


@transaction.atomic
def retry_capture(capture: Capture, *, actor: User) -> Capture:
    """Ask again for a capture that failed or was quarantined: a new one, so that the failure stays on record.

    Needs researcher. Raises ForbiddenError, ValidationError (`capture_not_failed`).
    """
    require_role(actor, capture.investigation, Role.RESEARCHER)
    if capture.state not in {JobState.FAILED, JobState.QUARANTINED}:
        message = f"Only a failed capture can be tried again; this one is {capture.state}."
        raise ValidationError(message, code="capture_not_failed")
    return request_capture(capture.publication, actor=actor, method=capture.method)


def record_harvest(capture: Capture, harvest: Harvest, *, actor: User) -> Capture:
    """Keep a harvest's files and end its capture with them. Raises StaleLeaseError, OSError, WrongBytesError."""
    reserve_for = RESERVATION_LEASES * job_policy().lease
    rows = keep_files(map(_local, _with_thumbnails(harvest.files)), reserve_for=reserve_for)
    with transaction.atomic():
        row = jobs.lock_held(capture)
        _refer_to_files(row, harvest.files, rows)
        row.final_url = harvest.final_url
        row.verdict, row.verdict_reasons = harvest.verdict, list(harvest.reasons)
        row.facts = _facts(harvest)
        preserved = row.verdict in PRESERVED
        jobs.end(
            row,
            JobState.SUCCEEDED if preserved else JobState.FAILED,
            error_code="" if preserved else row.verdict.replace(" ", "_"),
            error_detail="" if preserved else "; ".join(harvest.reasons),
        )
        row.save(update_fields=[*JOB_COLUMNS, "final_url", "verdict", "verdict_reasons", "facts"])
        _record_end(row, actor=actor, files=rows.values())
        if preserved:
            fill_publication(row.publication, actor=actor, **_found(row.facts["page"]))
    return row


@transaction.atomic
def record_failure(capture: Capture, error: ArchivingError, *, actor: User) -> Capture:
    """End a capture for good, or put it back where trying again may help. Raises StaleLeaseError."""
    if not error.permanent:
        row = jobs.put_back(capture, error_code=error.code, error_detail=error.detail, policy=job_policy())
    else:
        row = jobs.lock_held(capture)
        jobs.end(row, JobState.FAILED, error_code=error.code, error_detail=error.detail)
        row.save(update_fields=JOB_COLUMNS)
    if row.has_ended:
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
    """What the fetching met, for the custody record: requests and answers, what failed, and with which tools."""
    page = {name: value for name, value in asdict(harvest.page).items() if name != "text"}  # kept as a file
    facts: dict[str, Any] = {
        "exchanges": list(harvest.exchanges),
        "failures": list(harvest.failures),
        "notes": {file.url: file.note for file in harvest.files if file.note},
        "page": page,
        "tools": harvest.tools,
    }
    return {name: _storable(value) for name, value in facts.items()}


def _storable(value: Any) -> Any:
    """The value without NUL, which a server may put into a header and PostgreSQL cannot hold; the archive keeps it."""
    match value:
        case str():
            return value.replace("\x00", "\ufffd")
        case dict():
            return {_storable(name): _storable(inner) for name, inner in value.items()}
        case list() | tuple():
            return [_storable(inner) for inner in value]
        case _:
            return value


def _found(page: Mapping[str, str | None]) -> dict[str, str]:
    """What the page says of itself, under the names and within the lengths of the publication's columns."""
    return {
        "title": (page["title"] or "")[:500],
        "author": (page["author"] or "")[:300],
        "published": page["published"] or "",
        "language": (page["language"] or "")[:35],
    }


def _refer_to_files(capture: Capture, files: Iterable[HarvestedFile], rows: Mapping[str, StoredFile]) -> None:
    mark_stored(rows.values())
    CaptureFile.objects.bulk_create(
        CaptureFile(
            capture=capture,
            file=rows[file.sha256],
            role=file.role,
            url=file.url,
            thumbnail=rows[file.thumbnail.sha256] if file.thumbnail else None,
        )
        for file in files
    )


def _with_thumbnails(files: Iterable[HarvestedFile]) -> Iterable[HarvestedFile]:
    for file in files:
        yield file
        if file.thumbnail:
            yield file.thumbnail


def _local(file: HarvestedFile) -> LocalFile:
    return LocalFile(
        path=Path(file.path),
        sha256=file.sha256,
        size=file.size,
        media_type=file.media_type,
        width=file.width,
        height=file.height,
        duration=file.duration_s,
    )


def _ring(capture_id: UUID) -> None:
    jobs.ring(Capture, capture_id, ring_archiver)

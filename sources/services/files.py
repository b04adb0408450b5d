"""Keeping bytes so that neither a crash nor a race leaves a file without a row, or a row without its file.

A row is reserved first, the bytes move in next, and the transaction that refers to the row marks it stored. A
collector removes reservations that nobody ever referred to, bytes before row, under the row's lock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from sources import storage
from sources.models import StoredFile


@dataclass(frozen=True)
class LocalFile:
    """Bytes in a work folder, ready to be kept. Dimensions in pixels, duration in seconds."""

    path: Path
    sha256: str
    size: int
    media_type: str
    width: int | None = None
    height: int | None = None
    duration: float | None = None


def keep_files(files: Iterable[LocalFile], *, reserve_for: timedelta) -> Mapping[str, StoredFile]:
    """Reserve a row for each distinct file and move the bytes in; returns the rows by SHA-256.

    Must run outside the transaction that will refer to the rows: a reservation has to survive a crash.
    Raises WrongBytesError, OSError.
    """
    distinct = {file.sha256: file for file in files}
    rows = _reserve(distinct, timezone.now() + reserve_for)
    for digest, file in distinct.items():
        storage.keep(file.path, digest)
    return rows


def mark_stored(rows: Iterable[StoredFile]) -> None:
    """Note that the rows' bytes are in place; belongs in the transaction that refers to them."""
    ids = [row.pk for row in rows]
    StoredFile.objects.filter(pk__in=ids, stored_at__isnull=True).update(stored_at=timezone.now())


def collect_unreferenced(*, limit: int = 500) -> int:
    """Remove reservations that ran out without anything referring to them; returns how many."""
    with transaction.atomic():
        unreferenced = StoredFile.objects.filter(
            Q(reserved_until__lt=timezone.now()), kept_by__isnull=True, thumbnail_of__isnull=True
        )
        expired = list(
            StoredFile.objects.filter(pk__in=unreferenced.values("pk")[:limit]).select_for_update(
                skip_locked=True
            )
        )
        # Looked at once more under the lock: a capture may have referred to one in between.
        doomed = unreferenced.filter(pk__in=[row.pk for row in expired])
        for row in doomed:
            storage.drop(row.sha256)
        return StoredFile.objects.filter(pk__in=[row.pk for row in doomed]).delete()[0]


def _reserve(files: Mapping[str, LocalFile], until: datetime) -> dict[str, StoredFile]:
    """Insert or extend the reservations, in one order everywhere so that two captures cannot deadlock."""
    rows = [
        StoredFile(
            sha256=digest,
            size=file.size,
            media_type=file.media_type,
            width=file.width,
            height=file.height,
            duration=file.duration,
            reserved_until=until,
        )
        for digest, file in sorted(files.items())
    ]
    StoredFile.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["sha256"], update_fields=["reserved_until"]
    )
    return {row.sha256: row for row in StoredFile.objects.filter(sha256__in=files)}

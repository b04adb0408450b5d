"""Keeping bytes so that neither a crash nor a race leaves a file without a row, or a row without its file.

A row is reserved first, the bytes move in next, and the transaction that refers to the row marks it stored. A
collector removes reservations that nobody ever referred to, bytes before row, under the row's lock.

A file that holds others whole is kept as its frame, and `FilePart` says where the others belong.
"""

from __future__ import annotations

import errno
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, cast

from django.db import transaction
from django.db.models import PROTECT, QuerySet
from django.utils import timezone

from sources import storage
from sources.archiving.harvest import Splice
from sources.archiving.splices import open_spliced
from sources.models import FilePart, StoredFile


@dataclass(frozen=True)
class LocalFile:
    """Bytes in a work folder, ready to be kept. Dimensions in pixels.

    With `splices` only the frame lies at `path`; `sha256` and `size` are those of the whole.
    """

    path: Path
    sha256: str
    size: int
    media_type: str
    width: int | None = None
    height: int | None = None
    splices: tuple[Splice, ...] = ()


def keep_files(files: Iterable[LocalFile], *, reserve_for: timedelta) -> Mapping[str, StoredFile]:
    """Reserve a row for each distinct file and move the bytes in; returns the rows by SHA-256.

    What is spliced into the files is kept too. When this returns, all bytes outlive a loss of power. The local
    files may become the archive's own, so nobody must write to them any more. The number of queries does not grow
    with that of the files.

    Must run outside the transaction that will refer to the rows: a reservation has to survive a crash. On a disk
    so slow that the reservations ran out meanwhile, they are made anew, and what was collected is kept again.
    Raises WrongBytesError, OSError.
    """
    distinct = _with_parts(files)
    while True:
        started = timezone.now()
        rows = _reserve(distinct, started + reserve_for)
        wanted = [file for digest, file in distinct.items() if _is_wanted(file, rows[digest])]
        storage.keep_all([_arriving(file) for file in wanted])
        if timezone.now() < started + reserve_for / 2:
            return rows
        renewed = _reserve(distinct, timezone.now() + reserve_for)
        if renewed == rows:
            return rows


def mark_stored(rows: Iterable[StoredFile]) -> None:
    """Note that the rows' bytes are in place; belongs in the transaction that refers to them."""
    ids = [row.pk for row in rows]
    StoredFile.objects.filter(pk__in=ids, stored_at__isnull=True).update(stored_at=timezone.now())


def open_stored(file: StoredFile) -> BinaryIO:
    """The file's bytes, whole and seekable, however they are kept.

    Raises FileNotFoundError, for a part that is missing only when it is read.
    """
    if not file.is_spliced:
        return cast(BinaryIO, storage.read(file.sha256))
    storage.read_frame(file.sha256).close()  # to know now rather than halfway through
    placed = file.parts.order_by("offset").values_list("offset", "part__size", "part__sha256")
    parts = [(offset, size, partial(_read, digest)) for offset, size, digest in placed]
    return open_spliced(file.size, partial(_read_frame, file.sha256), parts)


def collect_unreferenced(*, limit: int = 500) -> int:
    """Remove reservations that ran out without anything referring to them; returns how many."""
    with transaction.atomic():
        expired = list(
            StoredFile.objects.filter(pk__in=_unreferenced().values("pk")[:limit]).select_for_update(
                skip_locked=True
            )
        )
        # Looked at once more under the lock: a capture may have referred to one in between.
        doomed = list(_unreferenced().filter(pk__in=[row.pk for row in expired]))
        # The rows go first, as the database knows best what refers to them; they are gone only after the bytes.
        StoredFile.objects.filter(pk__in=[row.pk for row in doomed]).delete()
        for row in doomed:
            storage.drop(row.sha256)
        return len(doomed)


def _unreferenced() -> QuerySet[StoredFile]:
    """Rows whose reservation ran out, and that nothing which protects what it refers to refers to."""
    protecting = [
        relation.name for relation in StoredFile._meta.related_objects if relation.on_delete is PROTECT
    ]
    nowhere: dict[str, Any] = {f"{name}__isnull": True for name in protecting}
    return StoredFile.objects.filter(reserved_until__lt=timezone.now(), **nowhere)


def _with_parts(files: Iterable[LocalFile]) -> dict[str, LocalFile]:
    """The files and what is spliced into them, by SHA-256; what is known of a file itself goes first."""
    given = {file.sha256: file for file in files}
    parts = {
        splice.sha256: LocalFile(splice.path, splice.sha256, splice.size, splice.media_type)
        for file in given.values()
        for splice in file.splices
    }
    return parts | given


def _reserve(files: Mapping[str, LocalFile], until: datetime) -> dict[str, StoredFile]:
    """Insert or extend the reservations, in one order everywhere so that two captures cannot deadlock."""
    rows = [
        StoredFile(
            sha256=digest,
            size=file.size,
            media_type=file.media_type,
            width=file.width,
            height=file.height,
            is_spliced=bool(file.splices),
            reserved_until=until,
        )
        for digest, file in sorted(files.items())
    ]
    with transaction.atomic():
        StoredFile.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["sha256"], update_fields=["reserved_until"]
        )
        reserved = {row.sha256: row for row in StoredFile.objects.filter(sha256__in=files)}
        _place_parts(files.values(), reserved)
    return reserved


def _place_parts(files: Iterable[LocalFile], rows: Mapping[str, StoredFile]) -> None:
    placed = [
        FilePart(whole=rows[file.sha256], offset=splice.offset, part=rows[splice.sha256])
        for file in files
        if rows[file.sha256].is_spliced
        for splice in file.splices
    ]
    if placed:
        FilePart.objects.bulk_create(placed, ignore_conflicts=True)


def _is_wanted(file: LocalFile, row: StoredFile) -> bool:
    """Whether the bytes are to be moved in: not those of a whole that is stored in the other way already.

    Raises OSError where another worker is at this moment keeping them in the other way.
    """
    if bool(file.splices) == row.is_spliced:
        return True
    if row.stored_at is None:
        raise BlockingIOError(errno.EAGAIN, "Another worker is keeping the same file")
    return False


def _arriving(file: LocalFile) -> storage.Arriving:
    if not file.splices:
        return storage.Arriving(file.path, storage.name_of(file.sha256), file.sha256, file.size)
    own_hash, own_size = storage.hash_of(file.path), file.path.stat().st_size
    return storage.Arriving(file.path, storage.frame_name_of(file.sha256), own_hash, own_size)


def _read(digest: str) -> BinaryIO:
    return cast(BinaryIO, storage.read(digest))


def _read_frame(digest: str) -> BinaryIO:
    return cast(BinaryIO, storage.read_frame(digest))

"""Reading the archive again: is everything there, what it was, and nothing else?

A share is read on a schedule and goes on where the last one stopped, round and round in the order of the hashes: so
what was read longest ago comes first, and finding the place costs one look into an index however large the archive.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from django.db import transaction
from django.db.models import Count, QuerySet, Sum
from django.utils import timezone

from sources import storage
from sources.archiving.splices import sha256_of
from sources.models import FixityCheck, FixityOutcome, FixityRun, StoredFile
from sources.services.files import open_stored

#: Files asked for at once; names looked up at once.
BATCH = 500

#: What was found is written down after so many files or seconds, whichever comes first.
RECORD_FILES = 100
RECORD_SECONDS = 2.0


@dataclass(frozen=True)
class Reading:
    """How far a reading is: files and bytes read, and how many there are altogether."""

    files: int
    bytes: int
    files_total: int
    bytes_total: int


OnReading = Callable[[Reading], None]


def read_share(*, seconds: float, most_bytes: int) -> FixityRun:
    """Read the next files in turn until the time or the bytes are used up: one at least, each at most once.

    Raises OSError when the archive is away; what was read by then is recorded.
    """
    last = FixityRun.objects.filter(is_whole=False).order_by("-id").first()
    run = FixityRun.objects.create(is_whole=False, position=last.position if last else "")
    end = time.monotonic() + seconds

    def is_used_up() -> bool:
        return time.monotonic() >= end or run.bytes_read >= most_bytes

    if _read_files(run, stop=is_used_up):
        run.position = ""  # the next share begins a new round
    return _ended(run)


def read_whole(*, resume: bool = False, on_reading: OnReading | None = None) -> FixityRun:
    """Read everything, in both directions: what the database knows, and what lies in the archive.

    With `resume` the last reading that was broken off is gone on with, if there is one. Running it twice, even at
    the same time, does no harm. Raises OSError when the archive is away; then it can be resumed.
    """
    run = (_broken_off() if resume else None) or FixityRun.objects.create(is_whole=True)
    _look_for_untracked(run)
    left = _tracked().filter(sha256__gt=run.position).aggregate(files=Count("pk"), bytes=Sum("size"))
    files_total, bytes_total = run.checked + left["files"], run.bytes_read + (left["bytes"] or 0)

    def tell() -> None:
        if on_reading is not None:
            on_reading(Reading(run.checked, run.bytes_read, files_total, bytes_total))

    _read_files(run, after_each=tell)
    return _ended(run)


def _broken_off() -> FixityRun | None:
    return FixityRun.objects.filter(is_whole=True, ended_at__isnull=True).order_by("-id").first()


def _ended(run: FixityRun) -> FixityRun:
    run.ended_at = timezone.now()
    run.save(update_fields=["ended_at", "position", "updated_at"])
    return run


def _tracked() -> QuerySet[StoredFile]:
    """The files whose bytes have to be there, in turn. What is only reserved may be on its way."""
    return StoredFile.objects.filter(stored_at__isnull=False).order_by("sha256")


def _read_files(
    run: FixityRun, *, stop: Callable[[], bool] = lambda: False, after_each: Callable[[], None] = lambda: None
) -> bool:
    """Read on from the run's position; whether the end was reached. What was found is kept as it goes."""
    book = _Book(run)
    try:
        for file in _files_after(run.position):
            book.enter(file, *examine(file))
            after_each()
            if stop():
                return False
        return True
    finally:
        book.write()


def _files_after(position: str) -> Iterator[StoredFile]:
    while batch := list(_tracked().filter(sha256__gt=position)[:BATCH]):
        yield from batch
        position = batch[-1].sha256


def examine(file: StoredFile) -> tuple[FixityOutcome, str]:
    """Read the file once: what it is now, and in words what was expected and found where that differs.

    Raises OSError when not the file but the whole archive cannot be read.
    """
    try:
        with open_stored(file) as content:
            found = sha256_of(content)
    except FileNotFoundError as error:
        storage.archive().probe()
        return FixityOutcome.MISSING, f"Expected {file.size} bytes, found none: {error.strerror or error}."
    except OSError as error:
        storage.archive().probe()
        return (
            FixityOutcome.CHANGED,
            f"Expected {file.size} bytes, could not read them: {error.strerror or error}.",
        )
    if found != file.sha256:
        return FixityOutcome.CHANGED, f"Expected SHA-256 {file.sha256}, found {found}."
    return FixityOutcome.INTACT, ""


class _Book:
    """What a run found and has not written down yet."""

    def __init__(self, run: FixityRun) -> None:
        self._run = run
        self._checks: list[FixityCheck] = []
        self._written = time.monotonic()

    def enter(self, file: StoredFile, outcome: FixityOutcome, detail: str) -> None:
        self._checks.append(
            FixityCheck(run=self._run, file=file, sha256=file.sha256, outcome=outcome, detail=detail)
        )
        self._run.position = file.sha256
        self._run.checked += 1
        self._run.bytes_read += file.size
        if len(self._checks) >= RECORD_FILES or time.monotonic() - self._written >= RECORD_SECONDS:
            self.write()

    def write(self) -> None:
        with transaction.atomic():
            _keep_checks(self._checks)
            self._run.save(update_fields=["position", "checked", "bytes_read", "updated_at"])
        self._checks.clear()
        self._written = time.monotonic()


def _keep_checks(checks: list[FixityCheck]) -> None:
    """A reservation may have been collected since it was read; of what is gone there is nothing to say."""
    there = StoredFile.objects.select_for_update(no_key=True).filter(
        pk__in=[check.file_id for check in checks]
    )
    ids = set(there.values_list("pk", flat=True))
    FixityCheck.objects.bulk_create(check for check in checks if check.file_id in ids)


def _look_for_untracked(run: FixityRun) -> None:
    names = storage.kept_names()
    while batch := list(islice(names, BATCH)):
        strays = _untracked(batch)
        told = set(
            run.checks.filter(outcome=FixityOutcome.UNTRACKED, detail__in=strays).values_list("detail")
        )
        FixityCheck.objects.bulk_create(
            FixityCheck(
                run=run, sha256=storage.digest_in(name)[:64], outcome=FixityOutcome.UNTRACKED, detail=name
            )
            for name in strays
            if (name,) not in told
        )


def _untracked(names: Iterable[str]) -> list[str]:
    """Those of the names that no row accounts for. A row is there before its bytes, so it is looked for after."""
    by_digest = {storage.digest_in(name): name for name in names}
    rows = StoredFile.objects.filter(sha256__in=by_digest).values_list("sha256", "is_spliced")
    known = {
        storage.frame_name_of(digest) if is_spliced else storage.name_of(digest)
        for digest, is_spliced in rows
    }
    # What was collected meanwhile is gone from the archive too.
    return [name for name in names if name not in known and storage.archive().exists(name)]

"""What the first floor counts: queues, failures, the way out, fixity, originals, uploads, disks.

Ended captures are counted over a day, found by their keys, which are ordered by time; and rows that pile up only
as far as it tells anything. So the cost does not grow with the archive.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count, QuerySet, Sum
from django.utils import timezone

from osint import metrics
from osint.metrics import Sample
from osint.models import ENDED, JobState
from sources.fixity_alerts import ALARMING, fixity_totals
from sources.models import (
    Capture,
    Examination,
    FixityRun,
    HandOn,
    LinkCheck,
    LinkOutcome,
    LinkWatch,
    RefusedAddress,
    Upload,
)

DAY = timedelta(days=1)
#: Counted no further: by then an alarm has long rung.
CAP = 100_000
LATEST_CHECKS = 1000
OVERDUE = timedelta(hours=1)


def captures() -> Iterator[Sample]:
    """Captures that wait or run, and what became of those asked for within a day."""
    for state in (JobState.QUEUED, JobState.LEASED):
        waiting = _capped(Capture.objects.filter(state=state))
        yield Sample("captures", "Captures that have not ended.", waiting, {"state": state.value})
    lately = Capture.objects.filter(pk__gte=_key_of(DAY), state__in=ENDED).order_by()
    counts = dict(lately.values_list("state").annotate(Count("pk")))
    for state in sorted(ENDED):
        value = counts.get(state, 0)
        yield Sample("captures_ended_last_day", "Captures asked for within a day.", value, {"state": state})
    yield Sample("capture_queue_age_seconds", "Since the longest due capture could begin.", _queue_age())


def examinations() -> Iterator[Sample]:
    """Captures whose files nobody has read yet."""
    waiting = Examination.objects.filter(state__in=(JobState.QUEUED, JobState.LEASED))
    yield Sample("examinations_waiting", "Examinations that have not ended.", _capped(waiting))


def way_out() -> Iterator[Sample]:
    """Addresses that were refused."""
    newest = RefusedAddress.objects.order_by("-pk").values_list("pk", flat=True).first()
    # Counting them all would cost more with each; a number that was given and not used makes this a little too high.
    yield Sample("refused_addresses_total", "Addresses that the way out refused, at most.", newest or 0)


def fixity() -> Iterator[Sample]:
    """Whether the archive is still what it was."""
    totals = fixity_totals()
    for outcome in ALARMING:
        text = "Files found altered, missing or unknown, and not well since."
        yield Sample("fixity_findings", text, totals[outcome.value], {"outcome": outcome.value})
    yield Sample("fixity_files_read_total", "Files read again.", totals["files_read"])
    yield Sample("fixity_bytes_read_total", "Bytes read again.", totals["bytes_read"])
    whole = FixityRun.objects.filter(is_whole=True, ended_at__isnull=False).order_by("-pk").first()
    if whole is not None and whole.ended_at is not None:
        age = (timezone.now() - whole.ended_at).total_seconds()
        yield Sample("fixity_full_reading_age_seconds", "Since the last full reading ended.", age)


def originals() -> Iterator[Sample]:
    """What the link watch finds, and whether it keeps up."""
    latest = LinkCheck.objects.order_by("-pk").values_list("outcome", flat=True)[:LATEST_CHECKS]
    counts = Counter(latest)
    for outcome in LinkOutcome:
        text = f"Of the latest {LATEST_CHECKS} looks at originals."
        yield Sample("link_checks_latest", text, counts[outcome.value], {"outcome": outcome.value})
    gone = LinkWatch.objects.filter(outcome=LinkOutcome.GONE)
    yield Sample("originals_gone", "Preserved publications whose original is gone.", _capped(gone))
    late = LinkWatch.objects.filter(is_paused=False, next_at__lt=timezone.now() - OVERDUE)
    yield Sample("link_watches_overdue", "Originals to be looked at an hour ago or earlier.", _capped(late))
    handed = HandOn.objects.filter(pk__gte=_key_of(7 * DAY), answered_at__isnull=True)
    yield Sample("handed_on_waiting", "Publications still to be handed on.", _capped(handed))


def uploads() -> Iterator[Sample]:
    """Files on their way in."""
    unfinished = Upload.objects.filter(completed_at__isnull=True)
    yield Sample("uploads_unfinished", "Uploads under way or broken off.", _capped(unfinished))
    received = unfinished.aggregate(bytes=Sum("received"))["bytes"] or 0
    yield Sample("uploads_unfinished_bytes", "Of these, received so far.", float(received))


def disks() -> Iterator[Sample]:
    """Room on the disks that are written to."""
    places = {"work": settings.WORK_ROOT, "uploads": settings.UPLOAD_ROOT, "archive": settings.ARCHIVE_ROOT}
    for name, folder in places.items():
        usage = shutil.disk_usage(_existing(Path(folder)))
        yield Sample("disk_free_bytes", "Room on the disk.", usage.free, {"place": name})
        yield Sample("disk_size_bytes", "Size of the disk.", usage.total, {"place": name})


def register() -> None:
    """Called once, when Django starts."""
    for reader in (captures, examinations, way_out, fixity, originals, uploads, disks):
        metrics.register(reader.__name__, reader)


def _capped(rows: QuerySet[Any]) -> int:
    return rows.order_by()[:CAP].count()


def _queue_age() -> float:
    waiting = Capture.objects.filter(state=JobState.QUEUED).order_by("not_before")
    oldest = waiting.values_list("not_before", flat=True).first()
    return max((timezone.now() - oldest).total_seconds(), 0.0) if oldest else 0.0


def _key_of(age: timedelta) -> UUID:
    """The least UUIDv7 of that age: its first 48 bits are the milliseconds since 1970 (RFC 9562)."""
    milliseconds = int((timezone.now() - age).timestamp() * 1000)
    return UUID(int=milliseconds << 80)


def _existing(folder: Path) -> Path:
    return next(path for path in (folder, *folder.parents) if path.exists())

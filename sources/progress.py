"""How far a batch is: counts, rate and time left."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.utils import timezone

from osint.models import ENDED, JobState
from sources.models import Capture, CaptureBatch

#: The rate is that of the last minute: it follows what happens, and does not jump about.
WINDOW = timedelta(minutes=1)
CARRIED_OUT = frozenset({JobState.SUCCEEDED, JobState.FAILED, JobState.QUARANTINED})


@dataclass(frozen=True)
class Progress:
    """Captures of a batch by state; `per_second` and `seconds_left` are None while nothing moves."""

    total: int = 0
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(JobState.values, 0))
    per_second: float | None = None

    @property
    def done(self) -> int:
        """How many have ended, however."""
        return sum(self.counts[state] for state in ENDED)

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen by itself."""
        return self.done >= self.total

    @property
    def seconds_left(self) -> int | None:
        """By the present rate."""
        if self.is_over or not self.per_second:
            return None
        return round((self.total - self.done) / self.per_second)


def progress_of(batches: Iterable[CaptureBatch]) -> dict[UUID, Progress]:
    """The progress of each batch by its key, in one query."""
    now = timezone.now()
    held = {batch.pk: batch for batch in batches}
    recent = Q(state__in=CARRIED_OUT, ended_at__gte=now - WINDOW)
    by_state: dict[str, Any] = {state: Count("pk", filter=Q(state=state)) for state in JobState.values}
    rows = Capture.objects.filter(batch__in=held).order_by().values("batch")
    found = {row["batch"]: row for row in rows.annotate(recent=Count("pk", filter=recent), **by_state)}
    return {
        key: _progress(dict(found[key]), held[key].created_at, now) if key in found else Progress()
        for key in held
    }


def _progress(row: dict[str, Any], since: datetime, now: datetime) -> Progress:
    counts = {state: int(row[state]) for state in JobState.values}
    seconds = max(min(now - since, WINDOW).total_seconds(), 1.0)
    rate = row["recent"] / seconds
    return Progress(sum(counts.values()), counts, round(rate, 2) if rate else None)

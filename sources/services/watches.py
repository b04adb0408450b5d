"""The watch over originals: which are looked at again, and when somebody wants that otherwise."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from osint.access import require_role
from osint.models import JobState, Role, User
from osint.services.changes import record_change, update
from sources.models import Capture, CaptureMethod, LinkOutcome, LinkWatch, Publication
from sources.rhythm import SHORTEST, drifting


def watch_original(publication: UUID, case: UUID) -> None:
    """Look at the original of the publication of that id from now on, because something of it is preserved.

    The capture is on record, and every publication it preserved is watched: so this makes no entry of its own. A
    watch that is there goes on as it was, but where the original was gone, which the capture contradicts.
    """
    now = timezone.now()
    watch = LinkWatch(
        investigation_id=case,
        publication_id=publication,
        interval=SHORTEST,
        next_at=now + drifting(SHORTEST),
    )
    LinkWatch.objects.bulk_create([watch], ignore_conflicts=True)
    LinkWatch.objects.filter(publication=publication, outcome=LinkOutcome.GONE).update(next_at=now)


def adopt_preserved(*, most: int = 1000) -> int:
    """Watch publications that were preserved before originals were watched; returns how many, `most` at once."""
    preserved = Capture.objects.filter(publication=OuterRef("pk"), state=JobState.SUCCEEDED).exclude(
        method=CaptureMethod.UPLOAD
    )
    orphans = Publication.objects.filter(Exists(preserved), watch__isnull=True).order_by("pk")[:most]
    for publication in orphans:
        watch_original(publication.pk, publication.investigation_id)
    return len(orphans)


def pause_watch(watch: LinkWatch, *, actor: User) -> LinkWatch:
    """Leave the original alone until somebody resumes. Needs researcher. Raises ForbiddenError."""
    return _set(watch, actor, "linkwatch.paused", is_paused=True)


@transaction.atomic
def resume_watch(watch: LinkWatch, *, actor: User) -> LinkWatch:
    """Look at the original again, soon. Needs researcher. Raises ForbiddenError."""
    resumed = _set(watch, actor, "linkwatch.resumed", is_paused=False)
    _bring_forward(watch)
    return resumed


@transaction.atomic
def look_now(watch: LinkWatch, *, actor: User) -> None:
    """Have the original looked at with the next round; a paused watch is resumed. Needs researcher.

    Raises ForbiddenError.
    """
    _set(watch, actor, "linkwatch.resumed", is_paused=False)
    if _bring_forward(watch):
        record_change(watch, actor=actor, action="linkwatch.asked")


def _bring_forward(watch: LinkWatch) -> bool:
    """Make the watch due; returns whether it was not."""
    now = timezone.now()
    return LinkWatch.objects.filter(pk=watch.pk, next_at__gt=now).update(next_at=now) > 0


def _set(watch: LinkWatch, actor: User, action: str, **values: Any) -> LinkWatch:
    require_role(actor, watch.investigation, Role.RESEARCHER)
    return update(watch, values, actor=actor, action=action)

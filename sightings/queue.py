"""What waits for a reviewer, and what reviewers have decided."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from osint.access import get_one
from osint.models import Investigation, User
from sightings.models import Evidence, Invalidation, Review, ReviewTurn, Sighting, Stance, Status
from sightings.selectors import merges, sightings_in

Reader = User | AnonymousUser

#: The queue's order: what waits longest comes first. The key tells apart what was proposed at one moment.
ORDER = ("waiting_since", "pk")

#: What waits: nobody has decided, or contrary evidence came to what is verified. As the index says it.
WAITING = Q(status__in=[Status.PROPOSED, Status.IN_REVIEW]) | Q(flagged_at__isnull=False)

MINE, UNCLAIMED, TAKEN = "mine", "unclaimed", "taken"
CLAIMS = [(MINE, "Mine"), (UNCLAIMED, "Unclaimed"), (TAKEN, "Taken by somebody else")]


def reviewable(investigation: Investigation) -> QuerySet[Sighting]:
    """The case's sightings that are no drafts, each with its turn, in the order of the queue."""
    rows = sightings_in(investigation).exclude(status=Status.DRAFT)
    return rows.select_related("turn__reviewer").order_by(*ORDER)


def following(rows: QuerySet[Sighting], sighting: Sighting) -> QuerySet[Sighting]:
    """Those of `rows` that have waited for less long than the sighting, in the order of the queue."""
    since = sighting.waiting_since
    later = Q(waiting_since__gt=since) | Q(waiting_since=since, pk__gt=sighting.pk)
    return rows.filter(waiting_since__gte=since).filter(later).order_by(*ORDER)


def preceding(rows: QuerySet[Sighting], sighting: Sighting) -> QuerySet[Sighting]:
    """Those of `rows` that have waited for longer than the sighting, the nearest first."""
    since = sighting.waiting_since
    earlier = Q(waiting_since__lt=since) | Q(waiting_since=since, pk__lt=sighting.pk)
    return rows.filter(waiting_since__lte=since).filter(earlier).order_by("-waiting_since", "-pk")


def own_work(reader: Reader) -> Q:
    """The sightings that the reader may not verify: logged by them, or standing on evidence of theirs.

    What was merged into a sighting counts for it.
    """
    own = _own_evidence(reader)
    merged = merges().filter(other=OuterRef("pk"))
    theirs = Q(sighting__logged_by=reader.pk) | Q(Exists(own.filter(sighting=OuterRef("sighting"))))
    return (
        Q(logged_by=reader.pk)
        | Q(Exists(own.filter(sighting=OuterRef("pk"))))
        | Q(Exists(merged.filter(theirs)))
    )


def is_own_work(sighting: Sighting, reader: Reader) -> bool:
    """Whether the reader may not verify this sighting."""
    return Sighting.objects.filter(own_work(reader), pk=sighting.pk).exists()


def claimed_as(claim: str, reader: Reader) -> Q:
    """The sightings whose turn is the reader's, nobody's, or somebody else's."""
    running = Q(turn__until__gt=timezone.now())
    return {
        MINE: running & Q(turn__reviewer=reader.pk),
        UNCLAIMED: ~Q(Exists(ReviewTurn.objects.filter(sighting=OuterRef("pk"), until__gt=timezone.now()))),
        TAKEN: running & ~Q(turn__reviewer=reader.pk),
    }[claim]


def running_turn(sighting: Sighting) -> ReviewTurn | None:
    """Who has taken the sighting, unless that ran out."""
    turn: ReviewTurn | None = getattr(sighting, "turn", None)
    return turn if turn is not None and turn.until > timezone.now() else None


def reviews_in(investigation: Investigation) -> QuerySet[Review]:
    """The case's decisions with the answers of their checklists; the caller has passed the case's access function."""
    rows = Review.objects.filter(sighting__investigation=investigation)
    return rows.select_related("reviewer", "assessment").prefetch_related("checks__checked_by")


def get_review(investigation: Investigation, review_id: UUID) -> Review:
    """One decision of the case. Raises NotFoundError."""
    return get_one(reviews_in(investigation), pk=review_id)


def invalidations_in(investigation: Investigation) -> QuerySet[Invalidation]:
    """What reviewers of the case found to be worth nothing, withdrawn findings too."""
    rows = Invalidation.objects.filter(investigation=investigation)
    return rows.select_related("publication", "reviewer", "withdrawn_by")


def _own_evidence(reader: Reader) -> QuerySet[Evidence]:
    """Neutral evidence decides nothing, and withdrawn evidence no longer does."""
    rows = Evidence.objects.filter(attached_by=reader.pk, withdrawn_at=None)
    return rows.exclude(stance=Stance.NEUTRAL)

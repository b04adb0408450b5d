"""What reviewing adds to navigation, to pages, and to the story of changes."""

from __future__ import annotations

from uuid import UUID

from django.urls import reverse

from osint import navigation
from osint.models import Investigation, Record
from osint.pages import panels, story
from sightings.models import Decision, Invalidation, Review, ReviewCheck, ReviewTurn, Sighting
from sightings.queue import invalidations_in, reviews_in, running_turn
from sightings.services.reviews import DECIDED

SIGHTING_PHRASES = {
    "sighting.proposed": "proposed the sighting",
    "sighting.in_review": "took into review",
    "sighting.given_back": "gave back to the queue",
    "sighting.decided": "decided on the sighting",
    "sighting.reopened": "sent back to the queue",
    "sighting.flagged": "brought contrary evidence to the verified sighting",
}
REVIEW_PHRASES = {
    "review.verified": "verified",
    "review.disputed": "disputed",
    "review.rejected": "rejected",
    "review.reopened": "reopened",
    "review.superseded": "replaced a decision on",
}
CHECK_PHRASES = {"review.checked": "answered"}
TURN_PHRASES = {"turn.taken": "took a turn at", "turn.ended": "ended a turn at"}
INVALIDATION_PHRASES = {
    "publication.invalidated": "found to be worth nothing:",
    "invalidation.withdrawn": "let count again:",
}
BELOW = frozenset({"review", "review-reopen"})


def register() -> None:
    """Called once, when Django starts."""
    navigation.register(navigation.Entry(15, "Review", "review-queue", BELOW))
    panels.register("sighting", 5, reviews_panel)
    panels.register("publication", 5, invalidations_panel)
    story.register("review", story.Subject(REVIEW_PHRASES, review_names))
    story.register("reviewcheck", story.Subject(CHECK_PHRASES, check_names))
    story.register("reviewturn", story.Subject(TURN_PHRASES, turn_names))
    story.register("invalidation", story.Subject(INVALIDATION_PHRASES, invalidation_names))


def reviews_panel(case: Investigation, subject: Record) -> panels.Panel:
    """What reviewers decided on a sighting, both sides where they disagree, and what is to be done next."""
    sighting = Sighting.objects.select_related("turn__reviewer").get(pk=subject.pk)
    reviews = list(reviews_in(case).filter(sighting=sighting))
    standing = [review for review in reviews if review.superseded_at is None]
    verdicts = {review.decision for review in standing} - {Decision.REOPENED}
    content = {
        "sighting": sighting,
        "turn": running_turn(sighting),
        "standing": standing,
        "earlier": [review for review in reviews if review.superseded_at is not None],
        "disagree": len(verdicts) > 1,
        "is_decided": sighting.status in DECIDED,
    }
    return panels.Panel("sightings/panels/reviews.html", content)


def invalidations_panel(case: Investigation, subject: Record) -> panels.Panel:
    """Whether a publication was found to be worth nothing, and by whom."""
    found = list(invalidations_in(case).filter(publication=subject.pk))
    standing = next((row for row in found if row.withdrawn_at is None), None)
    content = {
        "publication": subject,
        "standing": standing,
        "withdrawn": [row for row in found if row != standing],
    }
    return panels.Panel("sightings/panels/invalidations.html", content)


def review_names(case: Investigation, ids: set[UUID]) -> dict[UUID, story.Named]:
    """Decisions by the sighting they are about."""
    rows = Review.objects.filter(sighting__investigation=case, pk__in=ids).select_related("sighting")
    return {row.pk: _about(case, row.sighting) for row in rows}


def check_names(case: Investigation, ids: set[UUID]) -> dict[UUID, story.Named]:
    """Answers by question and sighting."""
    rows = ReviewCheck.objects.filter(review__sighting__investigation=case, pk__in=ids)
    return {
        row.pk: _about(case, row.review.sighting, f"“{row.get_question_display()}” of ")
        for row in rows.select_related("review__sighting")
    }


def turn_names(case: Investigation, ids: set[UUID]) -> dict[UUID, story.Named]:
    """Turns by sighting; one that has ended has no name any more but in its own entry."""
    rows = ReviewTurn.objects.filter(sighting__investigation=case, pk__in=ids).select_related("sighting")
    return {row.pk: _about(case, row.sighting) for row in rows}


def invalidation_names(case: Investigation, ids: set[UUID]) -> dict[UUID, story.Named]:
    """Findings by the publication they are about."""
    rows = Invalidation.objects.filter(investigation=case, pk__in=ids).select_related("publication")
    return {
        row.pk: story.Named(
            str(row.publication), reverse("publication", kwargs={"slug": case.slug, "pk": row.publication_id})
        )
        for row in rows
    }


def _about(case: Investigation, sighting: Sighting, before: str = "") -> story.Named:
    address = reverse("sighting", kwargs={"slug": case.slug, "pk": sighting.pk})
    return story.Named(f"{before}{sighting.title}", f"{address}#review")

"""Reading the catalogue, sightings and evidence."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery

from osint.access import get_one
from osint.models import Investigation, User
from osint.naming import fold
from sightings.models import (
    Assessment,
    Equipment,
    EquipmentAlias,
    Evidence,
    Hypothesis,
    Place,
    PlaceAlias,
    Recomputation,
    RelationKind,
    Sighting,
    SightingRelation,
)
from sources.selectors import publications_in

Reader = User | AnonymousUser


def equipment() -> QuerySet[Equipment]:
    """The whole catalogue of equipment with its names."""
    return Equipment.objects.select_related("parent").prefetch_related("aliases")


def find_equipment(text: str) -> QuerySet[Equipment]:
    """Equipment of which some name, in any script or spelling, contains `text`."""
    named = EquipmentAlias.objects.filter(equipment=OuterRef("pk"), key__contains=fold(text))
    return equipment().filter(Exists(named))


def branch_ids(root: Equipment) -> list[UUID]:
    """The keys of `root` and of everything below it in the tree."""
    found, level = [root.pk], [root.pk]
    while level:
        # Two changes at once can close a ring, which no constraint sees: nothing is gone through twice.
        below = Equipment.objects.filter(parent__in=level).exclude(pk__in=found)
        level = list(below.values_list("pk", flat=True))
        found += level
    return found


def places() -> QuerySet[Place]:
    """All places with their names."""
    return Place.objects.prefetch_related("aliases")


def find_places(text: str) -> QuerySet[Place]:
    """Places of which some name, in any script or spelling, contains `text`."""
    named = PlaceAlias.objects.filter(place=OuterRef("pk"), key__contains=fold(text))
    return places().filter(Exists(named))


def sightings_in(investigation: Investigation) -> QuerySet[Sighting]:
    """The case's sightings; the caller has passed the access function of the case."""
    rows = Sighting.objects.filter(investigation=investigation)
    # With the mark first and the copied numbers in the same query, no number without a mark is out of date.
    return rows.select_related("equipment", "place", "logged_by").annotate(
        is_recomputing=Exists(Recomputation.objects.filter(sighting=OuterRef("pk"))),
        merged_into=Subquery(merges().filter(sighting=OuterRef("pk")).values("other_id")[:1]),
    )


def merges() -> QuerySet[SightingRelation]:
    """Which sightings count for which others, in all cases."""
    return SightingRelation.objects.filter(kind=RelationKind.SAME_AS, undone_at__isnull=True)


def with_counts(sightings: QuerySet[Sighting]) -> QuerySet[Sighting]:
    """The sightings with how many items of evidence support and refute each: for pages, not for filters."""
    standing = Q(evidence__withdrawn_at__isnull=True)
    return sightings.annotate(
        supporting=Count("evidence", filter=standing & Q(evidence__stance="supports")),
        refuting=Count("evidence", filter=standing & Q(evidence__stance="refutes")),
        other=Count("evidence", filter=standing & Q(evidence__stance__in=["neutral", "undercuts"])),
    )


def assessments_of(sighting: Sighting) -> QuerySet[Assessment]:
    """The sighting's assessments, newest first; the caller has passed the access function of the case."""
    return Assessment.objects.filter(sighting=sighting).order_by("-pk")


def current_assessment(sighting: Sighting) -> tuple[Assessment | None, bool]:
    """The latest assessment, and whether it is due to be recomputed.

    The mark is read first: an assessment that is read afterwards is at least as new as what the mark says.
    """
    is_due = Recomputation.objects.filter(sighting=sighting).exists()
    return assessments_of(sighting).first(), is_due


def relations_in(investigation: Investigation) -> QuerySet[SightingRelation]:
    """How the case's sightings relate, undone relations among them."""
    return SightingRelation.objects.filter(investigation=investigation).select_related(
        "sighting", "other", "stated_by", "undone_by"
    )


def relations_of(sighting: Sighting) -> QuerySet[SightingRelation]:
    """The relations from and to one sighting, undone ones among them."""
    return relations_in(sighting.investigation).filter(Q(sighting=sighting) | Q(other=sighting))


def hypotheses_in(investigation: Investigation) -> QuerySet[Hypothesis]:
    """What the case's sightings could be besides what they claim, dropped hypotheses among them."""
    rows = Hypothesis.objects.filter(sighting__investigation=investigation)
    return rows.select_related("sighting__investigation", "proposed_by")


def get_sighting(investigation: Investigation, sighting_id: UUID) -> Sighting:
    """One sighting of the case. Raises NotFoundError."""
    return get_one(sightings_in(investigation), pk=sighting_id)


def evidence_in(investigation: Investigation) -> QuerySet[Evidence]:
    """The case's evidence with its publications and their sources."""
    return (
        Evidence.objects.filter(investigation=investigation)
        .select_related("attached_by")
        .prefetch_related(Prefetch("publication", publications_in(investigation)))
    )

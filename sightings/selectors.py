"""Reading the catalogue, sightings and evidence."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from osint.access import get_one
from osint.models import Investigation, User
from osint.naming import fold
from sightings.models import Equipment, EquipmentAlias, Evidence, Place, PlaceAlias, Sighting
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
    return Sighting.objects.filter(investigation=investigation).select_related(
        "equipment", "place", "logged_by"
    )


def with_counts(sightings: QuerySet[Sighting]) -> QuerySet[Sighting]:
    """The sightings with how many items of evidence support and refute each: for pages, not for filters."""
    standing = Q(evidence__withdrawn_at__isnull=True)
    return sightings.annotate(
        supporting=Count("evidence", filter=standing & Q(evidence__stance="supports")),
        refuting=Count("evidence", filter=standing & Q(evidence__stance="refutes")),
        other=Count("evidence", filter=standing & Q(evidence__stance__in=["neutral", "undercuts"])),
    )


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

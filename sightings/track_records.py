"""How often what a source said was borne out by later decisions."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.aggregates import BoolAnd, BoolOr
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, UUIDField
from django.db.models.functions import Coalesce

from osint.models import Investigation
from sightings.calibration import Record
from sightings.models import Evidence, Review, Sighting, Stance, Status
from sightings.selectors import merges
from sources.models import INDEPENDENT, Derivation, Source

DECIDED = [Status.VERIFIED, Status.REJECTED]


@dataclass(frozen=True)
class TrackRecord:
    """A source's record, apart for what it published by its own observation and for what it passed on."""

    own: Record
    relayed: Record


def track_record_of(source: Source, cases: QuerySet[Investigation]) -> TrackRecord:
    """The source's record in these cases, which are those that the reader may see.

    Each claim on which a review stands counts once, with what was merged into it; where the source has both observed
    and passed on, as its own observation.
    """
    claims = Counter(_claims(source, cases))
    return TrackRecord(own=_record(claims, relayed=False), relayed=_record(claims, relayed=True))


def _claims(source: Source, cases: QuerySet[Investigation]) -> QuerySet[Evidence, tuple[Any, ...]]:
    """Of each decided claim: whether the source only passed on, supported, refuted; and what was decided."""
    stances = [Stance.SUPPORTS, Stance.REFUTES]
    cited = Evidence.objects.filter(
        publication__source=source, investigation__in=cases, withdrawn_at__isnull=True, stance__in=stances
    )
    into = merges().filter(sighting=OuterRef("sighting")).values("other_id")[:1]
    decided = Sighting.objects.filter(pk=OuterRef("claim"), status__in=DECIDED).values("status")[:1]
    review = Review.objects.filter(
        sighting=OuterRef("claim"), decision=OuterRef("decided"), superseded_at__isnull=True
    )
    origins = Derivation.objects.filter(publication=OuterRef("publication")).exclude(kind=INDEPENDENT)
    rows = cited.order_by().annotate(
        claim=Coalesce(Subquery(into), F("sighting_id"), output_field=UUIDField()),
        decided=Subquery(decided),
        relays=Exists(origins),
    )
    claims = rows.filter(Exists(review)).values("claim", "decided")
    return claims.annotate(
        only_relays=BoolAnd("relays"),
        supports=BoolOr(Q(stance=Stance.SUPPORTS)),
        refutes=BoolOr(Q(stance=Stance.REFUTES)),
    ).values_list("only_relays", "supports", "refutes", "decided")


def _record(claims: Counter[tuple[Any, ...]], *, relayed: bool) -> Record:
    return Record(
        supported_verified=claims[relayed, True, False, Status.VERIFIED.value],
        supported_rejected=claims[relayed, True, False, Status.REJECTED.value],
        refuted_verified=claims[relayed, False, True, Status.VERIFIED.value],
        refuted_rejected=claims[relayed, False, True, Status.REJECTED.value],
        divided=sum(claims[relayed, True, True, status.value] for status in DECIDED),
    )

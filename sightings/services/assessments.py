"""Working out how sure the evidence makes us, for sightings that triggers have marked as due.

A batch is one transaction: the marks are locked, what the sightings rest on is read, the assessments are written, and
the marks are taken away. A change that comes meanwhile waits for its mark and then makes a new one; a change that was
committed before is seen. So each set of changes leads to one assessment, and no assessment without a mark is stale.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from osint.services.changes import BATCH_ROWS, record_changes
from osint.services.people import system_user
from sightings.confidence import Inputs, as_data, assess, digest
from sightings.models import (
    Assessment,
    Evidence,
    Invalidation,
    Recomputation,
    RelationKind,
    Sighting,
    SightingRelation,
)
from sightings.weighing import Background, Link, Published, inputs_of
from sources.models import INDEPENDENT, Ownership, Publication, SourceRating

#: Sightings recomputed in one transaction: their evidence cannot be changed meanwhile, so it is to be short.
AT_ONCE = 100

COPIED = ("probability", "uncertainty", "word", "analytic_confidence")


def recompute_due(*, seconds: float = 5.0, at_once: int = AT_ONCE) -> int:
    """Recompute what is due, for about so many seconds; returns how many sightings were looked at."""
    deadline, done = time.monotonic() + seconds, 0
    while count := recompute_batch(at_once):
        done += count
        if time.monotonic() > deadline:
            break
    return done


@transaction.atomic
def recompute_batch(at_once: int = AT_ONCE) -> int:
    """Recompute the sightings that have been due for longest; returns how many were found.

    A sighting that somebody holds is left for the next time. Whoever changes one holds it first and its mark
    afterwards; to hold its mark and then wait for it would be to wait for one another.
    """
    oldest = Recomputation.objects.order_by("since").select_related("sighting").only("pk", "sighting__id")
    held = oldest.select_for_update(skip_locked=True, no_key=True, of=("self", "sighting"))
    due = [mark.pk for mark in held[:at_once]]
    if due:
        assess_sightings(due)
        Recomputation.objects.filter(pk__in=due).delete()
    return len(due)


@transaction.atomic
def mark_all_due() -> int:
    """Mark every sighting, as after a change of the model's constants; returns how many there are."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO sightings_recomputation (sighting_id, since, changes)"
            " SELECT id, clock_timestamp(), 1 FROM sightings_sighting"
            " ON CONFLICT (sighting_id) DO UPDATE SET changes = sightings_recomputation.changes + 1"
        )
        return int(cursor.rowcount)


@transaction.atomic
def mark_aged() -> int:
    """Mark what became due by the passing of a day: claims that fade, and judgements that begin to hold today.

    Safe to call as often as one likes: a sighting without news gets no new assessment.
    """
    today = timezone.localdate()
    beginning = [
        *SourceRating.objects.filter(rated_on=today).values_list("source_id", flat=True),
        *Ownership.objects.filter(since=today).values_list("source_id", flat=True),
    ]
    fading = list(Sighting.objects.filter(half_life_days__isnull=False).values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute("SELECT sightings_due_by_sources(%s)", [beginning])
        cursor.execute("SELECT sightings_due(%s)", [fading])
    return len(fading)


def assess_sightings(ids: Sequence[UUID]) -> None:
    """Write a new assessment of each sighting whose inputs are not those of its latest."""
    known = dict(
        Assessment.objects.filter(sighting__in=ids)
        .order_by("sighting_id", "-pk")
        .distinct("sighting_id")
        .values_list("sighting_id", "digest")
    )
    new = []
    for sighting_id, inputs in inputs_for(ids):
        found = digest(inputs)
        if known.get(sighting_id) != found:
            new.append(_assessment(sighting_id, inputs, found))
    Assessment.objects.bulk_create(new, batch_size=BATCH_ROWS)
    record_changes(_with_cases(new), actor=system_user(), action="assessment.made")
    _copy_to_sightings(new)


@dataclass(frozen=True)
class Grounds:
    """All that some sightings rest on at one moment, and the half-life of each in days."""

    links: Mapping[UUID, list[Link]]
    background: Background
    half_lives: Mapping[UUID, int | None]

    def inputs(self, background: Background | None = None) -> Iterator[tuple[UUID, Inputs]]:
        """The inputs of each sighting; with another background, what they would be."""
        today, background = timezone.localdate(), background or self.background
        for sighting_id, days in self.half_lives.items():
            yield (
                sighting_id,
                inputs_of(self.links[sighting_id], background, half_life_days=days, today=today),
            )


def grounds_of(ids: Sequence[UUID]) -> Grounds:
    """What the sightings rest on now. The number of queries does not grow with that of the sightings."""
    links = _links(ids)
    background = _background({link.publication for found in links.values() for link in found})
    half_lives = Sighting.objects.filter(pk__in=ids).values_list("pk", "half_life_days")
    return Grounds(links, background, dict(half_lives))


def inputs_for(ids: Sequence[UUID]) -> Iterator[tuple[UUID, Inputs]]:
    """The inputs of each of the sightings as they are now."""
    return grounds_of(ids).inputs()


def _assessment(sighting_id: UUID, inputs: Inputs, found: str) -> Assessment:
    result = assess(inputs)
    return Assessment(
        sighting_id=sighting_id,
        model=result["model"],
        digest=found,
        inputs=as_data(inputs),
        support=result["support"],
        refutation=result["refutation"],
        probability=result["probability"],
        uncertainty=result["uncertainty"],
        conflict=result["conflict"],
        word=result["word"],
        is_capped=result["capped"],
        analytic_confidence=result["analytic_confidence"],
        clusters=result["clusters"],
        explanation=result["explanation"],
    )


def _with_cases(assessments: Sequence[Assessment]) -> Sequence[Assessment]:
    """The assessments with their sightings, whose cases the record of changes names, by one query."""
    sightings = Sighting.objects.only("investigation_id").in_bulk([row.sighting_id for row in assessments])
    for row in assessments:
        row.sighting = sightings[row.sighting_id]
    return assessments


def _copy_to_sightings(assessments: Sequence[Assessment]) -> None:
    # By one statement: a row at a time would be most of the work. Triggers look at other columns.
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE sightings_sighting AS sighting SET probability = found.probability,"
            " uncertainty = found.uncertainty, word = found.word, analytic_confidence = found.confidence"
            " FROM unnest(%s::uuid[], %s::float8[], %s::float8[], %s::text[], %s::text[])"
            " AS found (id, probability, uncertainty, word, confidence) WHERE sighting.id = found.id",
            [
                [row.sighting_id for row in assessments],
                *([getattr(row, name) for row in assessments] for name in COPIED),
            ],
        )


def _links(ids: Sequence[UUID]) -> Mapping[UUID, list[Link]]:
    """The standing evidence of each sighting, and of those that are the same as it."""
    counts_for = {sighting_id: [sighting_id] for sighting_id in ids}
    same = SightingRelation.objects.filter(other__in=ids, kind=RelationKind.SAME_AS, undone_at__isnull=True)
    for merged, into in same.values_list("sighting_id", "other_id"):
        counts_for.setdefault(merged, []).append(into)
    links: dict[UUID, list[Link]] = defaultdict(list)
    rows = Evidence.objects.filter(sighting__in=list(counts_for), withdrawn_at__isnull=True)
    columns = ("pk", "publication_id", "stance", "credibility", "undercuts_id", "created_at__date")
    for sighting_id, *values in rows.values_list("sighting_id", *columns):
        link = Link._make(values)
        for into in counts_for[sighting_id]:
            links[into].append(link)
    return links


def _background(cited: set[UUID]) -> Background:
    derives = _origins(cited)
    everything = cited | {origin for origins in derives.values() for origin in origins}
    invalidated = Invalidation.objects.filter(publication__in=everything, withdrawn_at__isnull=True)
    return Background(
        derives, _published(everything), frozenset(invalidated.values_list("publication_id", flat=True))
    )


def _origins(cited: set[UUID]) -> dict[UUID, list[UUID]]:
    """What the publications derive from, and that in turn, to the end."""
    derives: dict[UUID, list[UUID]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE origin (publication_id, derives_from_id) AS ("
            " SELECT publication_id, derives_from_id FROM sources_derivation"
            "  WHERE publication_id = ANY (%(cited)s) AND kind <> %(independent)s"
            " UNION SELECT further.publication_id, further.derives_from_id FROM sources_derivation AS further"
            "  JOIN origin ON further.publication_id = origin.derives_from_id WHERE further.kind <> %(independent)s)"
            " SELECT publication_id, derives_from_id FROM origin ORDER BY 1, 2",
            {"cited": list(cited), "independent": INDEPENDENT.value},
        )
        for publication, origin in cursor.fetchall():
            derives[publication].append(origin)
    return derives


def _published(ids: set[UUID]) -> dict[UUID, Published]:
    rows = list(Publication.objects.filter(pk__in=ids).values_list("pk", "source_id", "published_latest"))
    sources = {source for _, source, _ in rows}
    grades = _latest(SourceRating.in_force().filter(source__in=sources), "reliability", "-rated_on")
    owners = _latest(Ownership.in_force().filter(source__in=sources), "owner_id", "-since")
    return {pk: Published(grades.get(source), owners.get(source), day) for pk, source, day in rows}


def _latest(judgements: Any, column: str, day: str) -> dict[UUID, Any]:
    """Of each source the judgement that counts."""
    ordered = judgements.order_by("source_id", day, "-id").distinct("source_id")
    return dict(ordered.values_list("source_id", column))

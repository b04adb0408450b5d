"""What a judgement of a source would change, computed without writing anything."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from osint.access import investigations_for
from osint.models import User
from sightings.confidence import Opinion, fuse, opinion_of
from sightings.models import RelationKind, Sighting
from sightings.services.assessments import AT_ONCE, grounds_of
from sightings.weighing import Background
from sources.models import INDEPENDENT, Owner, Publication, Source

#: Sightings looked at, those shown, and for how many seconds it goes on. What is left out is said.
MOST_LOOKED_AT = 20_000
MOST_SHOWN = 500
PATIENCE_S = 5.0


@dataclass(frozen=True)
class Supposition:
    """What a source is supposed to be judged; None leaves it as it is."""

    source: Source
    reliability: str | None = None
    owner: Owner | None = None


@dataclass(frozen=True)
class Shift:
    """A sighting whose assessment would be another one."""

    sighting: Sighting
    before: Opinion
    after: Opinion

    @property
    def changes_word(self) -> bool:
        """Whether it would be called something else."""
        return self.before.word != self.after.word


@dataclass(frozen=True)
class Preview:
    """Those that would change, changes of word first and then the largest, at most five hundred.

    `changed`, `words_changed` count them all, among the `looked_at` sightings that rest on the source. Unless
    `is_complete` there are more, for which the time did not suffice.
    """

    shifts: Sequence[Shift]
    changed: int
    words_changed: int
    looked_at: int
    is_complete: bool


_Found = tuple[UUID, Opinion, Opinion]


def preview_judgement(user: User, supposition: Supposition, *, seconds: float = PATIENCE_S) -> Preview:
    """How the assessments of the user's cases would change, were the source judged so from today on.

    Takes about so many seconds at most. The caller has fetched the source for the user.
    """
    ids = _resting_on(user, supposition.source)
    deadline, looked_at, found = time.monotonic() + seconds, 0, list[_Found]()
    for start in range(0, min(len(ids), MOST_LOOKED_AT), AT_ONCE):
        batch = ids[start : min(start + AT_ONCE, MOST_LOOKED_AT)]
        found += _differing(batch, supposition)
        looked_at += len(batch)
        if time.monotonic() > deadline:
            break
    found.sort(key=_weight)
    return Preview(
        shifts=_shifts(found[:MOST_SHOWN]),
        changed=len(found),
        words_changed=sum(before.word != after.word for _, before, after in found),
        looked_at=looked_at,
        is_complete=looked_at == len(ids),
    )


def _differing(ids: Sequence[UUID], supposition: Supposition) -> Iterator[_Found]:
    grounds = grounds_of(ids)
    supposed = _supposed(grounds.background, supposition)
    pairs = zip(grounds.inputs(), grounds.inputs(supposed), strict=True)
    for (sighting_id, now), (_, then) in pairs:
        before, after = opinion_of(fuse(now)), opinion_of(fuse(then))
        if (before.support, before.refutation, before.word) != (after.support, after.refutation, after.word):
            yield sighting_id, before, after


def _supposed(background: Background, supposition: Supposition) -> Background:
    """The same background, with the source's publications as if it were judged so."""
    own = Publication.objects.filter(pk__in=list(background.published), source=supposition.source)
    judged: dict[str, Any] = {}
    if supposition.reliability is not None:
        judged["grade"] = supposition.reliability
    if supposition.owner is not None:
        judged["owner"] = supposition.owner.pk
    published = {pk: background.published[pk]._replace(**judged) for pk in own.values_list("pk", flat=True)}
    return replace(background, published={**background.published, **published})


def _weight(found: _Found) -> tuple[bool, float, int]:
    sighting_id, before, after = found
    return (before.word == after.word, -abs(after.probability - before.probability), -sighting_id.int)


def _shifts(found: Sequence[_Found]) -> list[Shift]:
    rows = _with_cases(Sighting.objects.all()).in_bulk([sighting_id for sighting_id, *_ in found])
    return [Shift(rows[sighting_id], before, after) for sighting_id, before, after in found]


def _with_cases(rows: QuerySet[Sighting]) -> QuerySet[Sighting]:
    return rows.select_related("investigation")


def _resting_on(user: User, source: Source) -> list[UUID]:
    """The sightings of the user's cases that rest on the source, or on what relays it; the newest first.

    One more than are looked at shows that there are more.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE relays (id) AS ("
            " SELECT id FROM sources_publication WHERE source_id = %(source)s AND investigation_id = ANY (%(cases)s)"
            " UNION SELECT derivation.publication_id FROM sources_derivation AS derivation"
            "  JOIN relays ON derivation.derives_from_id = relays.id WHERE derivation.kind <> %(independent)s"
            "), resting (id) AS ("
            " SELECT DISTINCT sighting_id FROM sightings_evidence"
            "  WHERE withdrawn_at IS NULL AND publication_id IN (SELECT id FROM relays))"
            " SELECT id FROM resting UNION"
            " SELECT other_id FROM sightings_sightingrelation"
            "  WHERE sighting_id IN (SELECT id FROM resting) AND kind = %(same)s AND undone_at IS NULL"
            " ORDER BY 1 DESC LIMIT %(limit)s",
            {
                "source": source.pk,
                "cases": list(investigations_for(user).values_list("pk", flat=True)),
                "independent": INDEPENDENT.value,
                "same": RelationKind.SAME_AS.value,
                "limit": MOST_LOOKED_AT + 1,
            },
        )
        return [row[0] for row in cursor.fetchall()]

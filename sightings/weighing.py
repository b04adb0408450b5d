"""From the rows of a case to the inputs of an assessment. Pure: values in, values out.

Which publication an item cites, what that derives from, who published and who owns: all that makes a root, a path of
grades, and a cluster.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import NamedTuple
from uuid import UUID

from sightings.confidence import Inputs, Item
from sightings.confidence.fusing import weight_of
from sightings.confidence.policy import RELIABILITY
from sources.lineage import Strand, strands

#: A source that nobody has rated, and a publication without a source.
UNRATED = "F"

#: The cluster of all whose independence nobody has established.
UNESTABLISHED = "unestablished"

#: Digits of λ: a claim that ages does not get another assessment for a difference that nobody sees.
DECAY_DIGITS = 4


class Link(NamedTuple):
    """One standing item of evidence."""

    id: UUID
    publication: UUID
    stance: str
    credibility: int
    undercuts: UUID | None
    attached: date


class Published(NamedTuple):
    """What is known of a publication: its source's grade and owner, and the last day it can be of."""

    grade: str | None
    owner: UUID | None
    day: date | None


@dataclass(frozen=True)
class Background:
    """What the publications of some claims come from, and what is known about each."""

    derives: Mapping[UUID, Collection[UUID]] = field(default_factory=dict)
    published: Mapping[UUID, Published] = field(default_factory=dict)
    invalidated: Collection[UUID] = ()

    def grade(self, publication: UUID) -> str:
        """The reliability of whoever published it."""
        return self.published[publication].grade or UNRATED

    def cluster(self, publication: UUID) -> str:
        """Who controls what it says."""
        owner = self.published[publication].owner
        return f"owner:{owner}" if owner else UNESTABLISHED

    def strands(self, publication: UUID) -> list[Strand[UUID]]:
        """The ways to its roots."""
        return strands(publication, self.derives, lambda each: RELIABILITY[self.grade(each)])


def inputs_of(
    links: Iterable[Link], background: Background, *, half_life_days: int | None, today: date
) -> Inputs:
    """The inputs for one claim. With a half-life evidence fades with the age of its publication, else it does not."""
    rows = sorted(links)
    traced = {link.id: background.strands(link.publication) for link in rows}
    roots = {link: [strand.root for strand in found] for link, found in traced.items()}
    items = [
        Item(
            id=str(link.id),
            stance=link.stance,
            reliability_path=_grades(traced[link.id], background),
            credibility=link.credibility,
            roots=tuple(map(str, roots[link.id])),
            decay=_decay(link, background, half_life_days, today),
            undercuts=tuple(map(str, roots[link.undercuts])) if link.undercuts in roots else (),
        )
        for link in rows
        # What attacked an item that was withdrawn attacks nothing any more.
        if link.stance != "undercuts" or link.undercuts in roots
    ]
    clusters = {str(root): background.cluster(root) for found in roots.values() for root in found}
    invalidated = frozenset(map(str, background.invalidated)) & clusters.keys()
    return Inputs(tuple(map(partial(_confirmed, items, clusters), items)), clusters, invalidated)


def _grades(found: list[Strand[UUID]], background: Background) -> tuple[str, ...]:
    """The grades along the way; where an item has several roots, along all of the ways, of which the worst counts."""
    return tuple(background.grade(publication) for strand in found for publication in strand.path)


def _decay(link: Link, background: Background, half_life_days: int | None, today: date) -> float:
    """λ = 2^(−Δt/h). Of unknown age evidence is as old as its entry here."""
    if half_life_days is None:
        return 1.0
    age = (today - (background.published[link.publication].day or link.attached)).days
    return float(round(2.0 ** (-max(age, 0) / half_life_days), DECAY_DIGITS))


def _confirmed(items: list[Item], clusters: Mapping[str, str], item: Item) -> Item:
    """A 1 means that others confirm it. Where independent ones are counted here, it may only count as a 2."""
    if item.credibility != 1:
        return item
    own = {clusters[root] for root in item.roots}
    confirmers = (
        other
        for other in items
        if other.stance == item.stance
        and weight_of(other) > 0
        and own.isdisjoint(clusters[root] for root in other.roots)
    )
    return replace(item, is_confirmed_here=any(True for _ in confirmers))

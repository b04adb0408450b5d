"""A sighting's claim and the hypotheses that compete with it, laid out against the evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from osint.models import User
from sightings.matrix import Foot, lay_out
from sightings.models import Evidence, Hypothesis, HypothesisFit, Sighting
from sightings.selectors import evidence_in, hypotheses_in

CLAIM = "The claim itself"


@dataclass(frozen=True)
class Column:
    """The claim, without an id, or a hypothesis; and what speaks against it."""

    id: UUID | None
    title: str
    note: str
    inconsistent: int
    very_inconsistent: int
    unjudged: int
    has_least_against: bool


@dataclass(frozen=True)
class Cell:
    """How one item fits one hypothesis, and who said so."""

    column: Column
    fit: str | None
    judged_by: User | None


@dataclass(frozen=True)
class Line:
    """One item of evidence, and how far it tells the hypotheses apart."""

    evidence: Evidence
    diagnostic: int | None
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Competition:
    """The whole matrix, the most telling item first."""

    columns: Sequence[Column]
    rows: Sequence[Line]


def competition_about(sighting: Sighting) -> Competition:
    """The matrix of the sighting's standing evidence; the caller has passed the access function of the case."""
    evidence = evidence_in(sighting.investigation).filter(sighting=sighting, withdrawn_at__isnull=True)
    items = {item.pk: item for item in evidence.order_by("pk")}
    proposed = hypotheses_in(sighting.investigation).filter(sighting=sighting, is_dropped=False)
    names: dict[UUID | None, Hypothesis | None] = {None: None} | {
        row.pk: row for row in proposed.order_by("pk")
    }
    fits = {
        (fit.evidence_id, fit.hypothesis_id): fit
        for fit in HypothesisFit.objects.filter(sighting=sighting).select_related("judged_by")
    }
    matrix = lay_out(list(items), list(names), {cell: fit.fit for cell, fit in fits.items()})
    columns = [_column(foot, names[foot.hypothesis]) for foot in matrix.feet]
    rows = [
        Line(
            items[row.item],
            row.diagnostic,
            [_cell(column, fits.get((row.item, column.id))) for column in columns],
        )
        for row in matrix.rows
    ]
    return Competition(columns, rows)


def _column(foot: Foot[UUID | None], hypothesis: Hypothesis | None) -> Column:
    return Column(
        id=foot.hypothesis,
        title=hypothesis.title if hypothesis else CLAIM,
        note=hypothesis.note if hypothesis else "",
        inconsistent=foot.inconsistent,
        very_inconsistent=foot.very_inconsistent,
        unjudged=foot.unjudged,
        has_least_against=foot.has_least_against,
    )


def _cell(column: Column, fit: HypothesisFit | None) -> Cell:
    return Cell(column, fit.fit if fit else None, fit.judged_by if fit else None)

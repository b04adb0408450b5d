"""The matrix of R. Heuer's Analysis of Competing Hypotheses (Psychology of Intelligence Analysis, 1999, chapter 8).

Pure: marks in, marks and counts out. What an item is worth is how far it tells the hypotheses apart; what a hypothesis
is worth is how little speaks against it. No probability is made of either.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

I = TypeVar("I", bound=Hashable)  # noqa: E741  # an item of evidence
H = TypeVar("H", bound=Hashable)

#: The marks from best to worst fit, on a scale on which they can be compared.
SCALE: Mapping[str, int] = {"++": 2, "+": 1, "0": 0, "-": -1, "--": -2}


@dataclass(frozen=True)
class Row(Generic[I, H]):
    """One item: its mark under each hypothesis, None where nobody has judged, and its diagnostic value."""

    item: I
    marks: Mapping[H, str | None]
    diagnostic: int | None


@dataclass(frozen=True)
class Foot(Generic[H]):
    """What speaks against one hypothesis: how many items, how many of them very much, and how many are not judged."""

    hypothesis: H
    inconsistent: int
    very_inconsistent: int
    unjudged: int
    has_least_against: bool


@dataclass(frozen=True)
class Matrix(Generic[I, H]):
    """Items by diagnostic value, the most telling first, and the foot of each hypothesis."""

    rows: Sequence[Row[I, H]]
    feet: Sequence[Foot[H]]


def diagnostic_value(marks: Iterable[str | None]) -> int | None:
    """How far the item tells the hypotheses apart: its best mark less its worst, on a scale from 2 to −2.

    0 says nothing between them, 4 is the most. None while fewer than two hypotheses are judged.
    """
    values = [SCALE[mark] for mark in marks if mark is not None]
    return max(values) - min(values) if len(values) > 1 else None


def lay_out(items: Sequence[I], hypotheses: Sequence[H], marks: Mapping[tuple[I, H], str]) -> Matrix[I, H]:
    """The matrix of these items and hypotheses. Items alike in value stay in the order given, unjudged ones last."""
    rows = [_row(item, hypotheses, marks) for item in items]
    rows.sort(key=lambda row: -1 if row.diagnostic is None else row.diagnostic, reverse=True)
    return Matrix(rows, _feet(rows, hypotheses))


def _row(item: I, hypotheses: Sequence[H], marks: Mapping[tuple[I, H], str]) -> Row[I, H]:
    own = {hypothesis: marks.get((item, hypothesis)) for hypothesis in hypotheses}
    return Row(item, own, diagnostic_value(own.values()))


def _feet(rows: Sequence[Row[I, H]], hypotheses: Sequence[H]) -> list[Foot[H]]:
    columns = {hypothesis: [row.marks[hypothesis] for row in rows] for hypothesis in hypotheses}
    against = {name: sum(mark in {"-", "--"} for mark in column) for name, column in columns.items()}
    # Before all is judged, the hypothesis that nobody looked at would seem the best; where all have as much, none is.
    is_comparable = len(set(against.values())) > 1 and all(None not in column for column in columns.values())
    return [
        Foot(
            hypothesis=name,
            inconsistent=against[name],
            very_inconsistent=column.count("--"),
            unjudged=column.count(None),
            has_least_against=is_comparable and against[name] == min(against.values()),
        )
        for name, column in columns.items()
    ]

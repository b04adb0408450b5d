"""Where the labels of a map go so that none covers another, a point or the furniture. Pixels, y downwards."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple

LABEL_HEIGHT = 14.0  # a line of 12 px type
BASELINE = 11.0  # from the top of that line
CHARACTER_WIDTH = 7.0  # a generous mean of sans-serif faces at 12 px; wide (East Asian) letters take two
GAP = 8.0
MAX_CHARACTERS = 32
MAX_LABELS = 30  # more are no help to a reader, and each is tried against all before it


class Spot(NamedTuple):
    """A rectangle by its upper left corner."""

    x: float
    y: float
    width: float
    height: float

    def overlaps(self, other: Spot) -> bool:
        """Whether the two share any area."""
        return (
            self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )

    def holds(self, other: Spot) -> bool:
        """Whether the other lies wholly inside."""
        return (
            self.x <= other.x
            and self.y <= other.y
            and other.x + other.width <= self.x + self.width
            and other.y + other.height <= self.y + self.height
        )


class Label(NamedTuple):
    """A text with the left end of its baseline."""

    text: str
    x: float
    y: float


def point_spot(x: float, y: float) -> Spot:
    """What a point and its outline take up."""
    return Spot(x - GAP / 2, y - GAP / 2, GAP, GAP)


def placed_labels(
    wishes: Sequence[tuple[str, float, float]], frame: Spot, taken: Sequence[Spot]
) -> list[Label]:
    """Labels for (text, x, y) wishes, the first ones first. One that fits nowhere beside its point is left out."""
    obstacles = [*taken, *(point_spot(x, y) for _, x, y in wishes)]
    labels: list[Label] = []
    for text, x, y in wishes[:MAX_LABELS]:
        shown = shortened(text)
        spot = _free_spot(x, y, text_width(shown), frame, obstacles)
        if spot and shown:
            obstacles.append(spot)
            labels.append(Label(shown, spot.x, spot.y + BASELINE))
    return labels


def shortened(text: str) -> str:
    """One line of at most `MAX_CHARACTERS`."""
    line = " ".join(text.split())
    return line if len(line) <= MAX_CHARACTERS else line[: MAX_CHARACTERS - 1].rstrip() + "…"


def text_width(text: str) -> float:
    """Estimated pixels."""
    wide = sum(unicodedata.east_asian_width(character) in {"W", "F"} for character in text)
    return (len(text) + wide) * CHARACTER_WIDTH


def _free_spot(x: float, y: float, width: float, frame: Spot, obstacles: Sequence[Spot]) -> Spot | None:
    spots = _candidates(x, y, width)
    return next((s for s in spots if frame.holds(s) and not any(map(s.overlaps, obstacles))), None)


def _candidates(x: float, y: float, width: float) -> Iterator[Spot]:
    """Right, left, above, below, then the corners; then the same a line further away."""
    for gap in (GAP, GAP + LABEL_HEIGHT):
        right, left, centred = x + gap, x - gap - width, x - width / 2
        above, below, level = y - gap - LABEL_HEIGHT, y + gap, y - LABEL_HEIGHT / 2
        beside = [(right, level), (left, level), (centred, above), (centred, below)]
        corners = [(right, above), (right, below), (left, above), (left, below)]
        for spot_x, spot_y in beside + corners:
            yield Spot(spot_x, spot_y, width, LABEL_HEIGHT)

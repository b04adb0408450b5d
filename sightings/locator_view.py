"""The scale and the middle of a locator map: from degrees to pixels."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from sightings.geo import METRES_PER_DEGREE

MIN_SPAN_M = 500.0  # a street block is the least that shows where something is
CENTRE_SPAN = 3.0  # a single mark's circle fills a third of the way across
MAX_RADIUS_M = 200_000.0  # of another mark, to be held whole
PADDING = 28.0  # pixels, room for a label
MIN_COSINE = 0.01


class Circle(Protocol):
    """What a view needs of a mark."""

    @property
    def latitude(self) -> float: ...
    @property
    def longitude(self) -> float: ...
    @property
    def radius_m(self) -> float | None: ...


@dataclass(frozen=True, slots=True)
class View:
    """A window `width` × `height` px. `east_m` and `north_m`: its middle as seen from the origin."""

    latitude: float
    longitude: float
    east_m: float
    north_m: float
    metres_per_pixel: float
    width: int
    height: int

    @property
    def scale_m(self) -> float:
        """The longest round length (1, 2 or 5 times a power of ten) within a quarter of the width."""
        room = self.width / 4 * self.metres_per_pixel
        power = 10.0 ** math.floor(math.log10(room))
        return next(step * power for step in (5, 2, 1) if step * power <= room)

    def length(self, metres: float) -> float:
        """Metres as pixels."""
        return metres / self.metres_per_pixel

    def pixels(self, mark: Circle) -> tuple[float, float]:
        """x and y of a mark's point, y downwards."""
        east, north = offset_m(self.latitude, self.longitude, mark)
        return self._x(east), self._y(north)

    def grid_columns(self) -> Iterator[float]:
        """x of the grid's upright lines, one of them through the origin."""
        return self._lines(self._x(0), self.width)

    def grid_rows(self) -> Iterator[float]:
        """y of the grid's level lines, one of them through the origin."""
        return self._lines(self._y(0), self.height)

    def _x(self, east: float) -> float:
        return self.width / 2 + self.length(east - self.east_m)

    def _y(self, north: float) -> float:
        return self.height / 2 - self.length(north - self.north_m)

    def _lines(self, through: float, end: int) -> Iterator[float]:
        step = self.length(self.scale_m)
        position = through % step
        while position < end:
            yield position
            position += step


def offset_m(latitude: float, longitude: float, mark: Circle) -> tuple[float, float]:
    """Metres east and north from an origin to a mark, the short way round, in an equirectangular projection."""
    turn = (mark.longitude - longitude + 540) % 360 - 180
    cosine = max(MIN_COSINE, math.cos(math.radians(latitude)))
    return turn * METRES_PER_DEGREE * cosine, (mark.latitude - latitude) * METRES_PER_DEGREE


def fitted_view(centre: Circle, others: Sequence[Circle], *, width: int, height: int) -> View:
    """The closest view that holds every mark with its circle, the centre as origin."""
    reaches = [(0.0, 0.0, centre.radius_m or 0.0)]
    for mark in others:
        reaches.append(
            (*offset_m(centre.latitude, centre.longitude, mark), min(mark.radius_m or 0.0, MAX_RADIUS_M))
        )
    west, east = _extent((x, radius) for x, _, radius in reaches)
    south, north = _extent((y, radius) for _, y, radius in reaches)
    least = max(MIN_SPAN_M, CENTRE_SPAN * (centre.radius_m or 0.0))
    return View(
        latitude=centre.latitude,
        longitude=centre.longitude,
        east_m=(west + east) / 2,
        north_m=(south + north) / 2,
        metres_per_pixel=max(
            max(east - west, least) / _room(width),
            max(north - south, least) / _room(height),
        ),
        width=width,
        height=height,
    )


def _room(pixels: int) -> float:
    return max(pixels - 2 * PADDING, pixels / 2)


def _extent(reaches: Iterator[tuple[float, float]]) -> tuple[float, float]:
    pairs = list(reaches)
    return min(at - radius for at, radius in pairs), max(at + radius for at, radius in pairs)

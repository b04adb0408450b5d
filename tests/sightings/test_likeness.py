"""Whether two claims may be one, particular by particular."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sightings.geo import haversine_m
from sightings.likeness import Circle, Particulars, Period, compare

ROOF = Circle(55.7278, 37.5919, 150, "The roof")
BRANCH = {"defence": "Air defence", "pantsir": "Pantsir", "s1": "Pantsir-S1"}
SIXTH = Period(date(2023, 1, 6), date(2023, 1, 6), "6 January 2023")
JANUARY = Period(date(2023, 1, 1), date(2023, 1, 31), "January 2023")
FEBRUARY = Period(date(2023, 2, 1), date(2023, 2, 28), "February 2023")


def north(metres: float, radius_m: float = 150) -> Circle:
    return Circle(55.7278 + metres / 111_195, 37.5919, radius_m)


def claimed(**values: Any) -> Particulars:
    return Particulars(**{"equipment": "pantsir", "branch": BRANCH} | values)


@pytest.mark.parametrize(
    ("equipment", "reasons", "differing"),
    [
        ("pantsir", ("the same equipment, Pantsir",), 0),
        ("defence", ("the same branch of equipment, Pantsir and Air defence",), 0),
        ("s1", ("the same branch of equipment, Pantsir and Pantsir-S1",), 0),
        ("s-400", (), 1),
        (None, (), 0),
    ],
)
def test_equipment_above_and_below_agrees(
    equipment: str | None, reasons: tuple[str, ...], differing: int
) -> None:
    found = compare(claimed(), Particulars(equipment=equipment))
    assert (found.reasons, found.differing) == (reasons, differing)


@pytest.mark.parametrize(
    ("circle", "reasons", "differing"),
    [
        (ROOF, ("the same place, The roof",), 0),
        (north(120), ("places that overlap, 120 m apart",), 0),
        (north(299), ("places that overlap, 299 m apart",), 0),
        (north(302), (), 1),
        (north(5_000, 10_000), ("places that overlap, 5 km apart",), 0),
        (north(5_000, 60_000), (), 0),
        (None, (), 0),
    ],
)
def test_circles_that_overlap_agree_and_regions_say_nothing(
    circle: Circle | None, reasons: tuple[str, ...], differing: int
) -> None:
    found = compare(Particulars(circle=ROOF), Particulars(circle=circle))
    assert (found.reasons, found.differing) == (reasons, differing)


@pytest.mark.parametrize(
    ("period", "reasons", "differing"),
    [
        (JANUARY, ("dates that overlap, January 2023",), 0),
        (FEBRUARY, (), 1),
        (
            Period(None, date(2023, 1, 6), "until 6 January 2023"),
            ("dates that overlap, until 6 January 2023",),
            0,
        ),
        (Period(None, date(2023, 1, 5), "until 5 January 2023"), (), 1),
        (Period(date(2023, 1, 7), None, "since 7 January 2023"), (), 1),
        (None, (), 0),
    ],
)
def test_periods_that_share_a_day_agree(
    period: Period | None, reasons: tuple[str, ...], differing: int
) -> None:
    found = compare(Particulars(period=SIXTH), Particulars(period=period))
    assert (found.reasons, found.differing) == (reasons, differing)


DEGREES = st.tuples(st.floats(-89, 89), st.floats(-180, 180), st.floats(0.1, 50_000))


@given(DEGREES, DEGREES)
def test_overlap_is_mutual_and_as_the_distance_says(
    one: tuple[float, float, float], other: tuple[float, float, float]
) -> None:
    first, second = Circle(*one), Circle(*other)
    here, there = (
        compare(Particulars(circle=a), Particulars(circle=b)) for a, b in ((first, second), (second, first))
    )
    overlaps = haversine_m(*one[:2], *other[:2]) <= one[2] + other[2]
    assert (here.differing == 0) == (there.differing == 0) == overlaps

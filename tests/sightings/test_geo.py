"""Positions, distances and directions, read, computed and put in words."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sightings.geo import (
    EARTH_RADIUS_M,
    Box,
    PositionError,
    bearing_deg,
    bounding_box,
    checked_position,
    compass_point,
    distance_in_words,
    haversine_m,
    in_words,
    parse_position,
)

KREMLIN = (55.7520, 37.6175)
TAGANKA = (55.7403, 37.6545)
HALF_ROUND = math.pi * EARTH_RADIUS_M
SEVENTY = 70.0

READ = {
    "55.7278, 37.5919": (55.7278, 37.5919),
    "55.7278,37.5919": (55.7278, 37.5919),
    " 55.7278 37.5919 ": (55.7278, 37.5919),
    "55,7278 37,5919": (55.7278, 37.5919),
    "55,7278; 37,5919": (55.7278, 37.5919),
    "-33.9, +18.4": (-33.9, 18.4),
    "−33.9, 18.4": (-33.9, 18.4),
    "33.9S 18.4W": (-33.9, -18.4),
    "N 55.7278, E 37.5919": (55.7278, 37.5919),
    "37.5919E 55.7278N": (55.7278, 37.5919),
    "55°43'40\"N 37°35'31\"E": (55.727778, 37.591944),
    "55°43′40″n, 37°35′31″e": (55.727778, 37.591944),
    "55º43’40''N 37º35’31''E": (55.727778, 37.591944),
    "55°43′40″ с. ш. 37°35′31″ в. д.": (55.727778, 37.591944),
    "N55 43 40 E37 35 31": (55.727778, 37.591944),
    "55 43 40 37 35 31": (55.727778, 37.591944),
    "55 43 37 35": (55.716667, 37.583333),
    "55°43.667'N 37°35.517'E": (55.727783, 37.59195),
    "90, -180": (90.0, -180.0),
}

UNREAD = {
    "": "not two angles",
    "55.7": "not two angles",
    "Moscow": "not two angles",
    "a, b": "not an angle",
    "1e1, 2": "not an angle",
    "-55N 37E": "not an angle",
    "55N 37N": "Two latitudes",
    "37E 55E": "Two latitudes",
    "91, 0": "latitude is not between",
    "0, 180.1": "longitude is not between",
    "55°60'N 37°E": "minutes or seconds",
    "55.5 30, 37 1": "minutes or seconds",
    "1" * 200: "longer than",
}

IN_WORDS = [
    (150, "55.7278, 37.5919 ± 150 m"),
    (10, "55.72781, 37.59191 ± 10 m"),
    (1, "55.727812, 37.591912 ± 1 m"),
    (0.01, "55.727812, 37.591912 ± 0.01 m"),
    (5e-324, "55.727812, 37.591912 ± 0 m"),
    (2400, "55.728, 37.592 ± 2.4 km"),
    (10_000, "55.73, 37.59 ± 10 km"),
    (5_000_000, "56, 38 ± 5000 km"),
    (None, "55.72781, 37.59191"),
]

latitudes = st.floats(-90, 90)
longitudes = st.floats(-180, 180)
positions = st.tuples(latitudes, longitudes)


def destination(start: tuple[float, float], bearing: float, metres: float) -> tuple[float, float]:
    """Where one arrives, by the direct formula on the sphere: the inverse of what is tested."""
    phi, angle, turn = math.radians(start[0]), metres / EARTH_RADIUS_M, math.radians(bearing)
    sine = math.sin(phi) * math.cos(angle) + math.cos(phi) * math.sin(angle) * math.cos(turn)
    aside = math.atan2(
        math.sin(turn) * math.sin(angle) * math.cos(phi), math.cos(angle) - math.sin(phi) * sine
    )
    longitude = (start[1] + math.degrees(aside) + 540) % 360 - 180
    return math.degrees(math.asin(max(-1.0, min(1.0, sine)))), longitude


def test_a_known_distance_is_met() -> None:
    assert haversine_m(*KREMLIN, *TAGANKA) == pytest.approx(2656, abs=1)


def test_a_degree_of_latitude_is_111_kilometres() -> None:
    assert haversine_m(0, 0, 1, 0) == pytest.approx(111_195, abs=1)


def test_opposite_points_are_half_the_circumference_apart() -> None:
    assert haversine_m(10, 20, -10, -160) == pytest.approx(HALF_ROUND)


def test_distance_across_the_antimeridian_is_short() -> None:
    assert haversine_m(0, 179.99, 0, -179.99) == pytest.approx(2224, abs=1)


@given(positions, positions)
def test_distance_is_the_same_both_ways_and_bounded(
    one: tuple[float, float], other: tuple[float, float]
) -> None:
    there = haversine_m(*one, *other)
    assert there == haversine_m(*other, *one)
    assert 0 <= there <= HALF_ROUND + 1


@pytest.mark.parametrize(
    ("target", "expected"), [((1, 0), 0), ((0, 1), 90), ((-1, 0), 180), ((0, -1), 270), ((0, 0), 0)]
)
def test_bearing_counts_clockwise_from_north(target: tuple[float, float], expected: float) -> None:
    assert bearing_deg(0, 0, *target) == pytest.approx(expected)


@given(positions, positions)
def test_bearing_stays_within_the_circle(one: tuple[float, float], other: tuple[float, float]) -> None:
    assert 0 <= bearing_deg(*one, *other) < 360


@given(st.floats(-80, 80), longitudes, st.floats(0, 359.9), st.floats(1_000, 1_000_000))
def test_setting_out_on_the_bearing_for_the_distance_arrives(
    latitude: float, longitude: float, bearing: float, metres: float
) -> None:
    start = (latitude, longitude)
    end = destination(start, bearing, metres)
    arrived = destination(start, bearing_deg(*start, *end), haversine_m(*start, *end))
    assert haversine_m(*arrived, *end) < 1


@pytest.mark.parametrize(
    ("degrees", "point"),
    [
        (0, "north"),
        (22, "north"),
        (23, "north-east"),
        (140, "south-east"),
        (359, "north"),
        (-90, "west"),
        (540, "south"),
    ],
)
def test_a_direction_has_the_name_of_the_nearest_point(degrees: float, point: str) -> None:
    assert compass_point(degrees) == point


def test_taganka_is_south_east_of_the_kremlin() -> None:
    assert compass_point(bearing_deg(*KREMLIN, *TAGANKA)) == "south-east"


@given(st.floats(-90, 90), longitudes, st.floats(0, 359.9), st.floats(0, 3_000_000), st.floats(0, 1))
def test_every_point_of_the_circle_is_in_its_box(
    latitude: float, longitude: float, bearing: float, radius: float, share: float
) -> None:
    end = destination((latitude, longitude), bearing, radius * share)
    box = bounding_box(latitude, longitude, radius + 0.01)
    assert box.contains(*end)


def test_the_box_is_no_larger_than_the_circle() -> None:
    box = bounding_box(SEVENTY, 20, 50_000)
    assert haversine_m(SEVENTY, 20, box.north, 20) == pytest.approx(50_000, abs=0.01)
    assert box.east - 20 == pytest.approx(
        math.degrees(math.asin(math.sin(50_000 / EARTH_RADIUS_M) / math.cos(math.radians(SEVENTY))))
    )


def test_a_box_over_the_pole_has_every_longitude() -> None:
    box = bounding_box(89.99, 0, 5_000)
    assert (box.west, box.north, box.east) == (-180, 90, 180)


def test_a_box_over_the_antimeridian_has_two_ranges() -> None:
    box = bounding_box(0, 179.99, 5_000)
    assert box.west > box.east
    assert box.longitude_ranges == ((box.west, 180), (-180, box.east))


def test_a_box_elsewhere_has_one_range() -> None:
    assert Box(1, 2, 3, 4).longitude_ranges == ((2, 4),)


@pytest.mark.parametrize(("text", "expected"), READ.items())
def test_positions_are_read_as_people_write_them(text: str, expected: tuple[float, float]) -> None:
    assert parse_position(text) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(("text", "reason"), UNREAD.items())
def test_what_is_no_position_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(PositionError, match=reason) as refusal:
        parse_position(text)
    assert refusal.value.code == "position_invalid"


@given(st.text(alphabet="0123456789.,;°'\" NSEWсшвд-+", max_size=40))
def test_any_text_is_a_position_or_refused(text: str) -> None:
    try:
        latitude, longitude = parse_position(text)
    except PositionError:
        return
    assert checked_position(latitude, longitude) == (latitude, longitude)


@given(positions)
def test_a_position_in_words_is_read_again(position: tuple[float, float]) -> None:
    assert parse_position(in_words(*position)) == pytest.approx(position, abs=1e-5)


@pytest.mark.parametrize("latitude", [math.nan, math.inf, -90.1])
def test_impossible_latitudes_are_refused(latitude: float) -> None:
    with pytest.raises(PositionError):
        checked_position(latitude, 0)


@pytest.mark.parametrize(("radius", "expected"), IN_WORDS)
def test_digits_shown_match_the_radius(radius: float | None, expected: str) -> None:
    assert in_words(55.7278123, 37.5919123, radius) == expected


def test_nothing_is_called_minus_zero() -> None:
    assert in_words(-0.000001, -0.000001, 150) == "0.0000, 0.0000 ± 150 m"


@pytest.mark.parametrize(
    ("metres", "expected"),
    [
        (0.5, "0.5 m"),
        (9.994, "9.99 m"),
        (150, "150 m"),
        (999.4, "999 m"),
        (999.6, "1 km"),
        (2400, "2.4 km"),
        (9960, "10 km"),
    ],
)
def test_distances_read_short(metres: float, expected: str) -> None:
    assert distance_in_words(metres) == expected

"""A locator map holds its marks to scale, names them, and is safe to put in a page."""

from __future__ import annotations

import math
import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sightings.geo import METRES_PER_DEGREE, PositionError
from sightings.locator import Mark, MarkError, render_locator
from sightings.locator_labels import Spot, placed_labels, shortened, text_width
from sightings.locator_view import fitted_view

SVG = "{http://www.w3.org/2000/svg}"
MINISTRY = Mark(55.7278, 37.5919, 150, "Defence Ministry")
SCHOOL = Mark(55.7403, 37.6545, 300, "School in Taganka", href="/places/1", kind="place")
FRAME = Spot(0, 0, 480, 320)


def drawn(centre: Mark, *others: Mark, width: int = 480, height: int = 320) -> ET.Element:
    return ET.fromstring(render_locator(centre, others, width=width, height=height))


def points(svg: ET.Element) -> list[tuple[float, float]]:
    """The centre, then the others from near to far: the centre is drawn last, to lie on top."""
    return [(float(c.attrib["cx"]), float(c.attrib["cy"])) for c in reversed(with_class(svg, "mark-point"))]


def with_class(svg: ET.Element, name: str) -> list[ET.Element]:
    return [element for element in svg.iter() if name in element.get("class", "").split()]


def label_spots(svg: ET.Element) -> list[Spot]:
    return [
        Spot(float(e.attrib["x"]), float(e.attrib["y"]) - 11, text_width(e.text or ""), 14)
        for e in with_class(svg, "mark-label")
    ]


def length_of(words: str) -> float:
    number, unit = words.split()
    return float(number) * (1000 if unit == "km" else 1)


def test_a_single_mark_is_in_the_middle() -> None:
    assert points(drawn(MINISTRY)) == [(240, 160)]


def test_marks_share_the_middle() -> None:
    (x1, y1), (x2, y2) = points(drawn(Mark(0, 0, 10, "a"), Mark(0, 1, 10, "b")))
    assert (x1 + x2, y1 + y2) == pytest.approx((480, 320), abs=0.2)


def test_north_is_up_and_east_is_right() -> None:
    centre, other = points(drawn(MINISTRY, SCHOOL))
    assert other[0] > centre[0]
    assert other[1] < centre[1]


def test_distances_are_to_the_scale_of_the_bar() -> None:
    svg = drawn(Mark(0, 0, 0, "a"), Mark(0, 0.1, 0, "b"))
    (x1, _), (x2, _) = points(svg)
    words = next(text for e in with_class(svg, "locator-text") if (text := e.text or "") != "N")
    bar = float(re.findall(r"h([0-9.]+)", with_class(svg, "locator-scale")[0].attrib["d"])[0])
    assert (x2 - x1) / bar == pytest.approx(0.1 * METRES_PER_DEGREE / length_of(words), rel=0.01)


def test_the_circle_of_uncertainty_is_to_scale() -> None:
    svg = drawn(Mark(0, 0, 1112, "a"), Mark(0, 0.1, 0, "b"))
    (x1, _), (x2, _) = points(svg)
    radius = float(with_class(svg, "mark-radius")[0].attrib["r"])
    assert radius / (x2 - x1) == pytest.approx(0.1, rel=0.01)


@pytest.mark.parametrize("radius", [None, 0])
def test_without_a_radius_no_circle_is_drawn(radius: float | None) -> None:
    assert with_class(drawn(Mark(0, 0, radius, "a")), "mark-radius") == []


@pytest.mark.parametrize("radius", [1, 150, 5_000, 3_000_000])
def test_the_circle_of_a_single_mark_fits(radius: float) -> None:
    assert 0 < float(with_class(drawn(Mark(55, 37, radius, "a")), "mark-radius")[0].attrib["r"]) < 160


def test_the_antimeridian_does_not_part_neighbours() -> None:
    (x1, _), (x2, _) = points(drawn(Mark(0, 179.99, 10, "a"), Mark(0, -179.99, 10, "b")))
    assert x2 > x1
    near = fitted_view(Mark(0, 179.99, 10, "a"), [Mark(0, -179.99, 10, "b")], width=480, height=320)
    assert near.metres_per_pixel < 10


def test_identical_marks_get_labels_apart() -> None:
    spots = label_spots(drawn(MINISTRY, MINISTRY, MINISTRY))
    assert len(spots) == 3
    assert not any(a.overlaps(b) for i, a in enumerate(spots) for b in spots[i + 1 :])


def test_a_mark_too_far_away_is_counted_not_drawn() -> None:
    svg = drawn(MINISTRY, SCHOOL, Mark(48.46, 35.04, 100, "Dnipro"))
    assert len(points(svg)) == 2
    assert "1 too far away" in (svg.findtext(f"{SVG}desc") or "")


def test_a_centre_known_roughly_sees_further() -> None:
    assert len(points(drawn(Mark(55, 37, 500_000, "a"), Mark(50, 37, 100, "b")))) == 2


def test_the_description_says_where_the_others_are() -> None:
    description = drawn(MINISTRY, SCHOOL, MINISTRY).findtext(f"{SVG}desc") or ""
    assert "Defence Ministry: 55.7278, 37.5919 ± 150 m." in description
    assert "School in Taganka: 4.2 km east." in description
    assert "Defence Ministry: at the same point." in description


def test_the_description_stays_short() -> None:
    others = [Mark(55.7278, 37.6 + n / 1000, 10, f"m{n}") for n in range(15)]
    assert "5 more on the map." in (drawn(MINISTRY, *others).findtext(f"{SVG}desc") or "")


def test_it_is_an_image_with_a_name() -> None:
    svg = drawn(MINISTRY)
    assert svg.get("role") == "img"
    assert svg.findtext(f"{SVG}title") == "Map around Defence Ministry"


def test_size_is_as_asked() -> None:
    svg = drawn(MINISTRY, width=200, height=100)
    assert (svg.get("width"), svg.get("height"), svg.get("viewBox")) == ("200", "100", "0 0 200 100")


def test_kinds_and_the_centre_have_their_classes() -> None:
    svg = drawn(MINISTRY, SCHOOL)
    assert len(with_class(svg, "mark--sighting")) == len(with_class(svg, "mark--centre")) == 1
    assert len(with_class(svg, "mark--place")) == 1


def test_the_centre_lies_on_top() -> None:
    assert "mark--centre" in with_class(drawn(MINISTRY, SCHOOL), "mark")[-1].get("class", "")


def test_a_mark_with_an_address_is_a_link() -> None:
    assert [a.get("href") for a in drawn(MINISTRY, SCHOOL).iter(f"{SVG}a")] == ["/places/1"]


def test_looks_are_left_to_the_style_sheet() -> None:
    allowed = {"class", "role", "width", "height", "viewBox", "d", "x", "y", "cx", "cy", "r", "href"}
    assert {name for element in drawn(MINISTRY, SCHOOL).iter() for name in element.attrib} <= allowed


def test_the_grid_has_a_corner_at_the_centre_mark() -> None:
    svg = drawn(MINISTRY, SCHOOL)
    x, y = points(svg)[0]
    path = with_class(svg, "locator-grid")[0].attrib["d"]
    columns = [float(column) for column in re.findall(r"M([0-9.]+) 0V", path)]
    rows = [float(row) for row in re.findall(r"M0 ([0-9.]+)H", path)]
    assert min(abs(column - x) for column in columns) < 0.2
    assert min(abs(row - y) for row in rows) < 0.2


def test_a_label_cannot_break_out_of_its_element() -> None:
    nasty = '</title><script>alert("1")</script>\x00\x1b&'
    svg = drawn(Mark(0, 0, 1, nasty, href='/a?b="c"&d'))
    assert list(svg.iter(f"{SVG}script")) == []
    assert "\ufffd" in (svg.findtext(f"{SVG}title") or "")
    assert next(svg.iter(f"{SVG}a")).get("href") == '/a?b="c"&d'


@pytest.mark.parametrize(
    "href", ["javascript:alert(1)", "data:text/html,x", "//example.org", "/\\example.org", "a b", ""]
)
def test_an_unsafe_link_is_refused(href: str) -> None:
    with pytest.raises(MarkError):
        Mark(0, 0, 1, "a", href=href)


@pytest.mark.parametrize("kind", ["", "two words", 'x"y', "Kind"])
def test_a_kind_that_is_no_class_is_refused(kind: str) -> None:
    with pytest.raises(MarkError):
        Mark(0, 0, 1, "a", kind=kind)


@pytest.mark.parametrize("radius", [-1, math.nan, math.inf])
def test_an_impossible_radius_is_refused(radius: float) -> None:
    with pytest.raises(MarkError):
        Mark(0, 0, radius, "a")


def test_an_impossible_position_is_refused() -> None:
    with pytest.raises(PositionError):
        Mark(91, 0, 1, "a")


marks = st.builds(
    Mark,
    st.floats(-90, 90),
    st.floats(-180, 180),
    st.one_of(st.none(), st.floats(0, 1_000_000)),
    st.text(max_size=40),
)
neighbours = st.builds(
    Mark,
    st.floats(55.7, 55.8),
    st.floats(37.5, 37.7),
    st.floats(0, 2_000),
    st.text("abcМ京 ", min_size=1, max_size=40),
)


@given(marks, st.lists(marks, max_size=4))
def test_any_marks_make_a_map_with_each_point_inside(centre: Mark, others: list[Mark]) -> None:
    for x, y in points(drawn(centre, *others)):
        assert 0 <= x <= 480
        assert 0 <= y <= 320


@given(neighbours, st.lists(neighbours, max_size=8))
def test_labels_stay_inside_and_apart(centre: Mark, others: list[Mark]) -> None:
    spots = [Spot(x, y, w - 0.2, h - 0.2) for x, y, w, h in label_spots(drawn(centre, *others))]
    assert not any(a.overlaps(b) for i, a in enumerate(spots) for b in spots[i + 1 :])
    assert all(Spot(-0.1, -0.1, 480.2, 320.2).holds(spot) for spot in spots)


def test_a_label_without_room_is_left_out() -> None:
    assert placed_labels([("too wide for this", 20, 20)], Spot(0, 0, 40, 40), []) == []


def test_a_label_keeps_off_what_is_taken() -> None:
    free = placed_labels([("a", 240, 160)], FRAME, [])[0]
    kept_off = placed_labels([("a", 240, 160)], FRAME, [Spot(240, 100, 100, 100)])[0]
    assert free.x > 240 > kept_off.x


def test_a_long_label_is_shortened_to_one_line() -> None:
    assert (
        shortened("the roof of the eight-storey\nbuilding by the river") == "the roof of the eight-storey bu…"
    )

"""The drawing of who passes on whom."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from sources.lineage_drawing import (
    HEIGHT,
    MOST_BESIDE,
    MOST_DRAWN,
    WIDTH,
    Arrow,
    Box,
    BoxError,
    laid_out,
    levels,
    render_lineage,
    roots_of,
)

SVG = "{http://www.w3.org/2000/svg}"


def drawn(boxes: Sequence[Box], arrows: Sequence[Arrow] = (), **values: list[str]) -> etree._Element:
    return etree.fromstring(render_lineage(boxes, arrows, **values))  # type: ignore[arg-type]  # ids alone


def told(svg: etree._Element) -> str:
    """All text of the drawing."""
    return "".join(map(str, svg.itertext()))


def boxes(*ids: str) -> list[Box]:
    return [Box(each, f"Publication {each}") for each in ids]


def relays(publication: str, origin: str) -> Arrow:
    return Arrow(publication, origin, "relays")


CHAIN = [relays("b", "a"), relays("c", "b"), relays("c", "a")]


def test_what_derives_stands_below_all_that_it_derives_from() -> None:
    corners = laid_out(["c", "b", "a"], CHAIN).corners
    assert corners["a"][1] < corners["b"][1] < corners["c"][1]


def test_those_that_derive_from_nothing_are_drawn_as_roots() -> None:
    svg = drawn(boxes("a", "b", "c"), CHAIN)
    (root,) = svg.findall(f".//{SVG}g[@class='lineage-box lineage-box--root']")
    assert (root.findtext(f"{SVG}title") or "").startswith("Publication a")


def test_the_highlighted_one_stands_out() -> None:
    svg = drawn(boxes("a", "b"), [relays("b", "a")], highlighted=["b"])
    (here,) = svg.findall(f".//{SVG}g[@class='lineage-box lineage-box--here']")
    assert (here.findtext(f"{SVG}title") or "").startswith("Publication b")


def test_each_arrow_has_its_word_and_a_head() -> None:
    svg = drawn(boxes("a", "b"), [Arrow("b", "a", "translates")])
    assert [text.text for text in svg.findall(f"{SVG}text")] == ["translates"]
    assert len(svg.findall(f"{SVG}path[@class='lineage-head']")) == 1


def test_independent_observations_stand_beside_one_another_without_a_head() -> None:
    arrow = Arrow("b", "a", "same event")
    svg = drawn(boxes("a", "b"), [arrow])
    assert svg.findall(f"{SVG}path[@class='lineage-head']") == []
    assert roots_of(["a", "b"], [arrow]) == {"a", "b"}
    assert len({corner[1] for corner in laid_out(["a", "b"], [arrow]).corners.values()}) == 1


def test_grade_and_owner_are_on_the_box_and_in_its_name() -> None:
    svg = drawn([Box("a", "A roof", source="The Courier", grade="B", owner="A trust")])
    assert "B · A trust" in told(svg)
    assert "A roof, The Courier: reliability B, controlled by A trust" in told(svg)


def test_what_is_not_known_is_said() -> None:
    said = told(drawn([Box("a", "A roof")]))
    assert "A roof, source unknown: not rated, independence not established" in said
    assert "– · control not established"[:20] in said


def test_title_and_description_tell_it_without_seeing() -> None:
    svg = drawn(boxes("a", "b"), [relays("b", "a")])
    assert svg[0].tag == f"{SVG}title"
    assert svg.findtext(f"{SVG}desc") == "Roots: Publication a. Publication b relays Publication a."


def test_text_by_strangers_stays_text() -> None:
    nasty = '<script>alert("1")</script>\x00'
    svg = drawn([Box("a", nasty, nasty, owner=nasty), Box("b", nasty)], [Arrow("b", "a", nasty)])
    assert svg.findall(f".//{SVG}script") == []
    assert '<script>alert("1")</script>\ufffd' in told(svg)


@pytest.mark.parametrize(
    "href", ["https://courier.example/", "//courier.example/", "javascript:alert(1)", ""]
)
def test_links_lead_nowhere_but_within_the_site(href: str) -> None:
    with pytest.raises(BoxError, match="Expected a link within the site"):
        Box("a", "A roof", href=href)


def test_an_arrow_needs_boxes_at_both_ends() -> None:
    with pytest.raises(BoxError, match="Expected boxes at both ends"):
        render_lineage(boxes("a"), [relays("b", "a")])


def test_a_circle_is_drawn_too() -> None:
    drawn(boxes("a", "b"), [relays("a", "b"), relays("b", "a")])
    assert levels(["a", "b"], {"a": ["b"], "b": ["a"]}) == {"a": 0, "b": 1}


def test_a_wide_row_is_broken() -> None:
    many = [f"r{number}" for number in range(2 * MOST_BESIDE + 1)]
    layout = laid_out(["a", *many], [relays(each, "a") for each in many])
    assert len({y for _, y in layout.corners.values()}) == 4
    assert layout.width < (MOST_BESIDE + 1) * (WIDTH + 24)


def test_beyond_so_many_the_rest_is_counted() -> None:
    many = boxes(*(f"r{number}" for number in range(MOST_DRAWN + 5)))
    svg = drawn(many, [relays(f"r{MOST_DRAWN + 1}", "r0")])
    assert len(svg.findall(f".//{SVG}rect")) == MOST_DRAWN
    assert "5 more publications are not shown." in (svg.findtext(f"{SVG}desc") or "")


@given(st.integers(1, 12), st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=30))
def test_no_two_boxes_overlap_and_all_are_inside(count: int, pairs: list[tuple[int, int]]) -> None:
    ids = [f"b{number}" for number in range(count)]
    arrows = [relays(f"b{one}", f"b{other}") for one, other in pairs if one < count and other < count]
    layout = laid_out(ids, arrows)
    corners = list(layout.corners.values())
    assert len(corners) == count
    for number, (x, y) in enumerate(corners):
        assert x >= 0
        assert y >= 0
        assert x + WIDTH <= layout.width
        assert y + HEIGHT <= layout.height
        assert all(abs(x - x2) >= WIDTH or abs(y - y2) >= HEIGHT for x2, y2 in corners[number + 1 :])
    etree.fromstring(render_lineage(boxes(*ids), arrows))

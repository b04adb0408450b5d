"""The matrix of competing hypotheses: what tells them apart, and what speaks against each."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sightings.matrix import SCALE, Foot, diagnostic_value, lay_out

MARKS = st.sampled_from([*SCALE, None])


@pytest.mark.parametrize(
    ("marks", "value"),
    [
        (["++", "--"], 4),
        (["+", "0", "-"], 2),
        (["+", "+", "+"], 0),
        (["--", "--"], 0),
        (["+", None, "-"], 2),
        (["++", None], None),
        ([], None),
    ],
)
def test_the_diagnostic_value_is_the_best_mark_less_the_worst(
    marks: list[str | None], value: int | None
) -> None:
    assert diagnostic_value(marks) == value


@given(st.lists(MARKS, max_size=8))
def test_the_order_of_hypotheses_is_irrelevant(marks: list[str | None]) -> None:
    assert diagnostic_value(marks) == diagnostic_value(sorted(marks, key=str))


@given(st.lists(st.sampled_from([*SCALE]), min_size=2, max_size=8), st.sampled_from([*SCALE]))
def test_a_further_judgement_never_lowers_the_value(marks: list[str], further: str) -> None:
    before, after = diagnostic_value(marks), diagnostic_value([*marks, further])
    assert before is not None
    assert after is not None
    assert before <= after


def test_the_most_telling_item_comes_first_and_the_unjudged_last() -> None:
    marks = {
        ("same", "claim"): "+", ("same", "decoy"): "+",
        ("telling", "claim"): "++", ("telling", "decoy"): "--",
        ("some", "claim"): "+", ("some", "decoy"): "0",
    }  # fmt: skip
    matrix = lay_out(["unjudged", "same", "some", "telling"], ["claim", "decoy"], marks)
    assert [(row.item, row.diagnostic) for row in matrix.rows] == [
        ("telling", 4),
        ("some", 1),
        ("same", 0),
        ("unjudged", None),
    ]


def test_items_alike_in_value_stay_in_order() -> None:
    matrix = lay_out(["b", "a", "c"], ["claim"], {})
    assert [row.item for row in matrix.rows] == ["b", "a", "c"]


def test_the_foot_counts_what_speaks_against_each() -> None:
    marks = {(1, "claim"): "-", (1, "decoy"): "--", (2, "claim"): "+", (2, "decoy"): "-"}
    assert lay_out([1, 2], ["claim", "decoy"], marks).feet == [
        Foot("claim", inconsistent=1, very_inconsistent=0, unjudged=0, has_least_against=True),
        Foot("decoy", inconsistent=2, very_inconsistent=1, unjudged=0, has_least_against=False),
    ]


def test_nothing_is_the_best_before_all_is_judged() -> None:
    feet = lay_out([1, 2], ["claim", "decoy"], {(1, "claim"): "-", (2, "claim"): "+"}).feet
    assert [(foot.unjudged, foot.has_least_against) for foot in feet] == [(0, False), (2, False)]


def test_nothing_is_the_best_where_all_have_as_much_against_them() -> None:
    feet = lay_out([1], ["claim", "decoy"], {(1, "claim"): "-", (1, "decoy"): "-"}).feet
    assert not any(foot.has_least_against for foot in feet)

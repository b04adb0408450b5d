"""The reasons: each root, cluster, undercut and weightless item has its line, and the numbers in them add up."""

from __future__ import annotations

from typing import Any

import pytest

from sightings.confidence import Inputs, Item, assess, explain, fuse, opinion_of
from sightings.confidence.saying import sentence
from tests.sightings.confidence.graphs import random_graph


def item(name: str, grade: str, root: str, stance: str = "supports", **values: Any) -> Item:
    return Item(name, stance, tuple(grade[:-1]), int(grade[-1]), (root,), **values)


def entries(inputs: Inputs, about: str) -> list[dict[str, Any]]:
    return [entry for entry in assess(inputs)["explanation"] if entry["about"] == about]


def texts(inputs: Inputs, about: str) -> list[str]:
    return [entry["text"] for entry in entries(inputs, about)]


CLUSTERS = {f"r{number}": f"c{number}" for number in range(9)}


def test_a_root_says_what_counts_and_what_is_said_again() -> None:
    inputs = Inputs((item("video", "F3", "r1"), item("Guardian", "BF2", "r1")), CLUSTERS)
    assert texts(inputs, "root") == [
        "r1 for the claim: 0.79, by Guardian (F2, graded by the worst source on its way);"
        " video rests on the same: adds 0."
    ]


def test_a_relay_of_the_same_root_adds_nothing_and_says_so() -> None:
    inputs = Inputs((item("video", "F3", "r1"), item("Guardian", "BF3", "r1")), CLUSTERS)
    # Both weigh the same: the one whose name comes first is counted.
    assert "video rests on the same: adds 0." in texts(inputs, "root")[0]
    inputs = Inputs((item("a video", "F3", "r1"), item("the Guardian", "BF3", "r1")), CLUSTERS)
    assert "the Guardian relays the same: adds 0." in texts(inputs, "root")[0]


def test_names_stand_in_for_ids() -> None:
    inputs = Inputs((item("e1", "B2", "r1"),), CLUSTERS)
    (entry,) = entries(inputs, "root")
    names = {"e1": "The Guardian, 20 January", "r1": "The roof video"}
    assert sentence(entry, names) == "The roof video for the claim: 2.10, by The Guardian, 20 January (B2)."


def test_remarks_say_what_lessened_an_item() -> None:
    shared = Item("e1", "refutes", ("A",), 1, ("r1", "r2"), decay=0.5, is_confirmed_here=True)
    assert texts(Inputs((shared,), CLUSTERS), "root")[0] == (
        "r1 against the claim: 0.62, by e1 (A1, shared among 2 roots, counted as 2, for what confirms it is counted"
        " itself, faded to 50 % with age)."
    )


def test_undercuts_say_who_attacks_and_how_much_is_lost() -> None:
    attack = item("e2", "A2", "r2", "undercuts", undercuts=("r1",))
    inputs = Inputs((item("e1", "A2", "r1"), attack), CLUSTERS)
    assert texts(inputs, "undercut") == ["r1: attacked by e2; what rests on it loses 55 %."]
    assert "of 2.49 the undercuts leave 45 %" in texts(inputs, "root")[0]


def test_what_a_reviewer_invalidated_is_said_plainly() -> None:
    inputs = Inputs((item("e1", "A2", "r1"),), CLUSTERS, frozenset({"r1"}))
    assert texts(inputs, "undercut") == [
        "r1: a reviewer found it to be worth nothing; all that rests on it adds 0."
    ]


def test_a_cluster_says_what_each_of_its_roots_adds() -> None:
    inputs = Inputs((item("e1", "B2", "r1"), item("e2", "B2", "r2")), {"r1": "one owner", "r2": "one owner"})
    assert texts(inputs, "cluster") == [
        "one owner for the claim: 3.15 by 2 roots that are not independent, each further one counting half:"
        " r1 2.10, r2 1.05."
    ]


@pytest.mark.parametrize(
    ("grade", "values", "why"),
    [
        ("B6", {}, "e1 adds 0: its truth cannot be judged."),
        ("B5", {}, "e1 adds 0: it is improbable."),
        ("B2", {"decay": 0.0}, "e1 adds 0: it is too old for what it says."),
        ("B2", {"stance": "neutral"}, "e1 adds 0: it is neutral."),
    ],
)
def test_what_weighs_nothing_says_why(grade: str, values: dict[str, Any], why: str) -> None:
    assert texts(Inputs((item("e1", grade, "r1", **values),), CLUSTERS), "weightless") == [why]


def test_word_and_analytic_confidence_are_two_statements() -> None:
    inputs = Inputs((item("e1", "B2", "r1"), item("e2", "B2", "r2")), CLUSTERS)
    assert texts(inputs, "word") == ["The claim is very likely."]
    assert texts(inputs, "confidence") == [
        "Analytic confidence is moderate: 2 independent clusters on the leading side, 32 % uncertainty, 0 % conflict."
    ]


def test_the_cap_is_explained() -> None:
    inputs = Inputs((item("e1", "B2", "r1"), item("e2", "B2", "r2")), {"r1": "c", "r2": "c"})
    assert texts(inputs, "word") == [
        "The claim is likely, and no stronger word is used for a single independent cluster."
    ]


def test_too_little_is_said_to_be_too_little() -> None:
    assert texts(Inputs(), "word") == ["There is insufficient information for a word of likelihood."]


def test_what_would_change_the_word_is_said() -> None:
    assert texts(Inputs((item("e1", "B2", "r1"),), CLUSTERS), "change") == [
        "One more independent B2 for the claim makes it very likely.",
        "One more independent B2 against the claim makes it roughly even chance.",
    ]
    strong = Inputs(tuple(item(f"e{number}", "A1", f"r{number}") for number in range(4)), CLUSTERS)
    assert texts(strong, "change") == [
        "3 more independent B2s for the claim make it almost certain.",
        "2 more independent B2s against the claim make it likely.",
    ]


def test_a_side_that_comes_to_lead_has_only_its_new_clusters() -> None:
    inputs = Inputs((item("e1", "F3", "r1"), item("e2", "F3", "r2")), CLUSTERS)
    against = next(entry for entry in entries(inputs, "change") if entry["stance"] == "refutes")
    assert (against["count"], against["word"]) == (1, "unlikely")


def test_the_reasons_add_up_and_leave_nothing_out() -> None:
    for seed in range(500):
        add_up(random_graph(seed))


def add_up(inputs: Inputs) -> None:
    fusion = fuse(inputs)
    found = opinion_of(fusion)
    listed = explain(inputs, fusion, found)
    for side, total in (("supports", found.support), ("refutes", found.refutation)):
        clusters = [entry for entry in listed if entry["about"] == "cluster" and entry["stance"] == side]
        assert sum(entry["weight"] for entry in clusters) == pytest.approx(total)
        for entry in clusters:
            assert sum(root["adds"] for root in entry["roots"]) == pytest.approx(entry["weight"])
    for entry in listed:
        if entry["about"] == "root":
            counting = [each for each in entry["items"] if each["counts"]]
            assert [each["weight"] for each in counting] == pytest.approx(
                [entry["best"]] * bool(entry["best"])
            )
            assert entry["best"] * (1 - entry["discount"]) == pytest.approx(entry["weight"])
    said = {each["id"] for entry in listed if entry["about"] == "root" for each in entry["items"]}
    said |= {entry["id"] for entry in listed if entry["about"] == "weightless"}
    said |= {name for entry in listed if entry["about"] == "undercut" for name in entry["by"]}
    assert said == {each.id for each in inputs.items}
    assert all(entry["text"] for entry in listed)

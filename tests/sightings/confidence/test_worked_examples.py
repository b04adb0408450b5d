"""The worked examples, to four places; and what others published about fusion in general."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sightings.confidence import MODEL, Inputs, Item, assess, read_inputs
from sightings.confidence.opinion import opinion_on, plain_word

SEVERAL = {f"r{number}": f"c{number}" for number in range(20)}
ONE = dict.fromkeys(SEVERAL, "c")


def item(grade: str, root: str = "r0", stance: str = "supports", *undercuts: str) -> Item:
    """An item such as B2; the grades before the digit are those of its path. Its name is unlike any other."""
    item.count += 1  # type: ignore[attr-defined]  # counted on the function itself
    name = f"e{item.count}"  # type: ignore[attr-defined]  # as above
    return Item(name, stance, tuple(grade[:-1]), int(grade[-1]), (root,), undercuts=undercuts)


item.count = 0  # type: ignore[attr-defined]  # as above


def each(grade: str, count: int) -> list[Item]:
    return [item(grade, f"r{number}") for number in range(count)]


def assessed(items: list[Item], clusters: dict[str, str]) -> dict[str, Any]:
    return assess(Inputs(tuple(items), clusters))


RELAYED = [item("B2"), *[item("AB2") for _ in range(5)], *[item("FB6") for _ in range(4)]]
MIXED = [
    *(item("F3"), *[item("BF3") for _ in range(5)], item("A2", "r1"), item("C3", "r2")),
    item("B2", "r3", "refutes"),
]
UNDERCUT = [item("A2"), item("A2", "r1", "undercuts", "r0")]


@pytest.mark.parametrize(
    ("items", "clusters", "support", "refutation", "probability", "uncertainty", "word", "capped"),
    [
        ([item("B2")], SEVERAL, 2.1, 0, 0.7561, 0.4878, "likely", True),
        (RELAYED, SEVERAL, 2.1, 0, 0.7561, 0.4878, "likely", True),
        (each("B2", 2), SEVERAL, 4.2, 0, 0.8387, 0.3226, "very likely", False),
        (each("B2", 2), ONE, 3.15, 0, 0.8058, 0.3883, "likely", True),
        (each("B2", 3), SEVERAL, 6.3, 0, 0.8795, 0.2410, "very likely", False),
        ([item("A1")], SEVERAL, 2.9925, 0, 0.7997, 0.4006, "likely", True),
        ([item("F3")], SEVERAL, 0.4725, 0, 0.5956, 0.8089, "insufficient information", False),
        (each("F3", 20), ONE, 0.9450, 0, 0.6604, 0.6791, "likely", True),
        (MIXED, SEVERAL, 3.9112, 2.1, 0.6130, 0.2496, "likely", False),
        (UNDERCUT, SEVERAL, 1.1099, 0, 0.6784, 0.6431, "likely", True),
    ],
)
def test_the_worked_examples_come_out_to_four_places(
    items: list[Item],
    clusters: dict[str, str],
    support: float,
    refutation: float,
    probability: float,
    uncertainty: float,
    word: str,
    capped: bool,
) -> None:
    found = assessed(items, clusters)
    numbers = [found[name] for name in ("support", "refutation", "probability", "uncertainty")]
    assert numbers == pytest.approx([support, refutation, probability, uncertainty], abs=0.00005 + 1e-9)
    assert (found["word"], found["capped"]) == (word, capped)


def test_conflict_is_the_weaker_side_of_the_stronger() -> None:
    assert assessed(MIXED, SEVERAL)["conflict"] == pytest.approx(0.54, abs=0.005)


def test_the_documented_form_is_read_and_answered() -> None:
    data = json.loads("""
        {"items": [
           {"id": "e1", "stance": "supports", "reliability_path": ["B"], "credibility": 2, "roots": ["r1"],
            "decay": 1.0},
           {"id": "e2", "stance": "undercuts", "reliability_path": ["A"], "credibility": 2, "roots": ["r2"],
            "decay": 1.0, "undercuts": ["r1"]}],
         "clusters": {"r1": "c1", "r2": "c2"}, "invalidated_roots": []}
    """)
    found = assess(read_inputs(data))
    assert found["model"] == MODEL
    assert found["probability"] == pytest.approx((0.9346 + 1) / (0.9346 + 2), abs=0.0001)
    assert (found["word"], found["capped"]) == ("likely", True)
    assert (found["conflict"], found["analytic_confidence"]) == (0.0, "low")


def test_nothing_at_all_is_an_even_chance_and_wholly_uncertain() -> None:
    found = assessed([], {})
    assert (found["probability"], found["uncertainty"], found["word"]) == (
        0.5,
        1.0,
        "insufficient information",
    )


@pytest.mark.parametrize(
    ("probability", "word"),
    [
        (0.001, "almost no chance"),
        (0.0499, "almost no chance"),
        (0.05, "very unlikely"),
        (0.1999, "very unlikely"),
        (0.20, "unlikely"),
        (0.4499, "unlikely"),
        (0.45, "roughly even chance"),
        (0.50, "roughly even chance"),
        (0.55, "roughly even chance"),
        (0.5501, "likely"),
        (0.80, "likely"),
        (0.8001, "very likely"),
        (0.95, "very likely"),
        (0.9501, "almost certain"),
        (0.999, "almost certain"),
    ],
)
def test_a_bound_belongs_to_the_word_nearer_to_one_half(probability: float, word: str) -> None:
    assert plain_word(probability, 0.75) == word
    assert plain_word(probability, 0.7501) == "insufficient information"


@pytest.mark.parametrize(
    ("support", "refutation", "clusters", "level"),
    [
        (6.0, 1.2, 3, "high"),
        (6.0, 1.21, 3, "moderate"),
        (6.0, 0.0, 3, "high"),
        (5.99, 0.0, 3, "moderate"),
        (6.0, 0.0, 2, "moderate"),
        (2.4445, 0.0, 2, "moderate"),
        (2.4444, 0.0, 2, "low"),
        (6.0, 6.0, 2, "moderate"),
        (6.0, 0.0, 1, "low"),
    ],
)
def test_analytic_confidence_asks_for_clusters_certainty_and_agreement(
    support: float, refutation: float, clusters: int, level: str
) -> None:
    assert opinion_on(support, refutation, clusters).analytic_confidence == level


@pytest.mark.parametrize(
    ("support", "refutation", "plain", "capped"),
    [
        (50.0, 0.0, "almost certain", "likely"),
        (10.0, 0.0, "very likely", "likely"),
        (0.0, 10.0, "very unlikely", "unlikely"),
        (0.0, 50.0, "almost no chance", "unlikely"),
        (2.0, 2.0, "roughly even chance", "roughly even chance"),
    ],
)
def test_one_cluster_alone_carries_no_strong_word(
    support: float, refutation: float, plain: str, capped: str
) -> None:
    assert opinion_on(support, refutation, 2).word == plain
    assert opinion_on(support, refutation, 1).word == capped
    assert opinion_on(support, refutation, 1).plain == plain
    assert [opinion_on(support, refutation, clusters).is_capped for clusters in (1, 2)] == [True, False]


def test_where_there_is_no_word_there_is_no_cap() -> None:
    assert not opinion_on(0.1, 0.0, 1).is_capped


OPINIONS = ((0.1, 0.3, 0.6), (0.4, 0.2, 0.4), (0.7, 0.1, 0.2))


def as_evidence(belief: float, disbelief: float, uncertainty: float) -> tuple[float, float]:
    """The r and s behind an opinion (Jøsang's mapping, W = 2)."""
    return 2 * belief / uncertainty, 2 * disbelief / uncertainty


def triple(support: float, refutation: float) -> list[float]:
    found = opinion_on(support, refutation, 3)
    return [found.belief, found.disbelief, found.uncertainty]


def test_independent_opinions_fuse_as_published() -> None:
    """Van der Heijden et al., Multi-Source Fusion Operations in Subjective Logic (2018), cumulative fusion."""
    pairs = [as_evidence(*opinion) for opinion in OPINIONS]
    found = triple(sum(r for r, _ in pairs), sum(s for _, s in pairs))
    assert found == pytest.approx([0.651, 0.209, 0.140], abs=0.0005)


def test_dependent_opinions_fuse_as_published() -> None:
    """The same authors' weighted fusion: evidence averaged by how certain each opinion is."""
    sure = [1 - uncertainty for _, _, uncertainty in OPINIONS]
    pairs = [as_evidence(*opinion) for opinion in OPINIONS]
    r, s = (
        sum(weight * pair[side] for weight, pair in zip(sure, pairs, strict=True)) / sum(sure)
        for side in (0, 1)
    )
    assert triple(r, s) == pytest.approx([0.562, 0.146, 0.292], abs=0.0005)


def test_an_assessment_says_all_that_is_documented_and_no_more() -> None:
    found = assessed([item("B2"), item("A2", "r1", "refutes")], SEVERAL)
    about = opinion_on(found["support"], found["refutation"], found["clusters"])
    assert found | {"explanation": []} == {
        "model": MODEL,
        "support": about.support,
        "refutation": about.refutation,
        "belief": about.belief,
        "disbelief": about.disbelief,
        "uncertainty": about.uncertainty,
        "probability": about.probability,
        "word": about.word,
        "capped": about.is_capped,
        "conflict": about.conflict,
        "analytic_confidence": about.analytic_confidence,
        "clusters": 1,
        "explanation": [],
    }

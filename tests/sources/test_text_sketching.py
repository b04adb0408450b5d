"""Sketches of texts against what they estimate: the exact Jaccard index."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.suggesting.sketching import (
    BANDS,
    LEAST_WORDS,
    NEARLY_THE_SAME,
    ROWS,
    VALUES,
    Sketch,
    shingles,
    sketch,
    words_of,
)

WORDS = 400
EXPECTED_VALUES = (180431817254187067, 338300777356632812)
EXPECTED_BAND = 1359453895472942576


def text_of(random: Random) -> list[str]:
    return [f"word{random.randrange(5000)}" for _ in range(WORDS)]


def changed(words: list[str], random: Random, share: float) -> list[str]:
    """The text with that share of its words replaced."""
    return [f"other{random.randrange(5000)}" if random.random() < share else word for word in words]


def jaccard(one: list[str], other: list[str]) -> float:
    mine, theirs = shingles(one), shingles(other)
    return len(mine & theirs) / len(mine | theirs)


def sketched(words: list[str]) -> Sketch:
    found = sketch(" ".join(words))
    assert found is not None
    return found


PAIRS = [
    (words, changed(words, random, share))
    for random in [Random(5)]
    for share in (0.0, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0)
    for _ in range(40)
    for words in [text_of(random)]
]


def test_the_estimate_is_near_the_exact_index() -> None:
    errors = [sketched(one).likeness(sketched(other)) - jaccard(one, other) for one, other in PAIRS]
    assert abs(sum(errors) / len(errors)) < 0.01
    assert max(map(abs, errors)) < 0.2  # more than four standard errors


def test_nearly_all_that_have_six_tenths_in_common_are_found_by_their_bands() -> None:
    alike = [pair for pair in PAIRS if jaccard(*pair) >= 0.6]
    found = [
        pair for pair in alike if not set(sketched(pair[0]).bands()).isdisjoint(sketched(pair[1]).bands())
    ]
    assert len(alike) > 150
    assert len(found) / len(alike) > 0.985


def test_nearly_all_of_these_are_taken_for_nearly_the_same() -> None:
    alike = [pair for pair in PAIRS if jaccard(*pair) >= 0.6]
    taken = [pair for pair in alike if sketched(pair[0]).likeness(sketched(pair[1])) >= NEARLY_THE_SAME]
    assert len(taken) / len(alike) > 0.98


def test_texts_with_little_in_common_are_not() -> None:
    different = [pair for pair in PAIRS if jaccard(*pair) <= 0.3]
    assert len(different) > 100
    assert max(sketched(one).likeness(sketched(other)) for one, other in different) < NEARLY_THE_SAME


def test_the_stated_chance_of_being_found_is_that_of_the_bands() -> None:
    assert VALUES == BANDS * ROWS
    chances = {index: 1 - (1 - index**ROWS) ** BANDS for index in (0.1, 0.3, 0.5, 0.6, 0.7)}
    stated = {0.1: 0.003, 0.3: 0.23, 0.5: 0.87, 0.6: 0.988, 0.7: 0.9998}
    assert chances == pytest.approx(stated, abs=0.005)


def test_case_and_punctuation_do_not_count() -> None:
    words = text_of(Random(1))
    assert sketch(" ".join(words)) == sketch(", ".join(words).upper() + "!")


def test_a_short_text_has_no_sketch() -> None:
    assert sketch("word " * (LEAST_WORDS - 1)) is None
    assert sketch("") is None


def test_sketches_are_the_same_whenever_they_are_made() -> None:
    """Those kept years ago are compared with those of today."""
    found = sketch(" ".join(f"word{number}" for number in range(100)))
    assert found is not None
    assert (found.words, found.values[:2], found.bands()[0]) == (100, EXPECTED_VALUES, EXPECTED_BAND)


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=3000))
def test_any_text_can_be_sketched_and_packed(text: str) -> None:
    found = sketch(text)
    if found is not None:
        assert Sketch.of_bytes(found.words, bytes(found)) == found
        assert all(-(2**63) <= band < 2**63 for band in found.bands())


def test_bytes_that_are_no_sketch_are_refused() -> None:
    with pytest.raises(ValueError, match="expected a sketch of 1024 bytes, got 3"):
        Sketch.of_bytes(40, b"abc")


def test_of_a_very_long_text_only_the_beginning_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sources.suggesting.sketching.MOST_WORDS", 50)
    assert len(words_of("word " * 80)) == 50

"""What changed between two texts: nothing is lost, nothing invented, and the cost is bounded."""

from __future__ import annotations

import time
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sources.differences import CEILING, SENTENCES, SHOWN, Kind, compare, folded, sentences

TEXTS = st.lists(
    st.sampled_from(["one", "two", "three.", "four!", "пять", "\n", "  ", "."]), max_size=60
).map(" ".join)
AFFORDED_SECONDS = 20


def words(text: str, *kinds: Kind, new: str = "") -> list[str]:
    return [word for part in compare(text, new).passages if part.kind in kinds for word in part.text.split()]


@given(TEXTS, TEXTS)
def test_what_stayed_and_what_went_is_the_old_text(old: str, new: str) -> None:
    assert words(old, Kind.SAME, Kind.REMOVED, new=new) == old.split()


@given(TEXTS, TEXTS)
def test_what_stayed_and_what_came_is_the_new_text(old: str, new: str) -> None:
    assert words(old, Kind.SAME, Kind.ADDED, new=new) == new.split()


@given(TEXTS)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    found = compare(text, text)
    assert found.is_same
    assert found.share == 1


@given(TEXTS, TEXTS)
def test_the_share_lies_between_nothing_and_all(old: str, new: str) -> None:
    assert 0 <= compare(old, new).share <= 1


@given(TEXTS, TEXTS)
def test_neighbours_are_of_different_kinds(old: str, new: str) -> None:
    kinds = [passage.kind for passage in compare(old, new).passages]
    assert all(first != second for first, second in pairwise(kinds))


@given(TEXTS)
def test_sentences_hold_every_word(text: str) -> None:
    assert [word for sentence in sentences(text) for word in sentence] == text.split()


def test_a_word_within_a_sentence_is_found() -> None:
    found = compare("The launcher stands on the roof.", "The launcher stood on the roof.")
    assert [(part.kind, part.text) for part in found.passages] == [
        (Kind.SAME, "The launcher"),
        (Kind.REMOVED, "stands"),
        (Kind.ADDED, "stood"),
        (Kind.SAME, "on the roof."),
    ]


def test_white_space_does_not_count() -> None:
    assert compare("One  two.\nThree.", "One two. Three.").is_same


def test_long_unchanged_passages_are_folded_and_counted() -> None:
    same = " ".join(f"word{number}." for number in range(500))
    shown = folded(compare(f"{same} old.", f"{same} new.").passages)
    assert [part.kind for part in shown] == [Kind.SAME, Kind.FOLDED, Kind.SAME, Kind.REMOVED, Kind.ADDED]
    assert shown[1].words == 500 - 2 * SHOWN


def test_what_lies_beyond_the_ceiling_is_said_to_be_cut() -> None:
    assert compare("a " * CEILING, "a").is_cut
    assert not compare("a", "b").is_cut


def test_no_more_sentences_are_matched_than_can_be_afforded() -> None:
    assert len(sentences("a. " * SENTENCES * 2)) == SENTENCES


def test_long_texts_that_share_nothing_are_compared_in_bounded_time() -> None:
    old, new = (" ".join(f"{name}{number}." for number in range(20_000)) for name in "ab")
    start = time.perf_counter()
    compare(old, new)
    compare("a. b. " * 30_000, "b. a. c. " * 20_000)
    assert time.perf_counter() - start < AFFORDED_SECONDS

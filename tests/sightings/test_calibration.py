"""A source's record: counts with an interval, and no percentage of a handful."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sightings.calibration import FEWEST_TO_SAY, Record, wilson

#: R. G. Newcombe, Statistics in Medicine 17 (1998), table I: the score method without continuity correction.
PUBLISHED = [
    (81, 263, 0.2553, 0.3662),
    (15, 148, 0.0624, 0.1605),
    (0, 20, 0.0000, 0.1611),
    (1, 29, 0.0061, 0.1718),
]

COUNTS = st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize(("successes", "trials", "low", "high"), PUBLISHED)
def test_the_interval_is_the_published_one(successes: int, trials: int, low: float, high: float) -> None:
    found = wilson(successes, trials)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@given(COUNTS)
def test_the_interval_holds_the_share_and_stays_within_bounds(counts: tuple[int, int]) -> None:
    successes, trials = counts
    found = wilson(successes, trials)
    assert 0 <= found.low <= successes / trials <= found.high <= 1


@given(COUNTS)
def test_the_interval_of_the_opposite_is_its_mirror(counts: tuple[int, int]) -> None:
    successes, trials = counts
    found, opposite = wilson(successes, trials), wilson(trials - successes, trials)
    assert (found.low, found.high) == pytest.approx((1 - opposite.high, 1 - opposite.low))


@pytest.mark.parametrize("counts", [(0, 0), (-1, 4), (5, 4)])
def test_counts_that_cannot_be_have_no_interval(counts: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="expected 0 ≤ successes ≤ trials"):
        wilson(*counts)


def test_supporting_what_was_verified_and_refuting_what_was_rejected_is_right() -> None:
    record = Record(
        supported_verified=3, supported_rejected=1, refuted_verified=2, refuted_rejected=4, divided=9
    )
    assert (record.right, record.decided, record.share) == (7, 10, 0.7)


def test_of_a_handful_there_is_no_share_but_an_interval() -> None:
    record = Record(supported_verified=3, supported_rejected=1)
    assert record.share is None
    assert record.interval is not None
    assert record.words == "3 of 4 borne out; too few to say (95 % interval 30 to 95 %)"


def test_enough_is_said_with_its_interval() -> None:
    record = Record(supported_verified=FEWEST_TO_SAY)
    assert record.share == 1.0
    assert record.words == "8 of 8 borne out; 95 % interval 68 to 100 %"


def test_of_nothing_decided_there_is_no_interval() -> None:
    assert Record(divided=2).interval is None
    assert Record().words == "nothing decided yet"

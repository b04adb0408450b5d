"""The looks of pictures, in small what `python -m benchmarks.pictures` shows in full."""

from __future__ import annotations

import pytest

from benchmarks import likeness
from benchmarks.likeness import measure
from sources.services.pictures import ALIKE

PICTURES = 56  # eight of each kind


@pytest.fixture(scope="module")
def result() -> likeness.Result:
    return measure(PICTURES)


def test_changed_pictures_are_found_again(result: likeness.Result) -> None:
    recalls = {likeness.change: likeness.recall for likeness in result.likenesses}
    assert recalls.keys() == {"reencoded", "resized", "cropped", "watermarked"}
    assert min(recalls.values()) >= 0.95, recalls


def test_no_two_different_pictures_are_alike(result: likeness.Result) -> None:
    assert (result.false_matches, result.nearest > ALIKE) == (0, True)


def test_what_is_saved_anew_or_resized_is_called_the_same_picture(result: likeness.Result) -> None:
    assert [likeness.median <= 12 for likeness in result.likenesses[:2]] == [True, True]


def test_the_experiment_draws_the_line_where_the_search_does() -> None:
    assert likeness.ALIKE == ALIKE

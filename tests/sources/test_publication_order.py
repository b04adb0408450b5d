"""Which was first, as far as uncertain dates tell."""

from __future__ import annotations

from datetime import date

import pytest

from sources.suggesting.order import Published, is_certainly_before, seems_before


def between(first: int | None, last: int | None) -> Published:
    return Published(date(2023, 1, first) if first else None, date(2023, 1, last) if last else None)


@pytest.mark.parametrize(
    ("one", "other", "certain", "seeming"),
    [
        (between(1, 2), between(3, 4), True, True),
        (between(1, 3), between(3, 4), False, True),
        (between(1, 3), between(1, 4), False, True),
        (between(3, 9), between(1, 31), False, False),  # one within the other: nobody can say
        (between(1, 2), between(1, 2), False, False),
        (between(3, 4), between(1, 2), False, False),
        (between(None, 2), between(3, None), True, True),
        (between(None, None), between(3, 4), False, False),
        (between(1, None), between(3, 4), False, False),
    ],
)
def test_order(one: Published, other: Published, certain: bool, seeming: bool) -> None:
    assert (is_certainly_before(one, other), seems_before(one, other)) == (certain, seeming)


def test_nothing_is_before_itself() -> None:
    day = between(1, 1)
    assert not seems_before(day, day)

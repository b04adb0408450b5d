"""Which of two publications was first, as far as their dates tell."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple


class Published(NamedTuple):
    """The earliest and the latest day on which something can have been published; None is unknown."""

    earliest: date | None
    latest: date | None


def is_certainly_before(one: Published, other: Published) -> bool:
    """Whether no day fits both but in this order."""
    return one.latest is not None and other.earliest is not None and one.latest < other.earliest


def seems_before(one: Published, other: Published) -> bool:
    """Whether one is no later at either bound and earlier at one of them. Of unknown dates nothing is said."""
    if one.earliest is None or one.latest is None or other.earliest is None or other.latest is None:
        return is_certainly_before(one, other)
    return one != other and one.earliest <= other.earliest and one.latest <= other.latest

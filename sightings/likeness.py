"""Whether two claims may be one: what, where and when compared, and how that is said. Pure.

Each of the three agrees, differs, or is unknown because one of the claims does not say it. Nothing follows from what
is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sightings.geo import distance_in_words, haversine_m

#: A circle larger than this is a region: that two claims lie in it makes nobody suspect that they are one.
LARGEST_CIRCLE_M = 50_000.0


@dataclass(frozen=True)
class Circle:
    """A position in degrees and its radius in metres, and the place's name where it is one."""

    latitude: float
    longitude: float
    radius_m: float
    name: str = ""


@dataclass(frozen=True)
class Period:
    """First and last possible day, None where that is open, and the words for it."""

    earliest: date | None
    latest: date | None
    words: str


@dataclass(frozen=True)
class Particulars:
    """What a claim says; None where it says nothing. `branch` names what its equipment is a kind of, with itself
    and all kinds of it, by key; a claim that is only compared with others needs none."""

    equipment: str | None = None
    branch: Mapping[str, str] | None = None
    circle: Circle | None = None
    period: Period | None = None


@dataclass(frozen=True)
class Likeness:
    """The reasons why two claims may be one, in words, and how many of their particulars differ."""

    reasons: tuple[str, ...]
    differing: int
    metres: float | None


def compare(claim: Particulars, other: Particulars) -> Likeness:
    """Hold the particulars of two claims against one another; `claim` is the one that knows its branch."""
    metres = _metres(claim.circle, other.circle)
    found = [
        _what(claim, other),
        _where(claim.circle, other.circle, metres),
        _when(claim.period, other.period),
    ]
    return Likeness(
        reasons=tuple(reason for reason in found if reason), differing=found.count(""), metres=metres
    )


def _what(claim: Particulars, other: Particulars) -> str | None:
    """The reason, empty where they differ, None where one is unknown; so too below."""
    if claim.branch is None or claim.equipment is None or other.equipment is None:
        return None
    if claim.equipment == other.equipment:
        return f"the same equipment, {claim.branch[claim.equipment]}"
    if other.equipment in claim.branch:
        names = claim.branch[claim.equipment], claim.branch[other.equipment]
        return f"the same branch of equipment, {names[0]} and {names[1]}"
    return ""


def _where(one: Circle | None, other: Circle | None, metres: float | None) -> str | None:
    if one is None or other is None or metres is None:
        return None
    if one.name and one == other:
        return f"the same place, {one.name}"
    if metres > one.radius_m + other.radius_m:
        return ""
    return f"places that overlap, {distance_in_words(metres)} apart"


def _when(one: Period | None, other: Period | None) -> str | None:
    if one is None or other is None:
        return None
    begins_later = (one.earliest or date.min) > (other.latest or date.max)
    ends_before = (one.latest or date.max) < (other.earliest or date.min)
    if begins_later or ends_before:
        return ""
    return f"dates that overlap, {other.words}"


def _metres(one: Circle | None, other: Circle | None) -> float | None:
    circles = [circle for circle in (one, other) if circle and circle.radius_m <= LARGEST_CIRCLE_M]
    if len(circles) < 2:
        return None
    first, second = circles
    return haversine_m(first.latitude, first.longitude, second.latitude, second.longitude)

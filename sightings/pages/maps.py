"""Sightings as marks on a locator map."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from osint.models import Investigation
from sightings.geo import haversine_m
from sightings.locator import MAX_REACH_M, Mark, render_locator
from sightings.models import Sighting

MARKS_SHOWN = 100


@dataclass(frozen=True)
class CaseMap:
    """A drawing, and how many places are too far from the others to be on it."""

    svg: SafeString
    beyond: int


def sighting_map(sighting: Sighting) -> SafeString | None:
    """Where one sighting is, None where nobody knows."""
    mark = _mark(sighting, href=None)
    return _svg(mark, []) if mark else None


def case_map(case: Investigation, sightings: Iterable[Sighting]) -> CaseMap | None:
    """Where several sightings are, each spot once and leading to what is there; None if nothing is known."""
    spots: dict[tuple[float, float], list[Sighting]] = {}
    for sighting in sightings:
        if mark := _mark(sighting, href=None):
            spots.setdefault((mark.latitude, mark.longitude), []).append(sighting)
    found = (_mark(there[0], href=_address(case, there)) for there in spots.values())
    marks = [mark for mark in found if mark is not None]
    if not marks:
        return None
    centre = min(marks, key=lambda mark: median(_distance(mark, other) for other in marks))
    others = [mark for mark in marks if mark is not centre]
    near = [mark for mark in others if _distance(centre, mark) <= MAX_REACH_M]
    return CaseMap(_svg(centre, near), beyond=len(others) - len(near))


def _address(case: Investigation, there: list[Sighting]) -> str:
    """The one sighting at a spot, or the list of those at its place."""
    first = there[0]
    if len(there) > 1 and first.place is not None:
        return f"{reverse('sightings', kwargs={'slug': case.slug})}?{urlencode({'place': first.place.slug})}"
    return reverse("sighting", kwargs={"slug": case.slug, "pk": first.pk})


def _mark(sighting: Sighting, *, href: str | None) -> Mark | None:
    where = sighting.position
    if where is None or where.latitude is None or where.longitude is None:
        return None
    label = str(sighting.place or sighting.equipment or sighting.title)
    return Mark(where.latitude, where.longitude, where.radius_m, label, href=href)


def _distance(one: Mark, other: Mark) -> float:
    return haversine_m(one.latitude, one.longitude, other.latitude, other.longitude)


def _svg(centre: Mark, others: list[Mark]) -> SafeString:
    # The renderer escapes every text it is given; its tests hold it to that.
    return mark_safe(render_locator(centre, others))  # noqa: S308  # see above

"""A small map of where marks lie to one another, as SVG text: no tiles, no script, no network.

Distances, grid and circles of uncertainty are to scale. All looks come from the page's style sheet through the
classes `locator`, `locator-grid`, `locator-scale`, `locator-north`, `locator-text`, `mark`, `mark--centre`,
`mark--KIND`, `mark-radius`, `mark-point` and `mark-label`, so that a strict content security policy holds and
dark, light and print sheets apply. Labels and `locator-text` are 12 px sans-serif.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from sightings.geo import (
    bearing_deg,
    checked_position,
    compass_point,
    distance_in_words,
    haversine_m,
    in_words,
)
from sightings.locator_labels import Spot, placed_labels
from sightings.locator_view import View, fitted_view

MAX_REACH_M = 200_000  # beyond it the marks of a city would be one blot
SCALE_MARGIN = 12
POINT_RADIUS = 4
MAX_DESCRIBED = 10
KIND = re.compile(r"[a-z][a-z0-9-]*")
LINK = re.compile(r"(?:https?://|/(?![/\\])|[#?])\S*")
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class MarkError(ValueError):
    """A mark that cannot be drawn safely or sensibly."""

    code = "mark_invalid"


@dataclass(frozen=True, slots=True)
class Mark:
    """A position in decimal degrees with its uncertainty in metres (None: not known) and what to call it.

    `kind` becomes the class `mark--KIND`; `href` is http, https or within the site. Raises `PositionError` and
    `MarkError`.
    """

    latitude: float
    longitude: float
    radius_m: float | None
    label: str
    href: str | None = None
    kind: str = "sighting"

    def __post_init__(self) -> None:
        checked_position(self.latitude, self.longitude)
        if self.radius_m is not None and not 0 <= self.radius_m < float("inf"):
            raise MarkError(f"Expected a radius in metres, zero or more, got {self.radius_m}.")
        if not KIND.fullmatch(self.kind):
            raise MarkError(f"Expected a kind of small letters, digits and hyphens, got {self.kind!r}.")
        if self.href is not None and not LINK.fullmatch(self.href):
            raise MarkError(f"Expected a link by http, https or within the site, got {self.href!r}.")


def render_locator(centre: Mark, others: Sequence[Mark], *, width: int = 480, height: int = 320) -> str:
    """The map as one `<svg>` element of `width` × `height` px, in a local equirectangular projection.

    It holds all marks, but for those too far from the centre to be told apart from it on one map; these are
    counted in the description. Close to the poles east and west are stretched.
    """
    near, far = _near_and_far(centre, others)
    view = fitted_view(centre, near, width=width, height=height)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="locator" role="img" width="{width}" height="{height}"'
        f' viewBox="0 0 {width} {height}">',
        f"<title>{_text(f'Map around {centre.label}')}</title>",
        f"<desc>{_text(_description(centre, near, len(far)))}</desc>",
        _grid(view),
        *(_mark(mark, view) for mark in reversed(near)),
        _mark(centre, view, is_centre=True),  # on top
        *_labels([centre, *near], view),
        _scale_bar(view),
        _north_arrow(view),
        "</svg>",
    ]
    return "".join(parts)


def _near_and_far(centre: Mark, others: Sequence[Mark]) -> tuple[list[Mark], list[Mark]]:
    """The others on this map, nearest first, and those off it."""
    ordered = sorted(others, key=lambda mark: _distance(centre, mark))
    reach = max(MAX_REACH_M, 2 * (centre.radius_m or 0))
    near = [mark for mark in ordered if _distance(centre, mark) <= reach]
    return near, ordered[len(near) :]


def _distance(one: Mark, other: Mark) -> float:
    return haversine_m(one.latitude, one.longitude, other.latitude, other.longitude)


def _description(centre: Mark, near: Sequence[Mark], far: int) -> str:
    sentences = [f"{centre.label}: {in_words(centre.latitude, centre.longitude, centre.radius_m)}."]
    sentences += [f"{mark.label}: {_where(centre, mark)}." for mark in near[:MAX_DESCRIBED]]
    if len(near) > MAX_DESCRIBED:
        sentences.append(f"{len(near) - MAX_DESCRIBED} more on the map.")
    if far:
        sentences.append(f"{far} too far away to be shown.")
    return " ".join(sentences)


def _where(centre: Mark, mark: Mark) -> str:
    distance = _distance(centre, mark)
    if distance < 1:
        return "at the same point"
    bearing = bearing_deg(centre.latitude, centre.longitude, mark.latitude, mark.longitude)
    return f"{distance_in_words(distance)} {compass_point(bearing)}"


def _grid(view: View) -> str:
    """Squares of the scale bar's length, one corner at the centre mark."""
    upright = "".join(f"M{_number(x)} 0V{view.height}" for x in view.grid_columns())
    level = "".join(f"M0 {_number(y)}H{view.width}" for y in view.grid_rows())
    return f'<path class="locator-grid" d="{upright}{level}"/>'


def _mark(mark: Mark, view: View, *, is_centre: bool = False) -> str:
    x, y = view.pixels(mark)
    place = f'cx="{_number(x)}" cy="{_number(y)}"'
    name = f"{mark.label}: {in_words(mark.latitude, mark.longitude, mark.radius_m)}"
    radius = view.length(mark.radius_m or 0)
    circle = f'<circle class="mark-radius" {place} r="{_number(radius)}"/>' if radius else ""
    point = f'<circle class="mark-point" {place} r="{POINT_RADIUS}"/>'
    classes = f"mark mark--{mark.kind}{' mark--centre' if is_centre else ''}"
    group = f'<g class="{classes}"><title>{_text(name)}</title>{circle}{point}</g>'
    return f'<a href="{_text(mark.href)}">{group}</a>' if mark.href else group


def _labels(marks: Sequence[Mark], view: View) -> list[str]:
    wishes = [(mark.label, *view.pixels(mark)) for mark in marks]
    frame = Spot(0, 0, view.width, view.height)
    labels = placed_labels(wishes, frame, [_scale_spot(view), _north_spot(view)])
    return [
        f'<text class="mark-label" x="{_number(x)}" y="{_number(y)}">{_text(text)}</text>'
        for text, x, y in labels
    ]


def _scale_bar(view: View) -> str:
    left, bottom = SCALE_MARGIN, view.height - SCALE_MARGIN
    words = distance_in_words(view.scale_m)
    return (
        f'<path class="locator-scale" d="M{left} {bottom - 5}v5h{_number(view.length(view.scale_m))}v-5"/>'
        f'<text class="locator-text" x="{left + 4}" y="{bottom - 6}">{words}</text>'
    )


def _scale_spot(view: View) -> Spot:
    return Spot(0, view.height - 40, view.length(view.scale_m) + 2 * SCALE_MARGIN, 40)


def _north_arrow(view: View) -> str:
    middle = view.width - 18
    return (
        f'<path class="locator-north" d="M{middle} 8l5 16l-5 -4l-5 4z"/>'
        f'<text class="locator-text" x="{middle - 4}" y="38">N</text>'
    )


def _north_spot(view: View) -> Spot:
    return Spot(view.width - 32, 0, 32, 44)


def _text(text: str) -> str:
    """Escaped for an element or a quoted attribute; what XML cannot hold becomes U+FFFD."""
    return escape(NOT_XML.sub("\ufffd", text))


def _number(value: float) -> str:
    return f"{round(value, 1) + 0.0:.1f}".removesuffix(".0")  # + 0.0: never -0

"""Who passes on what whom: publications as boxes, the roots on top, as SVG text. No script, no network.

All looks come from the page's style sheet through the classes `lineage`, `lineage-box`, `lineage-box--root`,
`lineage-box--here`, `lineage-source`, `lineage-name`, `lineage-facts`, `lineage-edge`, `lineage-edge--independent`,
`lineage-head` and `lineage-kind`, so that a strict content security policy holds and dark, light and print sheets
apply. Text is 12 px sans-serif.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 200, 62  # of a box, in pixels
GAP_X, GAP_Y = 24, 58
MARGIN = 6
#: Boxes beside one another: more would be too small to read on a page's width.
MOST_BESIDE = 4
MOST_DRAWN = 40
MOST_DESCRIBED = 30
LINE_CHARACTERS = 23  # of 12 px type in a box's width
STEPS = 20  # in which a place for a word is looked for on a curve
INDEPENDENT = "same event"
LINK = re.compile(r"/(?![/\\])\S*")
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Point = tuple[float, float]
#: Start, two control points, end.
Curve = tuple[Point, Point, Point, Point]


class BoxError(ValueError):
    """A box or an arrow that cannot be drawn safely or sensibly."""

    code = "box_invalid"


@dataclass(frozen=True, slots=True)
class Box:
    """A publication: what to call it, its source, the grade of that and who controls it; None is unknown.

    `href` is an address within the site. Raises `BoxError`.
    """

    id: str
    label: str
    source: str | None = None
    grade: str | None = None
    owner: str | None = None
    href: str | None = None

    def __post_init__(self) -> None:
        if self.href is not None and not LINK.fullmatch(self.href):
            raise BoxError(f"Expected a link within the site, got {self.href!r}.")


@dataclass(frozen=True, slots=True)
class Arrow:
    """The publication with the id `publication` relays, quotes, … the one with the id `origin`."""

    publication: str
    origin: str
    kind: str

    @property
    def is_independent(self) -> bool:
        """Whether it says that the two have nothing from one another."""
        return self.kind == INDEPENDENT


@dataclass(frozen=True)
class Layout:
    """Where each box is, by its upper left corner, and the size of it all, in pixels."""

    corners: Mapping[str, Point]
    width: float
    height: float


def render_lineage(
    boxes: Sequence[Box],
    arrows: Iterable[Arrow],
    *,
    highlighted: Collection[str] = (),
    title: str = "Lineage",
) -> str:
    """The drawing as one `<svg>` element: what derives stands below what it derives from.

    Arrows point from where something comes to who passes it on; independent observations of the same event are tied
    by a line without a head. Beyond forty boxes the rest is only counted. Raises `BoxError` for an arrow without box.
    """
    drawn = boxes[:MOST_DRAWN]
    shown = _shown(boxes, drawn, arrows)
    layout = laid_out([box.id for box in drawn], shown)
    roots = roots_of([box.id for box in drawn], shown)
    left_out = len(boxes) - len(drawn)
    return "".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" class="lineage" role="group" width="{_number(layout.width)}"'
            f' viewBox="0 0 {_number(layout.width)} {_number(layout.height)}">',
            f"<title>{_text(title)}</title>",
            f"<desc>{_text(_description(drawn, shown, roots, left_out))}</desc>",
            *(_edge(arrow, layout) for arrow in shown),
            *(_box(box, layout, is_root=box.id in roots, is_here=box.id in highlighted) for box in drawn),
            "</svg>",
        ]
    )


def _shown(boxes: Sequence[Box], drawn: Sequence[Box], arrows: Iterable[Arrow]) -> list[Arrow]:
    known, kept = {box.id for box in boxes}, {box.id for box in drawn}
    found = list(arrows)
    for arrow in found:
        if not {arrow.publication, arrow.origin} <= known:
            raise BoxError(
                f"Expected boxes at both ends, got an arrow from {arrow.origin} to {arrow.publication}."
            )
    return [arrow for arrow in found if {arrow.publication, arrow.origin} <= kept]


def roots_of(ids: Sequence[str], arrows: Iterable[Arrow]) -> set[str]:
    """Those that derive from nothing."""
    return set(ids) - {arrow.publication for arrow in arrows if not arrow.is_independent}


def laid_out(ids: Sequence[str], arrows: Sequence[Arrow]) -> Layout:
    """Boxes in rows: each below all that it derives from, near to them, and no more than four beside one another."""
    origins: dict[str, set[str]] = {each: set() for each in ids}
    for arrow in arrows:
        if not arrow.is_independent:
            origins[arrow.publication].add(arrow.origin)
    rows = list(_rows(levels(ids, origins), origins))
    widest = max((len(row) for row in rows), default=1)
    width = widest * (WIDTH + GAP_X) - GAP_X + 2 * MARGIN
    corners = {
        each: (
            MARGIN + (widest - len(row) + 2 * column) * (WIDTH + GAP_X) / 2,
            MARGIN + number * (HEIGHT + GAP_Y),
        )
        for number, row in enumerate(rows)
        for column, each in enumerate(row)
    }
    below = GAP_Y / 2 if any(arrow.is_independent for arrow in arrows) else 0
    return Layout(corners, width, max(1, len(rows)) * (HEIGHT + GAP_Y) - GAP_Y + 2 * MARGIN + below)


def levels(ids: Sequence[str], origins: Mapping[str, Collection[str]]) -> dict[str, int]:
    """How many steps at most each is from a root; a circle is entered at its first member in the order of `ids`."""
    found: dict[str, int] = {}
    waiting = list(ids)
    while waiting:
        ready = [each for each in waiting if found.keys() >= set(origins[each])] or waiting[:1]
        placed = {
            each: 1 + max((found[origin] for origin in origins[each] if origin in found), default=-1)
            for each in ready
        }
        found |= placed
        waiting = [each for each in waiting if each not in placed]
    return found


def _rows(level_of: Mapping[str, int], origins: Mapping[str, Collection[str]]) -> Iterator[list[str]]:
    """The levels from the top, each in the order of what stands above it, broken where it is too wide."""
    by_level: dict[int, list[str]] = defaultdict(list)
    for each, level in level_of.items():
        by_level[level].append(each)
    column: dict[str, float] = {}
    for level in sorted(by_level):
        row = sorted(
            by_level[level], key=lambda each: _mean(column[up] for up in origins[each] if up in column)
        )
        column |= {each: number - len(row) / 2 for number, each in enumerate(row)}
        yield from (row[start : start + MOST_BESIDE] for start in range(0, len(row), MOST_BESIDE))


def _mean(values: Iterable[float]) -> float:
    found = list(values)
    return sum(found) / len(found) if found else 0.0


def _edge(arrow: Arrow, layout: Layout) -> str:
    upper, lower = sorted(
        (layout.corners[arrow.origin], layout.corners[arrow.publication]), key=lambda each: each[1]
    )
    if arrow.is_independent:
        return _line(_independent_curve(upper, lower), arrow.kind, "lineage-edge lineage-edge--independent")
    (x1, y1), (x2, y2) = layout.corners[arrow.origin], layout.corners[arrow.publication]
    end = (x2 + WIDTH / 2, y2)
    head = f"M{_number(end[0] - 4)} {_number(end[1] - 7)}h8l-4 7z"
    curve = _upright((x1 + WIDTH / 2, y1 + HEIGHT), (end[0], end[1] - 6))
    return f'{_line(curve, arrow.kind, "lineage-edge")}<path class="lineage-head" d="{head}"/>'


def _independent_curve(upper: Point, lower: Point) -> Curve:
    """From one to the other without telling them apart; below both, where they stand beside one another."""
    start = (upper[0] + WIDTH / 2, upper[1] + HEIGHT)
    if upper[1] != lower[1]:
        return _upright(start, (lower[0] + WIDTH / 2, lower[1]))
    end = (lower[0] + WIDTH / 2, lower[1] + HEIGHT)
    return start, (start[0], start[1] + GAP_Y * 0.7), (end[0], end[1] + GAP_Y * 0.7), end


def _upright(start: Point, end: Point) -> Curve:
    """A curve that leaves and arrives upright."""
    reach = max(GAP_Y / 2, abs(end[1] - start[1]) / 2)
    return start, (start[0], start[1] + reach), (end[0], end[1] - reach), end


def _line(curve: Curve, kind: str, classes: str) -> str:
    """The curve with its word: where it has half of the last gap left, else in its middle."""
    steps = [_on(curve, step / STEPS) for step in range(STEPS + 1)]
    level = max(curve[3][1] - GAP_Y / 2, curve[0][1] + GAP_Y / 3)
    x, y = (
        min(steps, key=lambda point: abs(point[1] - level))
        if curve[0][1] < curve[3][1]
        else steps[STEPS // 2]
    )
    start, *bends = map(_point, curve)
    return (
        f'<path class="{classes}" d="M{start}C{" ".join(bends)}"/>'
        f'<text class="lineage-kind" x="{_number(x)}" y="{_number(y + 4)}" text-anchor="middle">{_text(kind)}</text>'
    )


def _on(curve: Curve, t: float) -> Point:
    """The point of a cubic Bézier curve at `t` from 0 to 1."""
    weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
    x, y = (
        sum(weight * point[axis] for weight, point in zip(weights, curve, strict=True)) for axis in (0, 1)
    )
    return x, y


def _box(box: Box, layout: Layout, *, is_root: bool, is_here: bool) -> str:
    x, y = layout.corners[box.id]
    classes = "lineage-box" + " lineage-box--root" * is_root + " lineage-box--here" * is_here
    lines = [
        (_cut(box.source or "Source unknown", LINE_CHARACTERS), 18, "lineage-source"),
        (_cut(box.label, LINE_CHARACTERS + 2), 34, "lineage-name"),
        (_cut(_facts(box), LINE_CHARACTERS + 6), 51, "lineage-facts"),
    ]
    texts = "".join(
        f'<text class="{name}" x="{_number(x + 10)}" y="{_number(y + down)}">{_text(line)}</text>'
        for line, down, name in lines
    )
    frame = f'<rect x="{_number(x)}" y="{_number(y)}" width="{WIDTH}" height="{HEIGHT}" rx="6"/>'
    group = f'<g class="{classes}"><title>{_text(_name(box))}</title>{frame}{texts}</g>'
    return f'<a href="{_text(box.href)}">{group}</a>' if box.href else group


def _facts(box: Box) -> str:
    return f"{box.grade or '–'} · {box.owner or 'control not established'}"


def _name(box: Box) -> str:
    grade = f"reliability {box.grade}" if box.grade else "not rated"
    owner = f"controlled by {box.owner}" if box.owner else "independence not established"
    return f"{box.label}, {box.source or 'source unknown'}: {grade}, {owner}"


def _cut(text: str, length: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"


def _description(boxes: Sequence[Box], arrows: Sequence[Arrow], roots: Collection[str], left_out: int) -> str:
    names = {box.id: box.label for box in boxes}
    sentences = [_sentence(arrow, names) for arrow in arrows[:MOST_DESCRIBED]]
    if len(arrows) > MOST_DESCRIBED:
        sentences.append(f"{len(arrows) - MOST_DESCRIBED} more ties.")
    if left_out:
        sentences.append(f"{left_out} more publications are not shown.")
    top = ", ".join(box.label for box in boxes if box.id in roots)
    return " ".join([*([f"Roots: {top}."] if top else []), *sentences])


def _sentence(arrow: Arrow, names: Mapping[str, str]) -> str:
    if arrow.is_independent:
        return f"{names[arrow.publication]} and {names[arrow.origin]} saw the same event independently."
    return f"{names[arrow.publication]} {arrow.kind} {names[arrow.origin]}."


def _text(text: str) -> str:
    """Escaped for an element or a quoted attribute; what XML cannot hold becomes U+FFFD."""
    return escape(NOT_XML.sub("\ufffd", text))


def _point(point: Point) -> str:
    return f"{_number(point[0])} {_number(point[1])}"


def _number(value: float) -> str:
    return f"{round(value, 1) + 0.0:.1f}".removesuffix(".0")  # + 0.0: never -0

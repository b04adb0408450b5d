"""Where a picture has been seen before: near-duplicates over the whole archive, each reader within their own cases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Count, QuerySet

from osint.access import investigations_for
from osint.models import Investigation, User
from sources.archiving.examining.tasks import LOOK_BYTES, Look, View
from sources.models import CaptureFile, PictureHash, StoredFile
from sources.services.findings import bit_string

#: Of 256 bits so many may differ. Found by experiment: `python -m benchmarks.pictures` shows what it keeps apart.
ALIKE, VERY_ALIKE, SAME = 60, 36, 12

#: Cases with no more kept files are compared one by one: exactly, and sooner than through the index.
FEW = 2_000
#: How many neighbours of each view the index is asked for: more when as many turn out to be alike, because a picture
#: that others keep in hundreds of versions must not hide the one that the reader may see.
DEPTHS = (40, 400, 4_000)
MOST_FOUND = 1_000
MOST_MATCHES = 100


@dataclass(frozen=True)
class Match:
    """A kept file that looks alike, as it was first seen with its publication: of 256 bits `distance` differ.

    `at_seconds` says where in a video; `times` how many captures of the publication kept the file.
    """

    kept: CaptureFile
    distance: int
    at_seconds: float | None
    times: int

    @property
    def words(self) -> str:
        """The distance for people."""
        if self.distance <= SAME:
            return "same picture"
        return "very alike" if self.distance <= VERY_ALIKE else "alike"


@dataclass(frozen=True)
class Near:
    """A stored file and how far its nearest look is."""

    file_id: UUID
    distance: int
    at_seconds: float | None


def find_alike(
    user: User,
    looks: Sequence[Look],
    *,
    within: Investigation | None = None,
    besides: CaptureFile | None = None,
) -> list[Match]:
    """What looks alike in the cases that `user` may see, or only `within` one; the nearest first, at most a hundred.

    Each file counts once for each publication that showed it. `besides` is left out with its publication: the same
    bytes in another publication are the best match there is.
    """
    cases = investigations_for(user)
    if within is not None:
        cases = cases.filter(pk=within.pk)
    nearest = nearest_files(looks, list(cases.values_list("pk", flat=True)))
    return _matches(nearest, cases, besides)


def looks_of(file: StoredFile) -> list[Look]:
    """The looks that the file was found to have; none before it is examined, or where there is nothing to see."""
    rows = file.picture_hashes.order_by("at_seconds")
    return [Look(_view_of(row), tuple(_views_of(row)), row.at_seconds) for row in rows]


def nearest_files(looks: Sequence[Look], cases: Sequence[UUID]) -> dict[UUID, Near]:
    """The files kept in these cases with a look near to one of `looks`, nearest first, each once."""
    if not looks or not cases:
        return {}
    asked = {
        "bits": [bit_string(view.bits) for look in looks for view in (look.whole, *look.views)],
        "sketches": [bit_string(view.sketch) for look in looks for view in _finding(look)],
        "cases": list(cases),
        "most": ALIKE,
        "limit": MOST_FOUND,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        rows = _compared(cursor, asked) if _are_few(cases) else _searched(cursor, asked)
    nearest: dict[UUID, Near] = {}
    for near in sorted(rows, key=attrgetter("distance")):
        nearest.setdefault(near.file_id, near)
    return nearest


def _finding(look: Look) -> list[View]:
    """The picture as it is, and its middle views: sketches are near enough for the others to add nothing."""
    return [look.whole, *look.views[4::5]]


def _view_of(row: PictureHash) -> View:
    return View(*(int(bits, 2).to_bytes(LOOK_BYTES, "big") for bits in (row.bits, row.sketch)))


def _views_of(row: PictureHash) -> Iterator[View]:
    packed = bytes(row.views)
    for start in range(0, len(packed), 2 * LOOK_BYTES):
        yield View.of_bytes(packed[start : start + 2 * LOOK_BYTES])


def _are_few(cases: Sequence[UUID]) -> bool:
    kept = CaptureFile.objects.filter(capture__investigation__in=cases)
    return kept.order_by()[: FEW + 1].count() <= FEW


# The query builder writes neither LATERAL nor MATERIALIZED; without them PostgreSQL would compare a million rows
# with every view, or ask the index for far more than is taken.
JUDGED = """views AS MATERIALIZED (SELECT given::bit(256) AS bits FROM unnest(%(bits)s::text[]) AS given),
judged AS MATERIALIZED (
    SELECT file_id, at_seconds, (SELECT min(chosen.bits <~> views.bits)::int FROM views) AS distance FROM chosen
)"""

COMPARE = f"""
WITH chosen AS MATERIALIZED (
    SELECT file_id, at_seconds, bits FROM sources_picturehash WHERE file_id IN (
        SELECT kept.file_id FROM sources_capturefile kept JOIN sources_capture capture ON capture.id = kept.capture_id
        WHERE capture.investigation_id = ANY(%(cases)s)
    )
), {JUDGED}
SELECT file_id, distance, at_seconds FROM judged WHERE distance <= %(most)s ORDER BY distance LIMIT %(limit)s
"""  # noqa: S608 - constants joined; values are parameters

SEARCH = f"""
WITH near AS MATERIALIZED (
    SELECT DISTINCT look.id FROM unnest(%(sketches)s::text[]) AS given CROSS JOIN LATERAL (
        SELECT id FROM sources_picturehash ORDER BY sketch <~> given::bit(256) LIMIT %(depth)s
    ) look
), chosen AS (SELECT file_id, at_seconds, bits FROM sources_picturehash JOIN near USING (id)
), {JUDGED}, alike AS MATERIALIZED (SELECT * FROM judged WHERE distance <= %(most)s)
SELECT total.alike, seen.file_id, seen.distance, seen.at_seconds
FROM (SELECT count(*) AS alike FROM alike) total LEFT JOIN LATERAL (
    SELECT * FROM alike WHERE EXISTS (
        SELECT 1 FROM sources_capturefile kept JOIN sources_capture capture ON capture.id = kept.capture_id
        WHERE kept.file_id = alike.file_id AND capture.investigation_id = ANY(%(cases)s)
    ) ORDER BY distance LIMIT %(limit)s
) seen ON true
"""  # noqa: S608 - as above


def _compared(cursor: Any, asked: dict[str, Any]) -> list[Near]:
    """All that the cases kept, one by one."""
    cursor.execute(COMPARE, asked)
    return [Near(*row) for row in cursor.fetchall()]


def _searched(cursor: Any, asked: dict[str, Any]) -> list[Near]:
    """What the index finds in the whole archive, and of that what the cases kept."""
    cursor.execute("SET LOCAL hnsw.iterative_scan = strict_order")
    rows: list[Any] = []
    for depth in DEPTHS:
        cursor.execute("SELECT set_config('hnsw.ef_search', %s, true)", [str(min(depth, 1000))])
        cursor.execute(SEARCH, {**asked, "depth": depth})
        rows = cursor.fetchall()
        if rows[0][0] < depth:
            break
    return [Near(*row[1:]) for row in rows if row[1] is not None]


def _matches(
    nearest: dict[UUID, Near], cases: QuerySet[Investigation], besides: CaptureFile | None
) -> list[Match]:
    """The kept files behind near ones: for each publication the first, and how often it was kept."""
    seen = CaptureFile.objects.filter(file__in=nearest, capture__investigation__in=cases)
    if besides is not None:
        itself = {"file": besides.file_id, "capture__publication": besides.capture.publication_id}
        seen = seen.exclude(**itself)
    by_publication = ("file_id", "capture__publication_id")
    counted = seen.order_by().values_list(*by_publication).annotate(Count("capture", distinct=True))
    times = {(file, publication): count for file, publication, count in counted}
    firsts = seen.order_by(*by_publication, "pk").distinct(*by_publication)
    kept = firsts.select_related(
        "file__medium_facts__thumbnail", "capture__publication__source", "capture__investigation"
    )
    matches = [
        Match(
            kept=row,
            distance=nearest[row.file_id].distance,
            at_seconds=nearest[row.file_id].at_seconds,
            times=times[row.file_id, row.capture.publication_id],
        )
        for row in kept.defer("capture__facts", "file__medium_facts__embedded")
    ]
    return sorted(matches, key=lambda match: (match.distance, match.kept.pk))[:MOST_MATCHES]

"""Searching among very many looks, as a reader does who may see some of them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import NormalDist, median, quantiles
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.database import database

if TYPE_CHECKING:
    from osint.models import User
    from sources.archiving.examining.tasks import Look

FREQUENCIES, LEVELS = 32, 8
STEPS = np.array([NormalDist().inv_cdf(step / (LEVELS + 1)) for step in range(1, LEVELS + 1)])
CASES = 10
AT_ONCE = 5_000
WARMING = 20
#: What cropping and marking do to looks: the noise of a sketch's strengths, and how many bits differ.
NOISE, FLIPPED = 0.35, 48

Random = np.random.Generator
Bits = NDArray[np.bool_]

# What a search reads: looks, the files they are of, and which case kept each.
FILL = """
INSERT INTO sources_storedfile
    (id, created_at, updated_at, sha256, size, media_type, is_spliced, stored_at, reserved_until)
SELECT gen_random_uuid(), now(), now(), encode(sha256(number::text::bytea), 'hex'), 1, 'image/jpeg', false, now(), now()
FROM made;
INSERT INTO sources_picturehash (file_id, bits, sketch, views)
SELECT file.id, made.bits, made.sketch, '' FROM made
JOIN sources_storedfile file ON file.sha256 = encode(sha256(made.number::text::bytea), 'hex');
INSERT INTO sources_capturefile (id, created_at, updated_at, capture_id, file_id, role, url)
SELECT gen_random_uuid(), now(), now(), (%(captures)s::uuid[])[1 + made.number %% %(cases)s], file.id, 'medium', ''
FROM made JOIN sources_storedfile file ON file.sha256 = encode(sha256(made.number::text::bytea), 'hex');
"""


@dataclass(frozen=True)
class Search:
    """What came of the searches: times in milliseconds, and the share that found what was looked for.

    `database_ms` is the part of the median that the database takes to find the near ones.
    """

    hashes: int
    index_s: float
    median_ms: float
    slow_ms: float
    database_ms: float
    recall: float


def search_among(folder: Path, hashes: int, searches: int) -> Search:
    """Fill a database below `folder` and search in it."""
    with database(folder):
        from tests import cast  # only once Django is set up

        teams = [cast.team(f"case-{number}") for number in range(CASES)]
        random = np.random.default_rng(20230119)
        strengths, bits = _drawn(random, hashes)
        index_s = _fill(strengths, bits, [str(_capture(team)) for team in teams])
        # The reader is on the first case, which kept every tenth.
        wanted = random.integers(0, hashes // CASES, searches + WARMING) * CASES
        asked = [_changed(random, strengths[number], bits[number]) for number in wanted]
        found = [
            _timed(teams[0].viewer, look, int(number)) for look, number in zip(asked, wanted, strict=True)
        ]
    times, parts, hits = zip(*found[WARMING:], strict=True)
    slow = quantiles(times, n=20)[-1]
    return Search(hashes, index_s, median(times), slow, median(parts), sum(hits) / searches)


def _drawn(random: Random, count: int) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    strengths = _level(random.normal(size=(count, FREQUENCIES)).astype(np.float32))
    return strengths, random.integers(0, 256, (count, 32), dtype=np.uint8)


def _level(strengths: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(strengths / np.sqrt((strengths**2).mean(axis=-1, keepdims=True)), dtype=np.float32)


def _sketch(strengths: NDArray[np.float32]) -> Bits:
    return np.asarray(strengths[..., None] > STEPS).reshape(*strengths.shape[:-1], FREQUENCIES * LEVELS)


def _changed(random: Random, strengths: NDArray[np.float32], bits: NDArray[np.uint8]) -> Look:
    """The look of a version of the picture, with views that help no more than the whole."""
    from sources.archiving.examining.tasks import Look, View

    def view() -> View:
        noisy = _level(strengths + random.normal(scale=NOISE, size=FREQUENCIES).astype(np.float32))
        flipped = np.unpackbits(bits)
        flipped[random.choice(256, FLIPPED, replace=False)] ^= 1
        return View(np.packbits(flipped).tobytes(), np.packbits(_sketch(noisy)).tobytes())

    return Look(view(), tuple(view() for _ in range(10)))


def _capture(team: Any) -> object:
    from sources.models import Capture
    from tests import cast

    publication = cast.publication(team)
    return Capture.objects.create(
        investigation=team.case,
        publication=publication,
        requested_by=team.researcher,
        url=publication.url,
        state="succeeded",
        verdict="complete",
    ).pk


def _fill(strengths: NDArray[np.float32], bits: NDArray[np.uint8], captures: list[str]) -> float:
    """Write the rows, and only then make the index; returns the seconds that took."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX picture_sketch_near")
        cursor.execute("CREATE TEMPORARY TABLE made (number int, bits bit(256), sketch bit(256))")
        with cursor.copy("COPY made FROM STDIN") as copy:
            for start in range(0, len(bits), AT_ONCE):
                copy.write(_lines(start, strengths[start : start + AT_ONCE], bits[start : start + AT_ONCE]))
        cursor.execute(FILL, {"captures": captures, "cases": CASES})
        started = time.monotonic()
        cursor.execute("SET maintenance_work_mem = '1GB'")
        cursor.execute(
            "CREATE INDEX picture_sketch_near ON sources_picturehash USING hnsw (sketch bit_hamming_ops)"
        )
        took = time.monotonic() - started
        cursor.execute("ANALYZE")
    return took


def _lines(start: int, strengths: NDArray[np.float32], bits: NDArray[np.uint8]) -> str:
    rows = zip(_digits(np.unpackbits(bits, axis=1)), _digits(_sketch(strengths)), strict=True)
    return "".join(f"{start + number}\t{own}\t{sketch}\n" for number, (own, sketch) in enumerate(rows))


def _digits(rows: NDArray[Any]) -> Iterator[str]:
    return ((row.astype(np.uint8) + ord("0")).tobytes().decode("ascii") for row in rows)


def _timed(reader: User, look: Look, number: int) -> tuple[float, float, bool]:
    """One search: milliseconds, those in the database's own search, and whether the picture was found."""
    from hashlib import sha256

    from django.db import connection

    from sources.services.pictures import find_alike

    spent: list[float] = []

    def watch(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        started = time.perf_counter()
        try:
            return execute(sql, parameters, many, context)
        finally:
            if "<~>" in sql:
                spent.append((time.perf_counter() - started) * 1000)

    started = time.perf_counter()
    with connection.execute_wrapper(watch):
        matches = find_alike(reader, [look])
    took = (time.perf_counter() - started) * 1000
    digest = sha256(str(number).encode()).hexdigest()
    return took, sum(spent), any(match.kept.file.sha256 == digest for match in matches)

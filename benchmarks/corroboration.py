"""Weighing evidence: how fast the model is, how long a large instance takes to recompute, how soon a change is seen.

And, with real reports of others where their file is at hand, that what counts is publishers and not articles.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
import time
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.database import database
from benchmarks.reports import REPORTS, reported
from sightings.confidence import Inputs, Item, fuse, opinion_of

ROOT = Path(__file__).resolve().parent.parent
ROUNDS, AT_ONCE = 5, 20_000
WANTED_RATE = 20_000
WANTED_SECONDS, WANTED_VISIBLE = 600.0, 2.0
CHANGES, TICK_SECONDS = 20, 1.0

# What a large instance holds. Every fifth publication relays another, every third source has an owner.
FILL = """
INSERT INTO sources_source (id, created_at, updated_at, name, kind, homepage, language, country, description)
SELECT gen_random_uuid(), now(), now(), 'Source ' || number, 'outlet', '', '', '', ''
FROM generate_series(1, %(sources)s) AS number;
CREATE TEMPORARY TABLE numbered_source AS SELECT row_number() OVER () AS number, id FROM sources_source;
INSERT INTO sources_owner (id, created_at, updated_at, name, kind, description)
SELECT gen_random_uuid(), now(), now(), 'Owner ' || number, 'company', '' FROM generate_series(1, 100) AS number;
CREATE TEMPORARY TABLE numbered_owner AS SELECT row_number() OVER () AS number, id FROM sources_owner;
INSERT INTO sources_sourcerating (id, created_at, updated_at, source_id, reliability, rated_on, rater_id, reason)
SELECT gen_random_uuid(), now(), now(), id, substr('ABCDEF', 1 + (number %% 6)::int, 1), '2023-01-01', %(person)s,
    'Made up.'
FROM numbered_source;
INSERT INTO sources_ownership (id, created_at, updated_at, source_id, owner_id, since, established_by_id, reason)
SELECT gen_random_uuid(), now(), now(), source.id, owner.id, '2023-01-01', %(person)s, 'Made up.'
FROM numbered_source source JOIN numbered_owner owner ON owner.number = 1 + source.number %% 100
WHERE source.number %% 3 <> 0;
CREATE TEMPORARY TABLE numbered_publication AS
SELECT number, gen_random_uuid() AS id FROM generate_series(1, %(publications)s) AS number;
INSERT INTO sources_publication (id, created_at, updated_at, investigation_id, source_id, url, canonical_url, kind,
    title, author, language, published)
SELECT made.id, now(), now(), %(case)s, source.id, 'https://made.example/' || made.number,
    'https://made.example/' || made.number, 'article', 'Page ' || made.number, '', 'en', ''
FROM numbered_publication made JOIN numbered_source source ON source.number = 1 + made.number %% %(sources)s;
INSERT INTO sources_derivation (id, created_at, updated_at, investigation_id, publication_id, derives_from_id, kind,
    note)
SELECT gen_random_uuid(), now(), now(), %(case)s, relay.id, origin.id, 'relays', ''
FROM numbered_publication relay JOIN numbered_publication origin ON origin.number = relay.number - 1
WHERE relay.number %% 5 = 0;
CREATE TEMPORARY TABLE numbered_sighting AS
SELECT number, gen_random_uuid() AS id FROM generate_series(1, %(sightings)s) AS number;
INSERT INTO sightings_sighting (id, created_at, updated_at, investigation_id, title, description, operator, activity,
    "when", status, logged_by_id, word, analytic_confidence)
SELECT id, now(), now(), %(case)s, 'Sighting ' || number, '', '', 'deployed', '', 'proposed', %(person)s, '', ''
FROM numbered_sighting;
INSERT INTO sightings_evidence (id, created_at, updated_at, investigation_id, sighting_id, publication_id, stance,
    credibility, quotation, fragment, note, attached_by_id, withdrawn_reason)
SELECT gen_random_uuid(), now(), now(), %(case)s, sighting.id, publication.id,
    CASE WHEN item = 4 AND sighting.number %% 3 = 0 THEN 'refutes' ELSE 'supports' END,
    1 + (sighting.number + item) %% 6, '', '', '', %(person)s, ''
FROM numbered_sighting sighting CROSS JOIN generate_series(0, %(each)s - 1) AS item
JOIN numbered_publication publication
    ON publication.number = 1 + (sighting.number * 5 + item) %% %(publications)s;
ANALYZE;
"""


def main() -> int:
    """Run all parts and print the table; 1 when something is not as wanted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sightings", type=int, default=200_000, help="0 for none (default 200000)")
    parser.add_argument("--each", type=int, default=5, help="items of evidence of each (default 5)")
    options = parser.parse_args()
    is_well = _model()
    if options.sightings:
        (ROOT / "var").mkdir(exist_ok=True)
        with (
            tempfile.TemporaryDirectory(prefix="sightline-bench-", dir=ROOT / "var") as folder,
            database(Path(folder)),
        ):
            is_well = _recomputed(options.sightings, options.each) and is_well
            is_well = _visible() and is_well
            is_well = _publishers() and is_well
    return 0 if is_well else 1


def five_items() -> Inputs:
    """A claim as they are: a video and its relay, imagery, a report, a denial."""
    return Inputs(
        (
            Item("video", "supports", ("F",), 3, ("r1",)),
            Item("relay", "supports", ("B", "F"), 3, ("r1",)),
            Item("imagery", "supports", ("A",), 2, ("r2",)),
            Item("report", "supports", ("C",), 3, ("r3",)),
            Item("denial", "refutes", ("B",), 2, ("r4",)),
        ),
        {"r1": "c1", "r2": "c2", "r3": "c3", "r4": "c4"},
    )


def _model() -> bool:
    inputs, rates = five_items(), []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        for _ in range(AT_ONCE):
            opinion_of(fuse(inputs))
        rates.append(AT_ONCE / (time.perf_counter() - started))
    rate = median(rates)
    return _say(
        f"the model on five items: {rate:,.0f} a second on one core (wanted {WANTED_RATE:,})",
        rate >= WANTED_RATE,
    )


def _recomputed(sightings: int, each: int) -> bool:
    from django.core.management import call_command

    from sightings.models import Assessment, Evidence

    started = time.monotonic()
    _fill(sightings, each)
    _say(
        f"{sightings:,} sightings with {Evidence.objects.count():,} items, made in {time.monotonic() - started:.0f} s"
    )
    with Watch() as memory:
        started = time.monotonic()
        call_command("recompute_assessments", all=True, processes=2)
        seconds = time.monotonic() - started
    are_all = Assessment.objects.count() == sightings
    text = f"recomputed in {seconds:.0f} s by two processes (wanted {WANTED_SECONDS:.0f})"
    early, late = memory.early / 1e6, memory.most / 1e6
    _say(f"memory of the processes together: {early:.0f} MB early on, {late:.0f} MB at the most")
    return _say(text, are_all and seconds <= WANTED_SECONDS)


def _visible() -> bool:
    """Changes in a full instance, seen as a reader sees them, while something ticks as the clock does."""
    from sightings.models import Evidence, Recomputation
    from sightings.services.assessments import recompute_due

    stopping = threading.Event()

    def tick() -> None:
        from django.db import connection

        while not stopping.wait(TICK_SECONDS):
            recompute_due()
        connection.close()

    clock = threading.Thread(target=tick)
    clock.start()
    waits = []
    for item in Evidence.objects.order_by("pk")[:CHANGES]:
        started = time.monotonic()
        Evidence.objects.filter(pk=item.pk).update(credibility=1 + item.credibility % 6)
        while Recomputation.objects.filter(sighting=item.sighting_id).exists():
            time.sleep(0.01)
        waits.append(time.monotonic() - started)
    stopping.set()
    clock.join()
    text = f"a change is seen after {median(waits):.2f} s at the median, {max(waits):.2f} s at the most"
    return _say(f"{text} (wanted {WANTED_VISIBLE:.0f})", max(waits) <= WANTED_VISIBLE)


def _publishers() -> bool:
    if not REPORTS.is_file():
        return _say(f"reports of others: skipped, {REPORTS.name} is not at hand")
    found = reported(REPORTS)
    _say(f"{found.events:,} events of the Uppsala Conflict Data Program, {found.articles:,} articles")
    _say(
        f"of {found.several:,} events with several articles {found.one_publisher:,} have one publisher "
        f"({found.one_publisher / found.several:.0%})"
    )
    text = f"independent roots are as many as publishers in {found.right:,} events"
    return _say(text, found.right == found.events)


class Watch:
    """Memory of this process's children, looked at four times a second: after three seconds, and at the most."""

    def __enter__(self) -> Watch:
        self.early, self.most, self._looks = 0, 0, 0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stopping.set()
        self._thread.join()

    def _watch(self) -> None:
        import psutil  # type: ignore[import-untyped]  # has no types of its own

        own = psutil.Process()
        while not self._stopping.wait(0.25):
            children = [child for child in own.children() if child.name().startswith("python")]
            found = sum(child.memory_info().rss for child in children)
            self.most = max(self.most, found)
            self._looks += 1
            if self._looks == 12:
                self.early = found


def _fill(sightings: int, each: int) -> None:
    from django.db import connection

    from tests import cast

    team = cast.team()
    values: dict[str, Any] = {
        "sightings": sightings,
        "each": each,
        "publications": max(sightings, 10),
        "sources": 1_000,
        "case": team.case.pk,
        "person": team.researcher.pk,
    }
    with connection.cursor() as cursor:
        for statement in FILL.split(";\n"):
            if statement.strip():
                cursor.execute(statement, values)


def _say(text: str, is_well: bool | None = None) -> bool:
    word = "" if is_well is None else (": yes" if is_well else ": NO")
    sys.stdout.write(f"{text}{word}\n")
    sys.stdout.flush()
    return is_well is not False


if __name__ == "__main__":
    sys.exit(main())

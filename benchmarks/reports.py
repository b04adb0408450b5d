"""Real reports of others, taken in as a case: events of the Uppsala Conflict Data Program, each with its articles.

The Georeferenced Event Dataset (Sundberg & Melander 2013, CC BY 4.0) names for each event the articles that it rests
on, with publisher, date and headline. Each publisher is its own master here: independent roots are publishers.
"""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

if TYPE_CHECKING:
    from osint.models import User
    from sightings.models import Evidence, Sighting
    from sources.models import Publication
    from tests.cast import Team

NAME = "ucdp_syria_events_A_CC-BY-4.0.csv"
FOLDER = Path(os.environ.get("SIGHTLINE_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data")
REPORTS = FOLDER / NAME

#: One article in the column that lists them: publisher, date and headline within quotes.
ARTICLE = re.compile(r'"([^",]*),([^",]*),(.*?)"(?:;|$)')


class Article(NamedTuple):
    """One article as the data names it."""

    publisher: str
    day: str
    headline: str

    @property
    def url(self) -> str:
        """An address that cannot be reached: the data names none."""
        return f"https://report.invalid/{sha256(repr(tuple(self)).encode()).hexdigest()}"


@dataclass(frozen=True)
class Found:
    """Counts of events. `right` are those with as many independent roots as publishers."""

    events: int
    articles: int
    several: int
    one_publisher: int
    right: int


def articles_of(row: dict[str, str]) -> list[Article]:
    """The articles of an event, each once."""
    offices, days, headlines = (
        row[name].split(";") for name in ("source_office", "source_date", "source_headline")
    )
    if len(offices) == len(days) == len(headlines):
        listed = [Article(*map(str.strip, each)) for each in zip(offices, days, headlines, strict=True)]
    else:  # a headline holds a semicolon: then only the column of whole articles parts them
        listed = [Article(*map(str.strip, each)) for each in ARTICLE.findall(row["source_article"])]
    return list(dict.fromkeys(article for article in listed if article.publisher))


def reported(path: Path) -> Found:
    """Take the events in as sightings, assess them, and count."""
    from sightings.models import Assessment
    from sightings.services.assessments import recompute_due
    from tests import cast

    with path.open(encoding="utf-8", newline="") as file:
        events = [(row["id"], found) for row in csv.DictReader(file) if (found := articles_of(row))]
    team = cast.team("reports")
    titles = _entered(team, events)
    recompute_due(seconds=3600)
    counts = {
        titles[sighting]: len(set(inputs["clusters"].values()))
        for sighting, inputs in Assessment.objects.filter(sighting__in=list(titles)).values_list(
            "sighting_id", "inputs"
        )
    }
    publishers = {name: len({article.publisher for article in found}) for name, found in events}
    several = [name for name, found in events if len(found) > 1]
    return Found(
        len(events),
        len({article for _, found in events for article in found}),
        len(several),
        sum(publishers[name] == 1 for name in several),
        sum(counts[name] == publishers[name] for name in publishers),
    )


def _entered(team: Team, events: list[tuple[str, list[Article]]]) -> dict[UUID, str]:
    """The names of the events by the keys of their sightings."""
    from sightings.models import Evidence, Sighting
    from sources.models import Owner, Ownership, Publication, Source

    person = team.researcher
    articles = list(dict.fromkeys(article for _, found in events for article in found))
    sources = {
        name: Source(name=name, kind="outlet", private_to=team.case)
        for name in sorted({a.publisher for a in articles})
    }
    owners = {name: Owner(name=f"Publisher of {name}", kind="company") for name in sources}
    publications = {
        article: Publication(
            investigation=team.case,
            source=sources[article.publisher],
            url=article.url,
            canonical_url=article.url,
            title=article.headline[:500],
        )
        for article in articles
    }
    sightings = {
        name: Sighting(investigation=team.case, title=f"Event {name}", logged_by=person, activity="unknown")
        for name, _ in events
    }
    Source.objects.bulk_create(sources.values())
    Owner.objects.bulk_create(owners.values())
    Ownership.objects.bulk_create(
        Ownership(
            source=sources[name], owner=owners[name], established_by=person, reason="Each its own master."
        )
        for name in sources
    )
    Publication.objects.bulk_create(publications.values(), batch_size=1000)
    Sighting.objects.bulk_create(sightings.values(), batch_size=1000)
    Evidence.objects.bulk_create(_links(events, sightings, publications, person), batch_size=1000)
    return {sighting.pk: name for name, sighting in sightings.items()}


def _links(
    events: list[tuple[str, list[Article]]],
    sightings: dict[str, Sighting],
    publications: dict[Article, Publication],
    person: User,
) -> Iterator[Evidence]:
    from sightings.models import Evidence

    for name, found in events:
        for article in found:
            yield Evidence(
                investigation=sightings[name].investigation,
                sighting=sightings[name],
                publication=publications[article],
                stance="supports",
                credibility=3,
                attached_by=person,
            )

"""Reading for pages: what stands beside what."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, QuerySet

from osint.models import Investigation, JobState
from sources.models import Capture, Derivation, Publication, Source
from sources.selectors import captures_in, sources_in


def cited_sources(investigation: Investigation) -> QuerySet[Source]:
    """The sources that publications of the case come from."""
    cited = Publication.objects.filter(investigation=investigation, source=OuterRef("pk"))
    return sources_in(investigation).filter(Exists(cited))


def publication_counts(investigation: Investigation, source_ids: Iterable[UUID]) -> dict[UUID, int]:
    """How many publications of the case come from each of these sources."""
    rows = investigation.publications.filter(source__in=list(source_ids)).order_by()
    return dict(rows.values_list("source").annotate(Count("pk")))


def telling_captures(investigation: Investigation, publication_ids: Iterable[UUID]) -> dict[UUID, Capture]:
    """For each publication the capture that says most about it now.

    That is the one under way, else the newest that preserved something, else the newest.
    """
    captures = captures_in(investigation).filter(publication__in=list(publication_ids)).order_by("pk")
    telling: dict[UUID, Capture] = {}
    for capture in captures:
        held = telling.get(capture.publication_id)
        if held is None or _weight(capture) >= _weight(held):
            telling[capture.publication_id] = capture
    return telling


def _weight(capture: Capture) -> int:
    if not capture.has_ended:
        return 2
    return 1 if capture.state == JobState.SUCCEEDED else 0


def derivations_of(publication: Publication) -> QuerySet[Derivation]:
    """What the publication relays, quotes, embeds or translates."""
    return publication.derives.select_related("derives_from__source").order_by("pk")


def derivations_from(publication: Publication) -> QuerySet[Derivation]:
    """What relays, quotes, embeds or translates the publication."""
    return publication.derived.select_related("publication__source").order_by("pk")

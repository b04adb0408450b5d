"""Reading for pages: what stands beside what."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, When

from osint.models import ENDED, Investigation, JobState
from sources.models import Capture, Derivation, DerivationSuggestion, Publication, Source
from sources.selectors import captures_in, open_suggestions_in, sources_in


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
    rank = Case(When(state=JobState.SUCCEEDED, then=1), When(state__in=ENDED, then=2), default=0)
    captures = Capture.objects.filter(publication__in=list(publication_ids))
    telling = captures.order_by("publication_id", rank, "-pk").distinct("publication_id")
    found = captures_in(investigation).filter(pk__in=telling.values("pk"))
    return {capture.publication_id: capture for capture in found}


def derivations_of(publication: Publication) -> QuerySet[Derivation]:
    """What the publication relays, quotes, embeds or translates."""
    return publication.derives.select_related("derives_from__source").order_by("pk")


def derivations_from(publication: Publication) -> QuerySet[Derivation]:
    """What relays, quotes, embeds or translates the publication."""
    return publication.derived.select_related("publication__source").order_by("pk")


def suggestions_about(
    investigation: Investigation, publication: Publication | UUID
) -> QuerySet[DerivationSuggestion]:
    """What is suggested about a publication, at either end, and not decided on."""
    return open_suggestions_in(investigation).filter(Q(publication=publication) | Q(derives_from=publication))

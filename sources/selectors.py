"""Reading sources, publications, captures and files: always for somebody, always through their memberships."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import OuterRef, Prefetch, Q, QuerySet, Subquery

from osint.access import get_one, memberships_of
from osint.models import Investigation, User
from sources.models import Capture, CaptureFile, Derivation, Publication, Source, SourceRating

Reader = User | AnonymousUser


def _latest_rating() -> Subquery:
    latest = SourceRating.objects.filter(source=OuterRef("pk")).order_by("-rated_on", "-id")
    return Subquery(latest.values("reliability")[:1])


def sources_for(user: Reader) -> QuerySet[Source]:
    """The shared catalogue and the sources private to the user's own cases, with the grade in force."""
    cases = memberships_of(user).values("investigation_id")
    visible = Q(private_to__isnull=True) | Q(private_to__in=cases)
    return Source.objects.filter(visible).annotate(current_reliability=_latest_rating())


def get_source_for(user: Reader, source_id: UUID) -> Source:
    """Raises NotFoundError for another case's private source as for none."""
    return get_one(sources_for(user), pk=source_id)


def sources_in(investigation: Investigation) -> QuerySet[Source]:
    """The sources a case may cite: the shared ones and its own."""
    visible = Q(private_to__isnull=True) | Q(private_to=investigation)
    return Source.objects.filter(visible).annotate(current_reliability=_latest_rating())


def publications_in(investigation: Investigation) -> QuerySet[Publication]:
    """The case's publications with their sources; the caller has passed the access function of the case."""
    return investigation.publications.prefetch_related(
        Prefetch("source", Source.objects.annotate(current_reliability=_latest_rating()))
    )


def derivations_in(investigation: Investigation) -> QuerySet[Derivation]:
    """Which publication of the case relays which."""
    return investigation.derivations.select_related("publication", "derives_from")


def captures_in(investigation: Investigation) -> QuerySet[Capture]:
    """The case's captures with their files."""
    kept = CaptureFile.objects.select_related("file", "thumbnail")
    return investigation.captures.select_related("publication", "requested_by").prefetch_related(
        Prefetch("kept", kept)
    )


def files_in(investigation: Investigation) -> QuerySet[CaptureFile]:
    """What the case's captures kept."""
    return CaptureFile.objects.filter(capture__investigation=investigation).select_related(
        "file", "thumbnail", "capture"
    )

"""The catalogue of sources and the history of their ratings."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from osint.access import get_investigation_for
from osint.api.views import ApiView
from sources.api.filters import SourceFilter
from sources.api.serializers import (
    RatingInput,
    RatingSerializer,
    SourceChange,
    SourceInput,
    SourceSerializer,
)
from sources.models import Source, SourceRating
from sources.selectors import get_source_for, sources_for
from sources.services import sources


@extend_schema(tags=["sources"])
class SourceView(ApiView):
    """Who publishes: the shared catalogue, and what is private to your cases."""

    queryset_model = Source
    output_class = SourceSerializer
    filterset_class = SourceFilter

    def rows(self) -> QuerySet[Source]:
        return sources_for(self.actor)

    def list(self, request: Request) -> Response:
        """List sources with the reliability grade in force."""
        return self.listed()

    def retrieve(self, request: Request, pk: UUID) -> Response:
        """Show one source."""
        return self.shown(get_source_for(self.actor, pk))

    @extend_schema(request=SourceInput, responses={201: SourceSerializer})
    def create(self, request: Request) -> Response:
        """Enter a source. Needs the role researcher."""
        values = self.parsed(SourceInput)
        slug = values.pop("private_to", None)
        private_to = get_investigation_for(self.actor, slug) if slug else None
        return self.created(sources.add_source(actor=self.actor, private_to=private_to, **values))

    @extend_schema(request=SourceChange)
    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Correct a source's particulars. Needs the role researcher."""
        source = get_source_for(self.actor, pk)
        return self.shown(sources.change_source(source, actor=self.actor, **self.parsed(SourceChange)))


@extend_schema(tags=["sources"])
class RatingView(ApiView):
    """How a source's reliability has been judged. Ratings are superseded, never edited."""

    queryset_model = SourceRating
    output_class = RatingSerializer

    def rows(self) -> QuerySet[SourceRating]:
        return get_source_for(self.actor, self.kwargs["source_pk"]).ratings.select_related("rater")

    def list(self, request: Request, source_pk: UUID) -> Response:
        """List a source's ratings."""
        return self.listed()

    @extend_schema(request=RatingInput, responses={201: RatingSerializer})
    def create(self, request: Request, source_pk: UUID) -> Response:
        """Judge a source's reliability, with a reason. Needs the role reviewer."""
        source = get_source_for(self.actor, source_pk)
        return self.created(sources.rate_source(source, actor=self.actor, **self.parsed(RatingInput)))

"""Publications of a case, and which relays which."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from osint.access import get_one
from osint.api.views import CaseView
from sources.api.filters import DerivationFilter, PublicationFilter
from sources.api.serializers import (
    DerivationInput,
    DerivationSerializer,
    PublicationChange,
    PublicationInput,
    PublicationSerializer,
)
from sources.models import Derivation, Publication
from sources.selectors import derivations_in, get_source_for, publications_in
from sources.services import publications


@extend_schema(tags=["publications"])
class PublicationView(CaseView):
    """What sources published about a case."""

    queryset_model = Publication
    output_class = PublicationSerializer
    filterset_class = PublicationFilter

    def rows(self) -> QuerySet[Publication]:
        return publications_in(self.investigation)

    def list(self, request: Request, slug: str) -> Response:
        """List the publications of the case."""
        return self.listed()

    def retrieve(self, request: Request, slug: str, pk: UUID) -> Response:
        """Show one publication."""
        return self.shown(get_one(self.rows(), pk=pk))

    @extend_schema(
        request=PublicationInput,
        responses={
            200: OpenApiResponse(PublicationSerializer, "This address was known already."),
            201: PublicationSerializer,
        },
    )
    def create(self, request: Request, slug: str) -> Response:
        """Log a publication by its address. A known address, however spelt, answers 200 with what is there."""
        publication, new = publications.add_publication(
            self.investigation, actor=self.actor, **self._values(PublicationInput)
        )
        return self.shown(get_one(self.rows(), pk=publication.pk), 201 if new else 200)

    @extend_schema(request=PublicationChange)
    def partial_update(self, request: Request, slug: str, pk: UUID) -> Response:
        """Correct a publication's particulars; its address stays. Needs the role researcher."""
        publication = get_one(self.rows(), pk=pk)
        publications.change_publication(publication, actor=self.actor, **self._values(PublicationChange))
        return self.shown(get_one(self.rows(), pk=pk))

    def _values(self, input_class: type[PublicationChange]) -> dict[str, Any]:
        values = self.parsed(input_class)
        if values.get("source") is not None:
            values["source"] = get_source_for(self.actor, values["source"])
        return values


@extend_schema(tags=["publications"])
class DerivationView(CaseView):
    """Which publication relays, quotes, embeds or translates which: the provenance graph."""

    queryset_model = Derivation
    output_class = DerivationSerializer
    filterset_class = DerivationFilter

    def rows(self) -> QuerySet[Derivation]:
        return derivations_in(self.investigation)

    def list(self, request: Request, slug: str) -> Response:
        """List the derivations of the case."""
        return self.listed()

    def retrieve(self, request: Request, slug: str, pk: UUID) -> Response:
        """Show one derivation."""
        return self.shown(get_one(self.rows(), pk=pk))

    @extend_schema(request=DerivationInput, responses={201: DerivationSerializer})
    def create(self, request: Request, slug: str) -> Response:
        """Record a derivation. Needs the role researcher."""
        values = self.parsed(DerivationInput)
        known = publications_in(self.investigation)
        derivation = publications.record_derivation(
            get_one(known, pk=values.pop("publication")),
            actor=self.actor,
            derives_from=get_one(known, pk=values.pop("derives_from")),
            **values,
        )
        return self.created(derivation)

    def destroy(self, request: Request, slug: str, pk: UUID) -> Response:
        """Take back a derivation recorded in error. Needs the role researcher."""
        publications.remove_derivation(get_one(self.rows(), pk=pk), actor=self.actor)
        return Response(status=204)

"""Sightings of a case and the evidence for and against them."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from osint.access import get_one
from osint.api.views import CaseView
from sightings.api.filters import EvidenceFilter, SightingFilter
from sightings.api.serializers import (
    EvidenceChange,
    EvidenceInput,
    EvidenceSerializer,
    SightingChange,
    SightingInput,
    SightingSerializer,
    WithdrawalInput,
)
from sightings.models import Evidence, Sighting
from sightings.selectors import evidence_in, get_sighting, sightings_in
from sightings.services import sightings
from sources.selectors import publications_in


@extend_schema(tags=["sightings"])
class SightingView(CaseView):
    """Claimed deployments."""

    queryset_model = Sighting
    output_class = SightingSerializer
    filterset_class = SightingFilter

    def rows(self) -> QuerySet[Sighting]:
        return sightings_in(self.investigation)

    def list(self, request: Request, slug: str) -> Response:
        """List the sightings of the case."""
        return self.listed()

    def retrieve(self, request: Request, slug: str, pk: UUID) -> Response:
        """Show one sighting."""
        return self.shown(get_sighting(self.investigation, pk))

    @extend_schema(request=SightingInput, responses={201: SightingSerializer})
    def create(self, request: Request, slug: str) -> Response:
        """Log a sighting. Needs the role researcher."""
        values = self.parsed(SightingInput)
        return self.created(sightings.log_sighting(self.investigation, actor=self.actor, **values))

    @extend_schema(request=SightingChange)
    def partial_update(self, request: Request, slug: str, pk: UUID) -> Response:
        """Correct a sighting. Needs the role researcher."""
        sighting = get_sighting(self.investigation, pk)
        values = self.parsed(SightingChange)
        return self.shown(sightings.change_sighting(sighting, actor=self.actor, **values))


@extend_schema(tags=["evidence"])
class EvidenceView(CaseView):
    """Links between sightings and publications, each with stance and credibility."""

    queryset_model = Evidence
    output_class = EvidenceSerializer
    filterset_class = EvidenceFilter

    def rows(self) -> QuerySet[Evidence]:
        return evidence_in(self.investigation)

    def list(self, request: Request, slug: str) -> Response:
        """List the evidence of the case."""
        return self.listed()

    def retrieve(self, request: Request, slug: str, pk: UUID) -> Response:
        """Show one item of evidence."""
        return self.shown(get_one(self.rows(), pk=pk))

    @extend_schema(request=EvidenceInput, responses={201: EvidenceSerializer})
    def create(self, request: Request, slug: str) -> Response:
        """Attach a publication to a sighting. Needs the role researcher."""
        values = self.parsed(EvidenceInput)
        attacked = values.pop("undercuts", None)
        evidence = sightings.attach_evidence(
            get_sighting(self.investigation, values.pop("sighting")),
            actor=self.actor,
            publication=get_one(publications_in(self.investigation), pk=values.pop("publication")),
            undercuts=get_one(self.rows(), pk=attacked) if attacked else None,
            **values,
        )
        return self.shown(get_one(self.rows(), pk=evidence.pk), 201)

    @extend_schema(request=EvidenceChange)
    def partial_update(self, request: Request, slug: str, pk: UUID) -> Response:
        """Correct an item of evidence. Needs the role researcher."""
        values = self.parsed(EvidenceChange)
        sightings.change_evidence(get_one(self.rows(), pk=pk), actor=self.actor, **values)
        return self.shown(get_one(self.rows(), pk=pk))

    @extend_schema(request=WithdrawalInput)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, slug: str, pk: UUID) -> Response:
        """Take an item of evidence out of account, with a reason; it stays on record."""
        reason = self.parsed(WithdrawalInput)["reason"]
        sightings.withdraw_evidence(get_one(self.rows(), pk=pk), actor=self.actor, reason=reason)
        return self.shown(get_one(self.rows(), pk=pk))

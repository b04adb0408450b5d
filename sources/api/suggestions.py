"""What a machine takes for derivations, for people to accept or reject."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import django_filters as filters
from django.db.models import Q, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from osint.access import get_one
from osint.api.serializers import PersonSerializer
from osint.api.views import CaseView
from sources.api.serializers import DERIVATION_KINDS, PublicationSerializer
from sources.models import DerivationKind, DerivationSuggestion, Ground, SuggestionState
from sources.selectors import suggestions_in
from sources.services.suggesting import accept_suggestion, reject_suggestion


class SuggestionFilter(filters.FilterSet):
    publication = filters.UUIDFilter(method="about", help_text="At either end.")
    ground = filters.ChoiceFilter(choices=Ground.choices)
    state = filters.ChoiceFilter(choices=SuggestionState.choices)

    class Meta:
        model = DerivationSuggestion
        fields = ("publication", "ground", "state")

    def about(
        self, rows: QuerySet[DerivationSuggestion], name: str, value: UUID
    ) -> QuerySet[DerivationSuggestion]:
        """Those with this publication at one of their ends."""
        return rows.filter(Q(publication=value) | Q(derives_from=value))


class SuggestionSerializer(serializers.ModelSerializer[DerivationSuggestion]):
    """ "This publication may derive from that one." `grounds` and `direction` say why, for people."""

    publication = PublicationSerializer(read_only=True)
    derives_from = PublicationSerializer(read_only=True)
    decided_by = PersonSerializer(read_only=True, allow_null=True)
    grounds = serializers.CharField(read_only=True, help_text="What it rests on, for people.")
    direction = serializers.CharField(read_only=True, help_text="Why it runs in this direction, for people.")

    class Meta:
        model = DerivationSuggestion
        fields = (
            "id", "publication", "derives_from", "kind", "ground", "details", "grounds", "direction", "state",
            "decided_by", "decided_at", "derivation", "created_at",
        )  # fmt: skip
        read_only_fields = fields


class AcceptInput(serializers.Serializer[Any]):
    """Empty: as suggested."""

    kind = serializers.ChoiceField(choices=DerivationKind.choices, required=False, help_text=DERIVATION_KINDS)
    turned = serializers.BooleanField(
        default=False, help_text="The other way round: it is `derives_from` that derives."
    )
    note = serializers.CharField(
        required=False, allow_blank=True, help_text="Unless given, what was suggested and why."
    )


@extend_schema(tags=["publications"])
class SuggestionView(CaseView):
    """Derivations that a machine suggests, by the same media, links, nearly the same text, or words that name a
    source. None of them counts before a person has accepted it; a rejected one does not come back."""

    queryset_model = DerivationSuggestion
    output_class = SuggestionSerializer
    filterset_class = SuggestionFilter

    def rows(self) -> QuerySet[DerivationSuggestion]:
        return suggestions_in(self.investigation)

    def list(self, request: Request, slug: str) -> Response:
        """List the suggestions of the case, decided on or not."""
        return self.listed()

    def retrieve(self, request: Request, slug: str, pk: UUID) -> Response:
        """Show one suggestion."""
        return self.shown(get_one(self.rows(), pk=pk))

    @extend_schema(request=AcceptInput, responses=SuggestionSerializer)
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, slug: str, pk: UUID) -> Response:
        """Record the derivation; this answers the other suggestions about the two as well. Needs researcher.

        With the kind `same event` it is recorded that they are independent, and the suggestion counts as rejected.
        """
        suggestion = get_one(self.rows(), pk=pk)
        values = self.parsed(AcceptInput)
        accept_suggestion(suggestion, actor=self.actor, is_turned=values.pop("turned"), **values)
        return self.shown(get_one(self.rows(), pk=pk))

    @extend_schema(request=None, responses=SuggestionSerializer)
    @action(detail=True, methods=["post"])
    def reject(self, request: Request, slug: str, pk: UUID) -> Response:
        """Say that this is no reason to think so. It does not come back. Needs researcher."""
        reject_suggestion(get_one(self.rows(), pk=pk), actor=self.actor)
        return self.shown(get_one(self.rows(), pk=pk))

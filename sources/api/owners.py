"""Who controls sources, and how that has been judged."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import django_filters as filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from osint.access import get_one
from osint.api.serializers import PersonSerializer
from osint.api.views import ApiView
from sources.models import Owner, OwnerKind, Ownership
from sources.selectors import get_source_for, owners, ownerships_of
from sources.services import sources


class OwnerFilter(filters.FilterSet):
    kind = filters.ChoiceFilter(choices=OwnerKind.choices)
    name = filters.CharFilter(lookup_expr="icontains")

    class Meta:
        model = Owner
        fields = ("kind", "name")


class OwnerSerializer(serializers.ModelSerializer[Owner]):
    """Who decides what a source publishes. One that is its own master is an owner too."""

    class Meta:
        model = Owner
        fields = ("id", "name", "kind", "description", "created_at", "updated_at")
        read_only_fields = fields


class OwnerChange(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=200, required=False)
    kind = serializers.ChoiceField(choices=OwnerKind.choices, required=False)
    description = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False)


class OwnerInput(OwnerChange):
    name = serializers.CharField(max_length=200)
    kind = serializers.ChoiceField(choices=OwnerKind.choices)


class OwnershipSerializer(serializers.ModelSerializer[Ownership]):
    """One judgement of who controls a source; without an owner: independence is not established after all."""

    owner = OwnerSerializer(read_only=True, allow_null=True)
    established_by = PersonSerializer(read_only=True)

    class Meta:
        model = Ownership
        fields = ("id", "owner", "since", "established_by", "reason", "created_at")
        read_only_fields = fields


class OwnershipInput(serializers.Serializer[Any]):
    owner = serializers.UUIDField(
        allow_null=True, help_text="Null: its independence is not established after all."
    )
    since = serializers.DateField(required=False, help_text="From this day on it holds; today unless given.")
    reason = serializers.CharField(help_text="What the judgement rests on.")


@extend_schema(tags=["owners"])
class OwnerView(ApiView):
    """Who controls sources: what one owner controls does not speak for itself twice."""

    queryset_model = Owner
    output_class = OwnerSerializer
    filterset_class = OwnerFilter

    def rows(self) -> QuerySet[Owner]:
        return owners()

    def list(self, request: Request) -> Response:
        """List owners."""
        return self.listed()

    def retrieve(self, request: Request, pk: UUID) -> Response:
        """Show one owner."""
        return self.shown(get_one(self.rows(), pk=pk))

    @extend_schema(request=OwnerInput, responses={201: OwnerSerializer})
    def create(self, request: Request) -> Response:
        """Enter an owner. Needs the role researcher."""
        return self.created(sources.add_owner(actor=self.actor, **self.parsed(OwnerInput)))

    @extend_schema(request=OwnerChange)
    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Correct an owner's particulars. Needs the role researcher."""
        owner = get_one(self.rows(), pk=pk)
        return self.shown(sources.change_owner(owner, actor=self.actor, **self.parsed(OwnerChange)))


@extend_schema(tags=["owners"])
class OwnershipView(ApiView):
    """How it has been judged who controls a source. Judgements are superseded, never edited."""

    queryset_model = Ownership
    output_class = OwnershipSerializer

    def rows(self) -> QuerySet[Ownership]:
        return ownerships_of(get_source_for(self.actor, self.kwargs["source_pk"]))

    def list(self, request: Request, source_pk: UUID) -> Response:
        """List the judgements of who controls a source."""
        return self.listed()

    @extend_schema(request=OwnershipInput, responses={201: OwnershipSerializer})
    def create(self, request: Request, source_pk: UUID) -> Response:
        """Say who controls a source, with a reason. Needs the role reviewer, as it moves what is computed.

        Sources under one owner count as one voice, and so do all those whose independence nobody has established.
        """
        source = get_source_for(self.actor, source_pk)
        values = self.parsed(OwnershipInput)
        named = values.pop("owner")
        owner = get_one(owners(), pk=named) if named else None
        return self.created(sources.establish_ownership(source, actor=self.actor, owner=owner, **values))

"""How sightings relate to one another, and which seem to be logged already."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import django_filters as filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from osint.access import get_one
from osint.api.fields import NamedField
from osint.api.serializers import PersonSerializer
from osint.api.views import CaseView
from osint.dates import edtf_columns, validate_edtf
from sightings.api.serializers import SightingSerializer
from sightings.duplicates import Candidate, Claim, claim_of, likely_duplicates
from sightings.models import Equipment, Place, RelationKind, Sighting, SightingRelation
from sightings.selectors import get_sighting, relations_in, sightings_in
from sightings.services import relations
from sources.selectors import publications_in


class RelationSerializer(serializers.ModelSerializer[SightingRelation]):
    stated_by = PersonSerializer(read_only=True)
    undone_by = PersonSerializer(read_only=True)

    class Meta:
        model = SightingRelation
        fields = (
            "id", "sighting", "kind", "other", "reason", "stated_by", "undone_at", "undone_by", "undone_reason",
            "created_at",
        )  # fmt: skip
        read_only_fields = fields


class RelationInput(serializers.Serializer[Any]):
    sighting = serializers.UUIDField()
    kind = serializers.ChoiceField(
        choices=RelationKind.choices, help_text="What is the same as `other` counts for it from then on."
    )
    other = serializers.UUIDField()
    reason = serializers.CharField()


class UndoInput(serializers.Serializer[Any]):
    reason = serializers.CharField()


class DuplicatesQuery(serializers.Serializer[Any]):
    """A claim that is about to be logged, or with `sighting` one that is there."""

    sighting = serializers.UUIDField(required=False, help_text="Everything is then taken from it.")
    equipment = NamedField[Equipment](slug_field="slug", queryset=Equipment.objects.all(), required=False)
    place = NamedField[Place](slug_field="slug", queryset=Place.objects.all(), required=False)
    latitude = serializers.FloatField(min_value=-90, max_value=90, required=False)
    longitude = serializers.FloatField(min_value=-180, max_value=180, required=False)
    radius_m = serializers.FloatField(min_value=0.1, required=False)
    when = serializers.CharField(
        max_length=120, required=False, validators=[validate_edtf], help_text="EDTF."
    )
    publication = serializers.UUIDField(required=False, help_text="What it would rest on.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        position = {"latitude", "longitude", "radius_m"}
        if attrs.keys() & position not in (set(), position):
            raise serializers.ValidationError(
                "Give latitude, longitude and radius together, or none of them.", code="position_incomplete"
            )
        return attrs


class CandidateSerializer(serializers.Serializer[Candidate]):
    """A sighting that may be the same, and why."""

    sighting = SightingSerializer()
    reasons = serializers.ListField(child=serializers.CharField(), help_text="In words.")


class DuplicatesSerializer(serializers.Serializer[Any]):
    """The likeliest first, at most ten."""

    candidates = CandidateSerializer(many=True)


class RelationFilter(filters.FilterSet):
    """Sightings are not looked up: whether another case has such a row is not to be told."""

    sighting = filters.UUIDFilter()
    other = filters.UUIDFilter()
    kind = filters.ChoiceFilter(choices=RelationKind.choices)
    undone = filters.BooleanFilter(field_name="undone_at", lookup_expr="isnull", exclude=True)

    class Meta:
        model = SightingRelation
        fields = ("sighting", "other", "kind")


@extend_schema(tags=["sightings"])
class RelationView(CaseView):
    """Which sightings are the same, follow, or contradict one another."""

    queryset_model = SightingRelation
    output_class = RelationSerializer
    filterset_class = RelationFilter

    def rows(self) -> QuerySet[SightingRelation]:
        return relations_in(self.investigation)

    def list(self, request: Request, slug: str) -> Response:
        """List the relations between sightings of the case, undone ones among them."""
        return self.listed()

    def retrieve(self, request: Request, slug: str, pk: UUID) -> Response:
        """Show one relation."""
        return self.shown(get_one(self.rows(), pk=pk))

    @extend_schema(request=RelationInput, responses={201: RelationSerializer})
    def create(self, request: Request, slug: str) -> Response:
        """Relate two sightings, with a reason. Needs the role researcher.

        What is the same is merged: the evidence of `sighting` counts for `other`, and both histories stay.
        """
        values = self.parsed(RelationInput)
        sighting = get_sighting(self.investigation, values.pop("sighting"))
        other = get_sighting(self.investigation, values.pop("other"))
        return self.created(relations.relate(sighting, actor=self.actor, other=other, **values))

    @extend_schema(request=UndoInput)
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, slug: str, pk: UUID) -> Response:
        """Take a relation back, with a reason; it stays on record, and what was merged is parted."""
        relation = get_one(self.rows(), pk=pk)
        reason = self.parsed(UndoInput)["reason"]
        return self.shown(relations.undo_relation(relation, actor=self.actor, reason=reason))


@extend_schema(tags=["sightings"])
class DuplicatesView(CaseView):
    """Whether a claim is logged already."""

    queryset_model = Sighting
    output_class = DuplicatesSerializer

    @extend_schema(parameters=[DuplicatesQuery], responses={200: DuplicatesSerializer})
    def find(self, request: Request, slug: str) -> Response:
        """Find sightings of the case that may be the same, with the reasons in words."""
        query = DuplicatesQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        found = likely_duplicates(self.investigation, self._claim(query.validated_data))
        return Response(self.get_serializer({"candidates": found}).data)

    def _claim(self, asked: dict[str, Any]) -> Claim:
        if sighting := asked.get("sighting"):
            return claim_of(get_one(sightings_in(self.investigation), pk=sighting))
        publication = asked.pop("publication", None)
        if publication is not None:
            publication = get_one(publications_in(self.investigation), pk=publication).pk
        dates = edtf_columns("when", asked.pop("when", ""))
        return Claim(**asked, **dates, publications=frozenset({publication} if publication else ()))

"""Hypotheses that compete with a sighting, and the matrix of evidence against them."""

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
from osint.api.serializers import PersonSerializer
from osint.api.views import CaseView
from sightings.api.serializers import EvidenceSerializer
from sightings.competing import Cell, Competition, competition_about
from sightings.models import Fit, Hypothesis, HypothesisFit
from sightings.selectors import evidence_in, get_sighting, hypotheses_in
from sightings.services import hypotheses


class HypothesisSerializer(serializers.ModelSerializer[Hypothesis]):
    proposed_by = PersonSerializer(read_only=True)

    class Meta:
        model = Hypothesis
        fields = ("id", "sighting", "title", "note", "is_dropped", "proposed_by", "created_at", "updated_at")
        read_only_fields = fields


class HypothesisChange(serializers.Serializer[Any]):
    title = serializers.CharField(max_length=200, required=False)
    note = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False)


class HypothesisInput(HypothesisChange):
    sighting = serializers.UUIDField()
    title = serializers.CharField(max_length=200)


class FitInput(serializers.Serializer[Any]):
    evidence = serializers.UUIDField()
    hypothesis = serializers.UUIDField(
        required=False, allow_null=True, help_text="Without one it is about the sighting's own claim."
    )
    fit = serializers.ChoiceField(
        choices=Fit.choices, allow_null=True, help_text="From ++ to --; null takes a judgement back."
    )


class CellSerializer(serializers.Serializer[Cell]):
    """How one item fits one hypothesis; `fit` is null where nobody has judged."""

    hypothesis = serializers.UUIDField(source="column.id", allow_null=True)
    fit = serializers.ChoiceField(choices=Fit.choices, allow_null=True)
    judged_by = PersonSerializer(allow_null=True)


class MatrixRowSerializer(serializers.Serializer[Any]):
    """One item of evidence."""

    evidence = EvidenceSerializer()
    diagnostic_value = serializers.IntegerField(
        source="diagnostic",
        allow_null=True,
        help_text="Best fit less worst on a scale from 2 to -2: 0 says nothing between the hypotheses, 4 the most. "
        "Null while fewer than two are judged.",
    )
    cells = CellSerializer(many=True)


class ColumnSerializer(serializers.Serializer[Any]):
    """What speaks against the claim or a hypothesis. Heuer: the best is that with the least against it."""

    hypothesis = serializers.UUIDField(source="id", allow_null=True, help_text="Null is the claim itself.")
    title = serializers.CharField()
    inconsistent = serializers.IntegerField(help_text="Items marked - or --.")
    very_inconsistent = serializers.IntegerField(help_text="Those of them marked --.")
    unjudged = serializers.IntegerField()
    has_least_against = serializers.BooleanField(
        help_text="Said only once all is judged, and where the hypotheses differ."
    )


class MatrixSerializer(serializers.Serializer[Competition]):
    """Standing evidence by diagnostic value, the most telling first, against the claim and its hypotheses."""

    columns = ColumnSerializer(many=True)
    rows = MatrixRowSerializer(many=True)


class HypothesisFilter(filters.FilterSet):
    """The sighting is not looked up: whether another case has such a row is not to be told."""

    sighting = filters.UUIDFilter()
    dropped = filters.BooleanFilter(field_name="is_dropped")

    class Meta:
        model = Hypothesis
        fields = ("sighting", "dropped")


@extend_schema(tags=["hypotheses"])
class HypothesisView(CaseView):
    """What a sighting could be besides what it claims, such as a decoy or old footage."""

    queryset_model = Hypothesis
    output_class = HypothesisSerializer
    filterset_class = HypothesisFilter

    def rows(self) -> QuerySet[Hypothesis]:
        return hypotheses_in(self.investigation)

    def list(self, request: Request, slug: str) -> Response:
        """List the hypotheses of the case."""
        return self.listed()

    def retrieve(self, request: Request, slug: str, pk: UUID) -> Response:
        """Show one hypothesis."""
        return self.shown(get_one(self.rows(), pk=pk))

    @extend_schema(request=HypothesisInput, responses={201: HypothesisSerializer})
    def create(self, request: Request, slug: str) -> Response:
        """Put up a hypothesis that competes with a sighting's claim. Needs the role researcher."""
        values = self.parsed(HypothesisInput)
        sighting = get_sighting(self.investigation, values.pop("sighting"))
        return self.created(hypotheses.propose_hypothesis(sighting, actor=self.actor, **values))

    @extend_schema(request=HypothesisChange)
    def partial_update(self, request: Request, slug: str, pk: UUID) -> Response:
        """Correct title or note. Needs the role researcher."""
        hypothesis = get_one(self.rows(), pk=pk)
        values = self.parsed(HypothesisChange)
        return self.shown(hypotheses.change_hypothesis(hypothesis, actor=self.actor, **values))

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def drop(self, request: Request, slug: str, pk: UUID) -> Response:
        """Take a hypothesis out of the matrix; it and its judgements stay on record."""
        return self.shown(hypotheses.drop_hypothesis(get_one(self.rows(), pk=pk), actor=self.actor))

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, slug: str, pk: UUID) -> Response:
        """Take a dropped hypothesis back into the matrix."""
        return self.shown(hypotheses.restore_hypothesis(get_one(self.rows(), pk=pk), actor=self.actor))


@extend_schema(tags=["hypotheses"])
class MatrixView(CaseView):
    """Analysis of competing hypotheses: a matrix, and no number made of it."""

    queryset_model = HypothesisFit
    output_class = MatrixSerializer

    def retrieve(self, request: Request, slug: str, pk: UUID) -> Response:
        """Show how each item of a sighting's evidence fits its claim and the hypotheses."""
        return self._matrix(pk)

    @extend_schema(request=FitInput, responses={200: MatrixSerializer})
    def judge(self, request: Request, slug: str, pk: UUID) -> Response:
        """Judge one cell; answers with the whole matrix. Needs the role researcher."""
        sighting = get_sighting(self.investigation, pk)
        values = self.parsed(FitInput)
        hypothesis = values.get("hypothesis")
        of_case = hypotheses_in(self.investigation)
        hypotheses.judge_fit(
            get_one(evidence_in(self.investigation), pk=values["evidence"], sighting=sighting),
            actor=self.actor,
            hypothesis=get_one(of_case, pk=hypothesis, sighting=sighting) if hypothesis else None,
            fit=values["fit"],
        )
        return self._matrix(pk)

    def _matrix(self, pk: UUID) -> Response:
        sighting = get_sighting(self.investigation, pk)
        return Response(self.get_serializer(competition_about(sighting)).data)

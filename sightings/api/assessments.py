"""How sure the evidence makes us: the current assessment of a sighting, earlier ones, and its inputs to check."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from osint.api.views import CaseView
from sightings.explanations import named
from sightings.models import Assessment
from sightings.selectors import assessments_of, current_assessment, get_sighting

CURRENT, RECOMPUTING = "current", "recomputing"


class ReasonSerializer(serializers.Serializer[Any]):
    """One reason. What it is about says which further numbers it has; `text` says it in a sentence."""

    about = serializers.ChoiceField(
        choices=["root", "undercut", "cluster", "weightless", "total", "word", "confidence", "change"]
    )
    text = serializers.CharField()


class AssessmentSerializer(serializers.ModelSerializer[Assessment]):
    """The computed confidence at one moment. Word and analytic confidence are two statements."""

    capped = serializers.BooleanField(source="is_capped", help_text="Too few clusters for a strong word.")
    belief = serializers.FloatField()
    disbelief = serializers.FloatField()

    class Meta:
        model = Assessment
        fields = (
            "id", "sighting", "model", "digest", "support", "refutation", "belief", "disbelief", "uncertainty",
            "probability", "word", "capped", "conflict", "analytic_confidence", "clusters", "created_at",
        )  # fmt: skip
        read_only_fields = fields


class CurrentAssessmentSerializer(AssessmentSerializer):
    """With the inputs, in the form that `manage.py assess` reads, and the reasons with the names of things."""

    inputs = serializers.JSONField()
    explanation = serializers.SerializerMethodField()

    class Meta:
        model = Assessment
        fields = (*AssessmentSerializer.Meta.fields, "inputs", "explanation")
        read_only_fields = fields

    @extend_schema_field(ReasonSerializer(many=True))
    def get_explanation(self, assessment: Assessment) -> list[dict[str, Any]]:
        return named(assessment)


class AssessmentStateSerializer(serializers.Serializer[Any]):
    """`recomputing` while something that it rests on has changed: the assessment is then the one before."""

    state = serializers.ChoiceField(choices=[CURRENT, RECOMPUTING])
    assessment = CurrentAssessmentSerializer(allow_null=True)


@extend_schema(tags=["assessments"])
class AssessmentView(CaseView):
    """Assessments of one sighting."""

    queryset_model = Assessment
    output_class = AssessmentSerializer

    def rows(self) -> Any:
        return assessments_of(get_sighting(self.investigation, self.kwargs["sighting"]))

    @extend_schema(responses=AssessmentStateSerializer)
    def current(self, request: Request, slug: str, sighting: UUID) -> Response:
        """How sure the evidence makes us now, why, and what would change it."""
        assessment, is_due = current_assessment(get_sighting(self.investigation, sighting))
        answer = {"state": RECOMPUTING if is_due else CURRENT, "assessment": assessment}
        return Response(AssessmentStateSerializer(answer).data)

    def list(self, request: Request, slug: str, sighting: UUID) -> Response:
        """The assessments that there have been, newest first: what moved the number, and when."""
        return self.listed()

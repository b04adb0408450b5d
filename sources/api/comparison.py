"""Two captures of one publication, compared."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from osint.access import get_one
from osint.api.views import CaseView
from sources.comparison import Comparison, Fact, compare_captures
from sources.differences import Differences, Kind, Passage
from sources.models import Capture, CaptureFile, Publication
from sources.selectors import captures_in, publications_in, two_captures

ASKED = [
    OpenApiParameter("a", str, required=True, description="Id of one capture of the publication."),
    OpenApiParameter("b", str, required=True, description="Id of another."),
]


class SideSerializer(serializers.ModelSerializer[Capture]):
    """One of the two captures."""

    class Meta:
        model = Capture
        fields = ("id", "started_at", "method", "verdict")


class FactSerializer(serializers.Serializer[Fact]):
    """One particular of both; empty where it is not known."""

    name = serializers.CharField()
    a = serializers.CharField()
    b = serializers.CharField()
    differs = serializers.BooleanField()


class ComparedFileSerializer(serializers.ModelSerializer[CaptureFile]):
    """A medium by its bytes."""

    sha256 = serializers.CharField(source="file.sha256")

    class Meta:
        model = CaptureFile
        fields = ("id", "sha256", "url")


class MediaChangeSerializer(serializers.Serializer[object]):
    """Media in both captures, only in the older, only in the newer."""

    kept = ComparedFileSerializer(many=True)
    lost = ComparedFileSerializer(many=True)
    gained = ComparedFileSerializer(many=True)


class PassageSerializer(serializers.Serializer[Passage]):
    """Words that share a fate."""

    kind = serializers.ChoiceField(choices=[Kind.SAME.value, Kind.REMOVED.value, Kind.ADDED.value])
    text = serializers.CharField()


class TextChangeSerializer(serializers.Serializer[Differences]):
    """How the readable text changed; white space does not count."""

    share = serializers.FloatField(help_text="Of the words, the part that is the same; 0 to 1.")
    is_cut = serializers.BooleanField(help_text="Only the beginnings were compared.")
    passages = PassageSerializer(many=True)


class ComparisonSerializer(serializers.Serializer[Comparison]):
    """How the newer capture `b` differs from the older `a`."""

    a = SideSerializer()
    b = SideSerializer()
    facts = FactSerializer(many=True)
    media = MediaChangeSerializer()
    text = TextChangeSerializer(allow_null=True)


@extend_schema(tags=["publications"])
class ComparisonView(CaseView):
    """How a publication changed between two captures."""

    queryset_model = Publication
    output_class = ComparisonSerializer

    def rows(self) -> QuerySet[Publication]:
        return publications_in(self.investigation)

    @extend_schema(parameters=ASKED, responses=ComparisonSerializer)
    def retrieve(self, request: Request, slug: str, pk: UUID) -> Response:
        """Compare two captures of the publication, whichever is named first: `a` is always the older."""
        captures = captures_in(self.investigation).filter(publication=get_one(self.rows(), pk=pk))
        pair = two_captures(captures, request.query_params.get("a", ""), request.query_params.get("b", ""))
        if pair is None:
            message = "Expected the ids of two different captures of this publication as a and b."
            raise serializers.ValidationError({"a": [message]}, code="not_two_captures")
        return Response(ComparisonSerializer(compare_captures(*pair)).data)

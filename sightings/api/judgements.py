"""What decisions on sightings say about a source, and what judging the source would change in them.

Sources live on the floor below, which knows nothing of sightings; hence these addresses of theirs are here.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from osint.access import get_one, investigations_for
from osint.api.views import ApiView
from sightings.calibration import Interval, Record
from sightings.models import Sighting
from sightings.services.previews import Preview, Shift, Supposition, preview_judgement
from sightings.track_records import TrackRecord, track_record_of
from sources.models import Owner, Reliability, Source
from sources.selectors import get_source_for


class IntervalSerializer(serializers.Serializer[Interval]):
    low = serializers.FloatField()
    high = serializers.FloatField()


class RecordSerializer(serializers.Serializer[Record]):
    """Decided sightings that the source supported or refuted, each counted once."""

    supported_verified = serializers.IntegerField()
    supported_rejected = serializers.IntegerField()
    refuted_verified = serializers.IntegerField()
    refuted_rejected = serializers.IntegerField()
    divided = serializers.IntegerField(help_text="It both supported and refuted: counted nowhere else.")
    right = serializers.IntegerField(help_text="Decided as the source had it.")
    decided = serializers.IntegerField()
    share = serializers.FloatField(allow_null=True, help_text="Null where there are too few to say.")
    interval = IntervalSerializer(allow_null=True, help_text="Wilson score interval of the share, 95 %.")
    words = serializers.CharField()


class CalibrationSerializer(serializers.Serializer[TrackRecord]):
    own = RecordSerializer(
        help_text="What it published by its own observation: its publications that are roots."
    )
    relayed = RecordSerializer(help_text="What it only passed on.")


class SuppositionQuery(serializers.Serializer[Any]):
    reliability = serializers.ChoiceField(choices=Reliability.choices, required=False)
    owner = serializers.UUIDField(required=False, help_text="Who is supposed to control the source.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs:
            raise serializers.ValidationError("Give a reliability, an owner, or both.", code="required")
        return attrs


class PreviewSightingSerializer(serializers.ModelSerializer[Sighting]):
    investigation = serializers.CharField(source="investigation.slug")

    class Meta:
        model = Sighting
        fields = ("id", "investigation", "title", "status")
        read_only_fields = fields


class ComputedSerializer(serializers.Serializer[Any]):
    probability = serializers.FloatField()
    uncertainty = serializers.FloatField()
    word = serializers.CharField()
    analytic_confidence = serializers.CharField()


class ShiftSerializer(serializers.Serializer[Shift]):
    """One assessment that would change."""

    sighting = serializers.SerializerMethodField()
    before = ComputedSerializer()
    after = ComputedSerializer()
    changes_word = serializers.BooleanField()

    @extend_schema_field(PreviewSightingSerializer)
    def get_sighting(self, shift: Shift) -> dict[str, Any]:
        return dict(PreviewSightingSerializer(shift.sighting).data)


class PreviewSerializer(serializers.Serializer[Preview]):
    """Changes of word first, then the largest; at most five hundred are shown, and all are counted."""

    looked_at = serializers.IntegerField(help_text="Sightings of your cases that rest on the source.")
    is_complete = serializers.BooleanField(help_text="False where time did not suffice for all of them.")
    changed = serializers.IntegerField()
    words_changed = serializers.IntegerField()
    shifts = ShiftSerializer(many=True)


@extend_schema(tags=["sources"])
class CalibrationView(ApiView):
    """How often what a source said was borne out."""

    queryset_model = Source
    output_class = CalibrationSerializer

    def retrieve(self, request: Request, source_pk: UUID) -> Response:
        """Show the source's record over the decided sightings of your cases."""
        source = get_source_for(self.actor, source_pk)
        return Response(self.get_serializer(track_record_of(source, investigations_for(self.actor))).data)


@extend_schema(tags=["sources"])
class RatingPreviewView(ApiView):
    """What judging a source would change."""

    queryset_model = Source
    output_class = PreviewSerializer

    @extend_schema(parameters=[SuppositionQuery], responses={200: PreviewSerializer})
    def retrieve(self, request: Request, source_pk: UUID) -> Response:
        """Compute which assessments of your cases would change under another grade or owner; nothing is written."""
        source = get_source_for(self.actor, source_pk)
        query = SuppositionQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        asked = query.validated_data
        owner = get_one(Owner.objects.all(), pk=asked["owner"]) if "owner" in asked else None
        supposition = Supposition(source, reliability=asked.get("reliability"), owner=owner)
        return Response(self.get_serializer(preview_judgement(self.actor, supposition)).data)

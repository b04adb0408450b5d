"""Shapes of equipment, places, sightings and evidence in the API: what goes out, and apart from it what comes in."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from rest_framework import serializers

from osint.api.fields import NamedField
from osint.api.serializers import PersonSerializer
from osint.dates import validate_edtf
from sightings.models import (
    Activity,
    Credibility,
    Equipment,
    EquipmentKind,
    Evidence,
    Place,
    Sighting,
    Stance,
)
from sightings.selectors import merges
from sources.api.serializers import PublicationSerializer


class NamesField(serializers.ListField):
    """Names in any script, each at most 200 characters."""

    child = serializers.CharField(max_length=200)


class EquipmentSerializer(serializers.ModelSerializer[Equipment]):
    parent = serializers.SlugRelatedField[Equipment](  # type: ignore[assignment]  # a field, taken off the class
        slug_field="slug", read_only=True
    )
    aliases = serializers.StringRelatedField[Any](many=True, read_only=True)

    class Meta:
        model = Equipment
        fields = ("id", "slug", "name", "kind", "parent", "nato_name", "aliases")
        read_only_fields = fields


class EquipmentChange(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=200, required=False)
    kind = serializers.ChoiceField(choices=EquipmentKind.choices, required=False)
    parent = NamedField[Equipment](  # type: ignore[assignment]  # as above
        slug_field="slug", queryset=Equipment.objects.all(), required=False, allow_null=True
    )
    nato_name = serializers.CharField(max_length=120, required=False, allow_blank=True)
    aliases = NamesField(required=False, help_text="Names to add, in any script.")


class EquipmentInput(EquipmentChange):
    slug = serializers.SlugField(max_length=80)
    name = serializers.CharField(max_length=200)


class PlaceSerializer(serializers.ModelSerializer[Place]):
    aliases = serializers.StringRelatedField[Any](many=True, read_only=True)

    class Meta:
        model = Place
        fields = ("id", "slug", "name", "country", "latitude", "longitude", "radius_m", "aliases")
        read_only_fields = fields


class PlaceChange(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=200, required=False)
    country = serializers.CharField(max_length=2, required=False, allow_blank=True)
    latitude = serializers.FloatField(required=False, min_value=-90, max_value=90)
    longitude = serializers.FloatField(required=False, min_value=-180, max_value=180)
    radius_m = serializers.FloatField(required=False, min_value=0.1)
    aliases = NamesField(required=False, help_text="Names to add, in any script.")


class PlaceInput(PlaceChange):
    slug = serializers.SlugField(max_length=80)
    name = serializers.CharField(max_length=200)
    latitude = serializers.FloatField(min_value=-90, max_value=90)
    longitude = serializers.FloatField(min_value=-180, max_value=180)
    radius_m = serializers.FloatField(min_value=0.1)


class GazetteerSerializer(serializers.Serializer[Any]):
    """A place known to the gazetteer, to be entered as a place of our own if wanted."""

    name = serializers.CharField()
    country = serializers.CharField()
    latitude = serializers.FloatField()
    longitude = serializers.FloatField()
    population = serializers.IntegerField()
    geoname_id = serializers.IntegerField()
    matched_name = serializers.CharField()


class SightingSerializer(serializers.ModelSerializer[Sighting]):
    equipment = serializers.SlugRelatedField[Equipment](slug_field="slug", read_only=True)
    place = serializers.SlugRelatedField[Place](slug_field="slug", read_only=True)
    logged_by = PersonSerializer(read_only=True)
    is_recomputing = serializers.SerializerMethodField(
        help_text="Something that probability, uncertainty and word rest on has changed."
    )
    merged_into = serializers.SerializerMethodField(
        help_text="The sighting that this one is the same as, and counts for."
    )

    class Meta:
        model = Sighting
        fields = (
            "id", "title", "description", "equipment", "quantity_min", "quantity_max", "operator", "activity",
            "place", "latitude", "longitude", "radius_m", "when", "when_earliest", "when_latest", "status",
            "half_life_days", "probability", "uncertainty", "word", "analytic_confidence", "is_recomputing",
            "merged_into", "flagged_at", "logged_by", "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields = fields

    def get_is_recomputing(self, sighting: Sighting) -> bool:
        # Of a sighting that was just written, and is not read from a list, that is so until it is assessed.
        return bool(getattr(sighting, "is_recomputing", True))

    def get_merged_into(self, sighting: Sighting) -> UUID | None:
        if hasattr(sighting, "merged_into"):
            return cast("UUID | None", sighting.merged_into)
        return merges().filter(sighting=sighting).values_list("other_id", flat=True).first()


class SightingChange(serializers.Serializer[Any]):
    title = serializers.CharField(max_length=300, required=False)
    description = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False)
    equipment = NamedField[Equipment](
        slug_field="slug", queryset=Equipment.objects.all(), required=False, allow_null=True
    )
    quantity_min = serializers.IntegerField(min_value=0, max_value=2**31 - 1, required=False, allow_null=True)
    quantity_max = serializers.IntegerField(min_value=0, max_value=2**31 - 1, required=False, allow_null=True)
    operator = serializers.CharField(max_length=200, required=False, allow_blank=True)
    activity = serializers.ChoiceField(choices=Activity.choices, required=False)
    place = NamedField[Place](
        slug_field="slug", queryset=Place.objects.all(), required=False, allow_null=True
    )
    latitude = serializers.FloatField(min_value=-90, max_value=90, required=False, allow_null=True)
    longitude = serializers.FloatField(min_value=-180, max_value=180, required=False, allow_null=True)
    radius_m = serializers.FloatField(
        min_value=0.1, required=False, allow_null=True, help_text="Uncertainty of the position in metres."
    )
    when = serializers.CharField(
        max_length=120,
        required=False,
        allow_blank=True,
        validators=[validate_edtf],
        help_text="EDTF, such as 2023-01-06~.",
    )
    status = serializers.ChoiceField(choices=["draft", "proposed"], required=False)
    half_life_days = serializers.IntegerField(
        min_value=1,
        max_value=36_500,
        required=False,
        allow_null=True,
        help_text="For a claim that something is still there: after so many days evidence counts half.",
    )


class SightingInput(SightingChange):
    title = serializers.CharField(max_length=300)


class EvidenceSerializer(serializers.ModelSerializer[Evidence]):
    publication = PublicationSerializer(read_only=True)
    attached_by = PersonSerializer(read_only=True)

    class Meta:
        model = Evidence
        fields = (
            "id", "sighting", "publication", "stance", "credibility", "quotation", "fragment", "note",
            "undercuts", "attached_by", "withdrawn_at", "withdrawn_reason", "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields = fields


class EvidenceChange(serializers.Serializer[Any]):
    stance = serializers.ChoiceField(choices=Stance.choices, required=False)
    credibility = serializers.ChoiceField(
        choices=Credibility.choices,
        required=False,
        help_text="1 confirmed … 5 improbable, 6 cannot be judged.",
    )
    quotation = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False)
    fragment = serializers.CharField(max_length=120, required=False, allow_blank=True)
    note = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False)


class EvidenceInput(EvidenceChange):
    sighting = serializers.UUIDField()
    publication = serializers.UUIDField()
    stance = serializers.ChoiceField(choices=Stance.choices)
    credibility = serializers.ChoiceField(choices=Credibility.choices)
    undercuts = serializers.UUIDField(required=False, allow_null=True)


class WithdrawalInput(serializers.Serializer[Any]):
    reason = serializers.CharField()

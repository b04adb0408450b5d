"""Shapes of sources, publications and captures in the API: what goes out, and apart from it what comes in."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from osint.api.serializers import PersonSerializer
from osint.dates import validate_edtf
from osint.models import Investigation
from sources.models import (
    Capture,
    CaptureFile,
    CaptureMethod,
    Derivation,
    DerivationKind,
    Publication,
    PublicationKind,
    Reliability,
    Source,
    SourceKind,
    SourceRating,
    StoredFile,
)


class SourceSerializer(serializers.ModelSerializer[Source]):
    reliability = serializers.ChoiceField(
        choices=Reliability.choices, read_only=True, allow_null=True, help_text="The grade in force."
    )
    private_to = serializers.SlugRelatedField[Investigation](slug_field="slug", read_only=True)

    class Meta:
        model = Source
        fields = (
            "id", "name", "kind", "homepage", "language", "country", "description", "private_to",
            "reliability", "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields = fields


class SourceChange(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=200, required=False)
    kind = serializers.ChoiceField(choices=SourceKind.choices, required=False)
    homepage = serializers.URLField(max_length=500, required=False, allow_blank=True)
    language = serializers.CharField(max_length=35, required=False, allow_blank=True)
    country = serializers.CharField(
        max_length=2, required=False, allow_blank=True, help_text="ISO 3166 alpha-2."
    )
    description = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False)


class SourceInput(SourceChange):
    name = serializers.CharField(max_length=200)
    kind = serializers.ChoiceField(choices=SourceKind.choices)
    private_to = serializers.SlugField(required=False, help_text="Slug of the only case that may see it.")


class RatingSerializer(serializers.ModelSerializer[SourceRating]):
    rater = PersonSerializer(read_only=True)

    class Meta:
        model = SourceRating
        fields = ("id", "reliability", "rated_on", "rater", "reason", "created_at")
        read_only_fields = fields


class RatingInput(serializers.Serializer[Any]):
    reliability = serializers.ChoiceField(choices=Reliability.choices)
    rated_on = serializers.DateField(required=False)
    reason = serializers.CharField()


class PublicationSerializer(serializers.ModelSerializer[Publication]):
    source = SourceSerializer(read_only=True)  # type: ignore[assignment]  # a field, taken off the class

    class Meta:
        model = Publication
        fields = (
            "id", "url", "canonical_url", "source", "kind", "title", "author", "language",
            "published", "published_earliest", "published_latest", "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields = fields


class PublicationChange(serializers.Serializer[Any]):
    source = serializers.UUIDField(required=False, allow_null=True)  # type: ignore[assignment]  # as above
    kind = serializers.ChoiceField(choices=PublicationKind.choices, required=False)
    title = serializers.CharField(max_length=500, required=False, allow_blank=True)
    author = serializers.CharField(max_length=300, required=False, allow_blank=True)
    language = serializers.CharField(max_length=35, required=False, allow_blank=True)
    published = serializers.CharField(
        max_length=120,
        required=False,
        allow_blank=True,
        validators=[validate_edtf],
        help_text="EDTF, such as 2023-01-19 or 2023-01~.",
    )


class PublicationInput(PublicationChange):
    url = serializers.CharField(max_length=8192)


class DerivationSerializer(serializers.ModelSerializer[Derivation]):
    class Meta:
        model = Derivation
        fields = ("id", "publication", "derives_from", "kind", "note", "created_at")
        read_only_fields = fields


class DerivationInput(serializers.Serializer[Any]):
    publication = serializers.UUIDField()
    derives_from = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=DerivationKind.choices)
    note = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False)


class StoredFileSerializer(serializers.ModelSerializer[StoredFile]):
    class Meta:
        model = StoredFile
        fields = ("id", "sha256", "size", "media_type", "width", "height", "duration", "stored_at")
        read_only_fields = fields


class CaptureFileSerializer(serializers.ModelSerializer[CaptureFile]):
    """A file that a capture kept. `content` is where its bytes are, `thumbnail` a small picture of it."""

    file = StoredFileSerializer(read_only=True)
    content = serializers.SerializerMethodField()
    thumbnail = serializers.SerializerMethodField()

    class Meta:
        model = CaptureFile
        fields = ("id", "capture", "role", "url", "file", "content", "thumbnail")
        read_only_fields = fields

    @extend_schema_field(serializers.CharField())
    def get_content(self, kept: CaptureFile) -> str:
        return f"/api/v1/investigations/{self.context['slug']}/files/{kept.pk}/content/"

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_thumbnail(self, kept: CaptureFile) -> str | None:
        if kept.thumbnail_id is None:
            return None
        return f"/api/v1/investigations/{self.context['slug']}/files/{kept.pk}/thumbnail/"


class CaptureSerializer(serializers.ModelSerializer[Capture]):
    requested_by = PersonSerializer(read_only=True)
    files = CaptureFileSerializer(source="kept", many=True, read_only=True)

    class Meta:
        model = Capture
        fields = (
            "id", "publication", "method", "state", "attempt", "requested_by", "url", "final_url",
            "verdict", "verdict_reasons", "error_code", "error_detail", "created_at", "started_at", "ended_at",
            "files",
        )  # fmt: skip
        read_only_fields = fields


class CaptureDetailSerializer(CaptureSerializer):
    """One capture with all that it met: too long for lists."""

    class Meta:
        model = Capture
        fields = (*CaptureSerializer.Meta.fields, "facts")
        read_only_fields = fields


class CaptureInput(serializers.Serializer[Any]):
    publication = serializers.UUIDField()
    method = serializers.ChoiceField(choices=CaptureMethod.choices, default=CaptureMethod.HTTP)

"""Shapes of sources, publications and captures in the API: what goes out, and apart from it what comes in."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from osint.api.serializers import PersonSerializer
from osint.dates import validate_edtf
from osint.models import Investigation, JobState
from sources.errors_in_words import in_words
from sources.models import (
    Capture,
    CaptureBatch,
    CaptureFile,
    Derivation,
    DerivationKind,
    MediumFacts,
    OwnerKind,
    Priority,
    Publication,
    PublicationKind,
    Reliability,
    Source,
    SourceKind,
    SourceRating,
    StoredFile,
)
from sources.services.captures import ASKABLE


class ControlSerializer(serializers.Serializer[Any]):
    """Who controls a source; `since` is the day from which that judgement holds."""

    id = serializers.UUIDField(source="owner")
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=OwnerKind.choices)
    since = serializers.DateField()


class SourceSerializer(serializers.ModelSerializer[Source]):
    reliability = serializers.ChoiceField(
        choices=Reliability.choices, read_only=True, allow_null=True, help_text="The grade in force."
    )
    owner = ControlSerializer(
        source="control",
        read_only=True,
        allow_null=True,
        help_text="Who controls it. Null: nobody has established that it is independent of others.",
    )
    private_to = serializers.SlugRelatedField[Investigation](slug_field="slug", read_only=True)

    class Meta:
        model = Source
        fields = (
            "id", "name", "kind", "homepage", "language", "country", "description", "private_to",
            "reliability", "owner", "created_at", "updated_at",
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


DERIVATION_KINDS = (
    "`relays`, `quotes`, `embeds`, `translates`: it takes over what the other says, so both count as one."
    " `same event`: it reports the same by its own observation and derives from the other in no way, so both count."
)


class DerivationSerializer(serializers.ModelSerializer[Derivation]):
    class Meta:
        model = Derivation
        fields = ("id", "publication", "derives_from", "kind", "note", "created_at")
        read_only_fields = fields


class DerivationInput(serializers.Serializer[Any]):
    publication = serializers.UUIDField()
    derives_from = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=DerivationKind.choices, help_text=DERIVATION_KINDS)
    note = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False)


class StoredFileSerializer(serializers.ModelSerializer[StoredFile]):
    class Meta:
        model = StoredFile
        fields = ("id", "sha256", "size", "media_type", "width", "height", "duration", "stored_at")
        read_only_fields = fields


class MediumFactsSerializer(serializers.ModelSerializer[MediumFacts]):
    """What a medium says of itself: claims that are easily forged. `taken` is EDTF."""

    class Meta:
        model = MediumFacts
        fields = ("examined_at", "codec", "device", "taken", "latitude", "longitude", "note")
        read_only_fields = fields


class CaptureFileSerializer(serializers.ModelSerializer[CaptureFile]):
    """A file that a capture kept. `content` is where its bytes are, `thumbnail` a small picture of it."""

    file = StoredFileSerializer(read_only=True)
    content = serializers.SerializerMethodField()
    thumbnail = serializers.SerializerMethodField()
    facts = MediumFactsSerializer(read_only=True, allow_null=True, help_text="Null until it is examined.")

    class Meta:
        model = CaptureFile
        fields = ("id", "capture", "role", "url", "file", "content", "thumbnail", "facts")
        read_only_fields = fields

    @extend_schema_field(serializers.CharField())
    def get_content(self, kept: CaptureFile) -> str:
        return f"/api/v1/investigations/{self.context['slug']}/files/{kept.pk}/content/"

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_thumbnail(self, kept: CaptureFile) -> str | None:
        if kept.thumbnail is None:
            return None
        return f"/api/v1/investigations/{self.context['slug']}/files/{kept.pk}/thumbnail/"


class StepSerializer(serializers.Serializer[Any]):
    """How far a running capture is: `done` of `total` in the present `stage`."""

    stage = serializers.CharField()
    done = serializers.IntegerField()
    total = serializers.IntegerField()


class CaptureSerializer(serializers.ModelSerializer[Capture]):
    """An attempt to preserve a publication. Ask `follow` again until `state` is an end."""

    requested_by = PersonSerializer(read_only=True)
    files = CaptureFileSerializer(source="kept", many=True, read_only=True)
    priority = serializers.SerializerMethodField()
    progress = serializers.SerializerMethodField()
    error_words = serializers.SerializerMethodField(help_text="The error for a person, with what to do.")
    settled = serializers.BooleanField(
        source="is_settled", read_only=True, help_text="It has ended, and what it kept has been examined."
    )
    follow = serializers.SerializerMethodField()

    class Meta:
        model = Capture
        fields = (
            "id", "publication", "method", "upload", "state", "priority", "batch", "attempt", "progress",
            "requested_by", "url", "final_url", "verdict", "verdict_reasons", "error_code", "error_detail",
            "error_words", "created_at", "started_at", "ended_at", "settled", "files", "follow",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(serializers.ChoiceField(choices=[priority.name.lower() for priority in Priority]))
    def get_priority(self, capture: Capture) -> str:
        return Priority(capture.priority).name.lower()

    @extend_schema_field(StepSerializer(allow_null=True))
    def get_progress(self, capture: Capture) -> dict[str, Any] | None:
        return capture.progress if capture.state == JobState.LEASED and capture.progress else None

    @extend_schema_field(serializers.CharField())
    def get_error_words(self, capture: Capture) -> str:
        return str(in_words(capture.error_code) or "")

    @extend_schema_field(serializers.CharField())
    def get_follow(self, capture: Capture) -> str:
        return f"/api/v1/investigations/{self.context['slug']}/captures/{capture.pk}/"


class CaptureDetailSerializer(CaptureSerializer):
    """One capture with all that it met: too long for lists."""

    class Meta:
        model = Capture
        fields = (*CaptureSerializer.Meta.fields, "facts")
        read_only_fields = fields


class CaptureInput(serializers.Serializer[Any]):
    """What to preserve: a publication of the case, or an address, which is logged if it is new."""

    publication = serializers.UUIDField(required=False)
    url = serializers.CharField(max_length=8192, required=False)
    method = serializers.ChoiceField(
        choices=ASKABLE, default="", allow_blank=True, help_text="Empty: those that fit the address."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("publication" in attrs) == ("url" in attrs):
            message = "Expected either a publication or a url."
            raise serializers.ValidationError(message, code="publication_or_url")
        return attrs


class RequestedSerializer(serializers.Serializer[Any]):
    """The captures that were asked for, one for each method; each says where to follow it."""

    captures = CaptureDetailSerializer(many=True)


class ReleaseInput(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=2000, help_text="Why it should be tried again.")


class BatchProgressSerializer(serializers.Serializer[Any]):
    """Captures of a batch by state. The rate is that of the last minute."""

    total = serializers.IntegerField()
    done = serializers.IntegerField()
    counts = serializers.DictField(child=serializers.IntegerField())
    per_second = serializers.FloatField(allow_null=True)
    seconds_left = serializers.IntegerField(allow_null=True)
    is_over = serializers.BooleanField()


class BatchSerializer(serializers.ModelSerializer[CaptureBatch]):
    """Many addresses handed in at once."""

    requested_by = PersonSerializer(read_only=True)
    progress = serializers.SerializerMethodField()

    class Meta:
        model = CaptureBatch
        fields = (
            "id", "label", "method", "requested_by", "total", "created_at", "paused_at", "cancelled_at", "progress",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(BatchProgressSerializer())
    def get_progress(self, batch: CaptureBatch) -> Any:
        return BatchProgressSerializer(self.context["progress"][batch.pk]).data


class RefusalSerializer(serializers.Serializer[Any]):
    """A line for which no capture was asked."""

    line = serializers.IntegerField(help_text="Counted from 1.")
    text = serializers.CharField()
    code = serializers.CharField()
    reason = serializers.CharField()


class BatchDetailSerializer(BatchSerializer):
    refused = RefusalSerializer(many=True, read_only=True)

    class Meta:
        model = CaptureBatch
        fields = (*BatchSerializer.Meta.fields, "refused")
        read_only_fields = fields


class BatchInput(serializers.Serializer[Any]):
    """A list of addresses; as `text/plain` one in a line, with `label` and `method` in the query."""

    addresses = serializers.ListField(
        child=serializers.CharField(allow_blank=True, trim_whitespace=False),
        help_text="Empty ones and those that begin with # are passed over.",
    )
    label = serializers.CharField(max_length=200, default="", allow_blank=True)  # type: ignore[assignment]  # a field, taken off the class
    method = serializers.ChoiceField(choices=ASKABLE, default="", allow_blank=True)

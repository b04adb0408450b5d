"""Where a picture has been seen before."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import APIException
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from osint.api.views import CaseView
from sources.api.serializers import CaptureFileSerializer, PublicationSerializer
from sources.models import CaptureFile
from sources.services.picture_uploads import look_at
from sources.services.pictures import Match, find_alike

FORM_BYTES = 64 * 1024


class PictureTooLargeError(APIException):
    """The request is longer than any that would be accepted; refused before it is read."""

    status_code = 413
    default_code = "picture_too_large"
    default_detail = "The picture is larger than this instance searches with."


class MatchSerializer(serializers.Serializer[Match]):
    """A kept file that looks alike, as first seen with its publication."""

    distance = serializers.IntegerField(help_text="How many of 256 bits differ.")
    words = serializers.CharField(help_text="same picture, very alike or alike.")
    at_seconds = serializers.FloatField(allow_null=True, help_text="Where in a video.")
    times = serializers.IntegerField(help_text="How many captures of the publication kept the file.")
    investigation = serializers.CharField(source="kept.capture.investigation.slug")
    publication = PublicationSerializer(source="kept.capture.publication")
    captured_at = serializers.DateTimeField(source="kept.capture.ended_at", allow_null=True)
    file = serializers.SerializerMethodField()

    @extend_schema_field(CaptureFileSerializer)
    def get_file(self, match: Match) -> dict[str, Any]:
        context = {"slug": match.kept.capture.investigation.slug}
        return dict(CaptureFileSerializer(match.kept, context=context).data)


class AlikeSerializer(serializers.Serializer[Any]):
    """The nearest first, at most a hundred."""

    matches = MatchSerializer(many=True)


class PictureInput(serializers.Serializer[Any]):
    picture = serializers.FileField(
        help_text="JPEG, PNG, GIF, WebP, BMP, TIFF or AVIF. Nothing of it is kept."
    )


def alike_response(matches: list[Match]) -> Response:
    """The answer to a search."""
    return Response(AlikeSerializer({"matches": matches}).data)


@extend_schema(tags=["pictures"])
class PictureView(CaseView):
    """Searching with a picture that is not in the archive."""

    queryset_model = CaptureFile
    output_class = AlikeSerializer
    parser_classes = [MultiPartParser]

    @extend_schema(
        request={"multipart/form-data": PictureInput},
        responses={200: AlikeSerializer, 413: OpenApiTypes.OBJECT},
    )
    def search(self, request: Request, slug: str) -> Response:
        """Where has this picture been seen before, in this case and in the other cases of whoever asks?"""
        if int(request.META.get("CONTENT_LENGTH") or 0) > settings.PICTURE_SEARCH_MAX_BYTES + FORM_BYTES:
            raise PictureTooLargeError
        looks = look_at(self.parsed(PictureInput)["picture"])
        return alike_response(find_alike(self.actor, looks))

"""Files that people hold: sent whole or in pieces, and gone on with after a break."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from osint.access import get_one
from osint.api.parsing import BoundedJSONParser
from osint.api.serializers import PersonSerializer
from osint.api.views import CaseView
from sources.api import tus
from sources.models import Upload
from sources.selectors import publications_in, uploads_in
from sources.services import uploads

OFFSET = OpenApiParameter("Upload-Offset", int, OpenApiParameter.HEADER, required=True)
CHECKSUM = OpenApiParameter("Upload-Checksum", str, OpenApiParameter.HEADER)


class UploadSerializer(serializers.ModelSerializer[Upload]):
    """A file on its way in. `received` of `size` bytes are on the disk; `capture` preserves it once it is whole."""

    uploaded_by = PersonSerializer(read_only=True)
    capture = serializers.PrimaryKeyRelatedField[Any](read_only=True, allow_null=True)

    class Meta:
        model = Upload
        fields = (
            "id", "publication", "filename", "size", "received", "sha256", "note", "uploaded_by",
            "created_at", "completed_at", "expires_at", "capture",
        )  # fmt: skip
        read_only_fields = fields


class UploadInput(serializers.Serializer[Any]):
    publication = serializers.UUIDField()
    filename = serializers.CharField(max_length=255)
    size = serializers.IntegerField(min_value=1, max_value=2**62, help_text="Bytes.")
    sha256 = serializers.RegexField(r"^[0-9a-fA-F]{64}\Z", required=False, allow_blank=True)
    note = serializers.CharField(
        required=False, allow_blank=True, help_text="Where the file comes from, in your words."
    )


@extend_schema(tags=["uploads"])
class UploadView(CaseView):
    """Files that people hold, sent by the tus protocol 1.0 with creation, checksum, expiration, termination.

    Announce a file with POST, send its bytes with PATCH in as many requests as you like, and ask with HEAD how
    much has arrived after a break. With the last byte the file is preserved as a capture of its publication.
    """

    queryset_model = Upload
    output_class = UploadSerializer

    def rows(self) -> QuerySet[Upload]:
        return uploads_in(self.investigation)

    def get_parsers(self) -> list[BaseParser]:
        method = getattr(self.request, "method", "")  # the schema generator has no request
        return [tus.OffsetStreamParser() if method == "PATCH" else BoundedJSONParser()]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        tus.require_version(request)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        answer = super().finalize_response(request, response, *args, **kwargs)
        tus.stamp(answer, tus.abilities())
        return answer

    def list(self, request: Request, slug: str) -> Response:
        """List the uploads of the case."""
        return self.listed()

    def retrieve(self, request: Request, slug: str, pk: UUID) -> Response:
        """Show one upload. With HEAD: how many bytes have arrived (`Upload-Offset`)."""
        upload = get_one(self.rows(), pk=pk)
        answer = self.shown(upload)
        tus.stamp(answer, tus.standing(upload))
        return answer

    @extend_schema(request=UploadInput, responses={201: UploadSerializer})
    def create(self, request: Request, slug: str) -> Response:
        """Announce a file, in JSON or in the headers `Upload-Length` and `Upload-Metadata`."""
        values = self._announced()
        publication = get_one(publications_in(self.investigation), pk=values.pop("publication"))
        upload = uploads.begin_upload(publication, actor=self.actor, **values)
        answer = self.created(get_one(self.rows(), pk=upload.pk))
        place = {"slug": self.investigation.slug, "pk": upload.pk}
        tus.stamp(answer, tus.standing(upload) | {"Location": reverse("upload-detail", kwargs=place)})
        return answer

    @extend_schema(
        request={"application/offset+octet-stream": OpenApiTypes.BINARY},
        responses={204: None},
        parameters=[OFFSET, CHECKSUM],
    )
    def partial_update(self, request: Request, slug: str, pk: UUID) -> Response:
        """Send bytes from `Upload-Offset` on. What arrives before a break is kept."""
        upload = uploads.append(
            get_one(self.rows(), pk=pk),
            tus.pieces_of(request.data),
            actor=self.actor,
            offset=tus.offset_of(request),
            checksum=tus.checksum_of(request),
        )
        return Response(status=204, headers=tus.standing(upload))

    def destroy(self, request: Request, slug: str, pk: UUID) -> Response:
        """Give up an unfinished upload. A completed one is evidence, and stays."""
        uploads.cancel_upload(get_one(self.rows(), pk=pk), actor=self.actor)
        return Response(status=204)

    def _announced(self) -> dict[str, Any]:
        given = tus.announced_in(self.request)
        if given is None:
            return self.parsed(UploadInput)
        parser = UploadInput(data=given)
        parser.is_valid(raise_exception=True)
        return dict(parser.validated_data)

"""Captures of a case and the files they kept."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from osint.access import get_one
from osint.api.views import CaseView
from sources.api.filters import CaptureFilter
from sources.api.pictures import AlikeSerializer, alike_response
from sources.api.serializers import (
    CaptureDetailSerializer,
    CaptureFileSerializer,
    CaptureInput,
    CaptureSerializer,
    ReleaseInput,
    RequestedSerializer,
)
from sources.files import content_response, thumbnail_response
from sources.models import Capture, CaptureFile, Publication
from sources.selectors import captures_in, files_in, publications_in
from sources.services import captures, publications
from sources.services.pictures import find_alike, looks_of

BYTES = {(200, "application/octet-stream"): OpenApiResponse(OpenApiTypes.BINARY, "The bytes as preserved.")}


class PreservedView(CaseView):
    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "slug": self.kwargs.get("slug", "")}


@extend_schema(tags=["captures"])
class CaptureView(PreservedView):
    """Attempts to preserve publications."""

    queryset_model = Capture
    output_class = CaptureSerializer
    filterset_class = CaptureFilter

    def rows(self) -> QuerySet[Capture]:
        return captures_in(self.investigation)

    def get_serializer_class(self) -> type[CaptureSerializer]:
        return CaptureSerializer if self.action == "list" else CaptureDetailSerializer

    def list(self, request: Request, slug: str) -> Response:
        """List the captures of the case."""
        return self.listed()

    def retrieve(self, request: Request, slug: str, pk: UUID) -> Response:
        """Show one capture: ask again until `state` is succeeded, failed, quarantined or cancelled."""
        return self.shown(get_one(self.rows(), pk=pk))

    @extend_schema(request=CaptureInput, responses={202: RequestedSerializer})
    def create(self, request: Request, slug: str) -> Response:
        """Ask for a publication, or an address, to be preserved: by the method named, or by those that fit.

        Answers at once; the work is done in the background. Each capture says where to `follow` it.
        """
        values = self.parsed(CaptureInput)
        asked = captures.request_captures(
            self._publication(values), actor=self.actor, method=values["method"]
        )
        rows = self.rows().filter(pk__in=[capture.pk for capture in asked]).order_by("pk")
        shown = self.get_serializer(rows, many=True).data
        return Response({"captures": shown}, 202, headers={"Location": shown[0]["follow"]})

    def _publication(self, values: dict[str, Any]) -> Publication:
        if "publication" in values:
            return get_one(publications_in(self.investigation), pk=values["publication"])
        return publications.add_publication(self.investigation, actor=self.actor, url=values["url"])[0]

    @extend_schema(request=None, responses={202: CaptureDetailSerializer})
    @action(detail=True, methods=["post"])
    def retry(self, request: Request, slug: str, pk: UUID) -> Response:
        """Ask again for a failed capture, by the same method: makes a new one. Needs the role researcher."""
        capture = captures.retry_capture(get_one(self.rows(), pk=pk), actor=self.actor)
        return self.shown(get_one(self.rows(), pk=capture.pk), 202)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, slug: str, pk: UUID) -> Response:
        """End a capture that waits or runs. Needs the role researcher."""
        captures.cancel_capture(get_one(self.rows(), pk=pk), actor=self.actor)
        return self.shown(get_one(self.rows(), pk=pk))

    @extend_schema(request=ReleaseInput, responses={202: CaptureDetailSerializer})
    @action(detail=True, methods=["post"])
    def release(self, request: Request, slug: str, pk: UUID) -> Response:
        """Let a quarantined capture be tried afresh, by a new one. Needs the role admin."""
        reason = self.parsed(ReleaseInput)["reason"]
        capture = captures.release_capture(get_one(self.rows(), pk=pk), actor=self.actor, reason=reason)
        return self.shown(get_one(self.rows(), pk=capture.pk), 202)


@extend_schema(tags=["files"])
class FileView(PreservedView):
    """Files that captures of a case kept, each named by its SHA-256."""

    queryset_model = CaptureFile
    output_class = CaptureFileSerializer

    def rows(self) -> QuerySet[CaptureFile]:
        return files_in(self.investigation)

    def list(self, request: Request, slug: str) -> Response:
        """List the preserved files of the case."""
        return self.listed()

    def retrieve(self, request: Request, slug: str, pk: UUID) -> Response:
        """Show one file's particulars."""
        return self.shown(get_one(self.rows(), pk=pk))

    @extend_schema(responses=BYTES)
    @action(detail=True, methods=["get"])
    def content(self, request: Request, slug: str, pk: UUID) -> FileResponse:
        """The bytes as preserved, always as a download. A Range header is heeded."""
        return content_response(get_one(self.rows(), pk=pk), headers=request.headers)

    @extend_schema(responses={(200, "image/jpeg"): OpenApiResponse(OpenApiTypes.BINARY, "A small picture.")})
    @action(detail=True, methods=["get"])
    def thumbnail(self, request: Request, slug: str, pk: UUID) -> FileResponse:
        """A small picture of the file. 404 where there is none."""
        return thumbnail_response(get_one(self.rows(), pk=pk))

    @extend_schema(responses=AlikeSerializer, tags=["pictures"])
    @action(detail=True, methods=["get"])
    def alike(self, request: Request, slug: str, pk: UUID) -> Response:
        """Where has this been seen before, in this case and in the other cases of whoever asks?"""
        kept = get_one(self.rows(), pk=pk)
        return alike_response(find_alike(self.actor, looks_of(kept.file), besides=kept))

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
from sources.api.serializers import (
    CaptureDetailSerializer,
    CaptureFileSerializer,
    CaptureInput,
    CaptureSerializer,
)
from sources.files import content_response, thumbnail_response
from sources.models import Capture, CaptureFile
from sources.selectors import captures_in, files_in, publications_in
from sources.services import captures

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
        """Show one capture: ask again until `state` is succeeded, failed or quarantined."""
        return self.shown(get_one(self.rows(), pk=pk))

    @extend_schema(request=CaptureInput, responses={202: CaptureDetailSerializer})
    def create(self, request: Request, slug: str) -> Response:
        """Ask for a publication to be preserved. Answers at once; the work is done in the background."""
        values = self.parsed(CaptureInput)
        publication = get_one(publications_in(self.investigation), pk=values["publication"])
        capture = captures.request_capture(publication, actor=self.actor, method=values["method"])
        return self.shown(get_one(self.rows(), pk=capture.pk), 202)

    @extend_schema(request=None, responses={202: CaptureDetailSerializer})
    @action(detail=True, methods=["post"])
    def retry(self, request: Request, slug: str, pk: UUID) -> Response:
        """Ask again for a failed or quarantined capture: makes a new one."""
        capture = captures.retry_capture(get_one(self.rows(), pk=pk), actor=self.actor)
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
        """The bytes as preserved, always as a download."""
        return content_response(get_one(self.rows(), pk=pk))

    @extend_schema(responses={(200, "image/jpeg"): OpenApiResponse(OpenApiTypes.BINARY, "A small picture.")})
    @action(detail=True, methods=["get"])
    def thumbnail(self, request: Request, slug: str, pk: UUID) -> FileResponse:
        """A small picture of the file. 404 where there is none."""
        return thumbnail_response(get_one(self.rows(), pk=pk))

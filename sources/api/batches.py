"""Many addresses at once over the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db.models import QuerySet
from django.http import QueryDict
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from osint.access import get_one
from osint.api.parsing import BoundedJSONParser
from osint.api.views import CaseView
from sources.address_lists import numbered, split
from sources.api.serializers import BatchDetailSerializer, BatchInput, BatchSerializer
from sources.models import CaptureBatch
from sources.progress import progress_of
from sources.services import batches


class AddressLinesParser(BaseParser):
    """Addresses as text, one in a line; label and method stand in the query of the request's address."""

    media_type = "text/plain"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """The same shape as of JSON. Raises RequestDataTooBig."""
        body = stream.read(settings.BATCH_MAX_BYTES + 1)
        if len(body) > settings.BATCH_MAX_BYTES:
            raise RequestDataTooBig
        query: QueryDict = (parser_context or {})["request"].query_params
        given = {name: query[name] for name in ("label", "method") if name in query}
        return {"addresses": split(body.decode("utf-8", "replace").replace("\x00", "\ufffd")), **given}


@extend_schema(tags=["captures"])
class BatchView(CaseView):
    """Lists of addresses that were handed in at once."""

    queryset_model = CaptureBatch
    output_class = BatchSerializer
    parser_classes = (BoundedJSONParser, AddressLinesParser)

    def rows(self) -> QuerySet[CaptureBatch]:
        return self.investigation.batches.select_related("requested_by")

    def get_serializer_class(self) -> type[BatchSerializer]:
        return BatchSerializer if self.action == "list" else BatchDetailSerializer

    def list(self, request: Request, slug: str) -> Response:
        """List the batches of the case, newest first, each with its progress."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset().defer("refused")))
        serializer = BatchSerializer(page, many=True, context={"progress": progress_of(page or ())})
        return self.get_paginated_response(serializer.data)

    def retrieve(self, request: Request, slug: str, pk: UUID) -> Response:
        """Show one batch: how far it is, and which lines were refused."""
        return self._answer(get_one(self.rows(), pk=pk))

    @extend_schema(
        request={"application/json": BatchInput, "text/plain": OpenApiTypes.STR},
        parameters=[
            OpenApiParameter("label", str, description="For a list as text."),
            OpenApiParameter("method", str, description="For a list as text."),
        ],
        responses={202: BatchDetailSerializer},
    )
    def create(self, request: Request, slug: str) -> Response:
        """Ask for many addresses to be preserved. Needs the role researcher.

        What is accepted is on record when this answers; what is not is listed with line and reason.
        """
        values = self.parsed(BatchInput)
        lines = numbered(values.pop("addresses"))
        batch = batches.submit_batch(self.investigation, actor=self.actor, lines=lines, **values)
        return self._answer(batch, 202)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def pause(self, request: Request, slug: str, pk: UUID) -> Response:
        """Let nothing more of the batch begin. Needs the role researcher."""
        return self._answer(batches.pause_batch(get_one(self.rows(), pk=pk), actor=self.actor))

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, slug: str, pk: UUID) -> Response:
        """Go on with a paused batch. Needs the role researcher."""
        return self._answer(batches.resume_batch(get_one(self.rows(), pk=pk), actor=self.actor))

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, slug: str, pk: UUID) -> Response:
        """End what has not ended. Needs the role researcher."""
        return self._answer(batches.cancel_batch(get_one(self.rows(), pk=pk), actor=self.actor))

    @extend_schema(request=None, responses={202: BatchDetailSerializer})
    @action(detail=True, methods=["post"], url_path="retry-failed")
    def retry_failed(self, request: Request, slug: str, pk: UUID) -> Response:
        """Ask again for what failed: answers with a new batch. Needs the role researcher."""
        return self._answer(batches.retry_failed(get_one(self.rows(), pk=pk), actor=self.actor), 202)

    def _answer(self, batch: CaptureBatch, status: int = 200) -> Response:
        context = {"progress": progress_of([batch])}
        return Response(BatchDetailSerializer(batch, context=context).data, status)

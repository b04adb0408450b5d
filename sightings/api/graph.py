"""The evidence graph of a case, whole."""

from __future__ import annotations

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request

from osint.api.views import CaseView
from osint.models import Investigation
from sightings.graph.writers import MEDIA_TYPES
from sightings.services.exports import export_graph

STREAMS = {
    (200, media_type): OpenApiResponse(OpenApiTypes.STR, "Nodes, then edges, then a manifest.")
    for media_type in MEDIA_TYPES.values()
}


@extend_schema(tags=["graph"])
class GraphView(CaseView):
    """Everything in a case as nodes and edges."""

    queryset_model = Investigation

    @extend_schema(responses=STREAMS)
    def retrieve(self, request: Request, slug: str, format: str) -> StreamingHttpResponse:
        """Stream the graph from one snapshot. It is complete if, and only if, it ends with its manifest."""
        stream = export_graph(self.investigation, actor=self.actor, format=format)
        response = StreamingHttpResponse(stream, content_type=MEDIA_TYPES[format])
        response["Content-Disposition"] = f'attachment; filename="{slug}.{format}"'
        return response

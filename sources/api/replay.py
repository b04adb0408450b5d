"""Where a capture is replayed, for pages that renew their link and for programs."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from osint.access import get_one
from osint.api.views import CaseView
from sources.models import Capture
from sources.replay.offer import Offer, State, replay_of
from sources.selectors import captures_in


class ReplaySerializer(serializers.Serializer[Offer]):
    """Where a replay is, or why there is none."""

    state = serializers.ChoiceField(choices=[state.value for state in State])
    viewer = serializers.URLField(
        allow_null=True, help_text="Opens within a page of this origin, until it expires."
    )
    link = serializers.CharField(allow_null=True, help_text="The signed part of it, for renewing.")
    expires_at = serializers.DateTimeField(allow_null=True)
    sha256 = serializers.CharField(
        source="archive.file.sha256", default=None, help_text="Of the web archive that is replayed."
    )


@extend_schema(tags=["captures"])
class ReplayView(CaseView):
    """The replay of one capture."""

    queryset_model = Capture
    output_class = ReplaySerializer

    def rows(self) -> QuerySet[Capture]:
        return captures_in(self.investigation)

    @extend_schema(responses=ReplaySerializer)
    def retrieve(self, request: Request, slug: str, pk: UUID) -> Response:
        """A fresh link to the capture's replay; good for some minutes and for this capture alone."""
        offer = replay_of(get_one(self.rows(), pk=pk), request)
        return Response(ReplaySerializer(offer).data, headers={"Cache-Control": "no-store"})

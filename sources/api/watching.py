"""The watch over originals: when they are looked at, what was found, and what was handed to public archives."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import django_filters as filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from osint.access import get_one
from osint.api.views import CaseView
from sources.models import HandOn, LinkCheck, LinkOutcome, LinkWatch
from sources.selectors import handed_on_in, watches_in
from sources.services import watches


class WatchSerializer(serializers.ModelSerializer[LinkWatch]):
    """The watch over one publication's original; `outcome` is what the last look that got an answer found."""

    class Meta:
        model = LinkWatch
        fields = (
            "id",
            "publication",
            "is_paused",
            "outcome",
            "outcome_since",
            "next_at",
            "interval",
            "failures",
        )
        read_only_fields = fields


class CheckSerializer(serializers.ModelSerializer[LinkCheck]):
    """One look. `capture` is the one that was asked for because of it."""

    class Meta:
        model = LinkCheck
        fields = ("id", "checked_at", "outcome", "status", "final_url", "text_sha256", "detail", "capture")
        read_only_fields = fields


class HandOnSerializer(serializers.ModelSerializer[HandOn]):
    """A publication handed to a public archive; `answered_at` is empty while that is still tried."""

    class Meta:
        model = HandOn
        fields = (
            "id",
            "publication",
            "archive",
            "asked_at",
            "answered_at",
            "status",
            "snapshot_url",
            "detail",
        )
        read_only_fields = fields


class WatchFilter(filters.FilterSet):
    publication = filters.UUIDFilter()
    outcome = filters.ChoiceFilter(choices=LinkOutcome.choices)
    is_paused = filters.BooleanFilter()

    class Meta:
        model = LinkWatch
        fields = ("publication", "outcome", "is_paused")


class HandOnFilter(filters.FilterSet):
    publication = filters.UUIDFilter()

    class Meta:
        model = HandOn
        fields = ("publication",)


@extend_schema(tags=["link watch"])
class WatchView(CaseView):
    """Whether the originals of preserved publications are still there."""

    queryset_model = LinkWatch
    output_class = WatchSerializer
    filterset_class = WatchFilter

    def rows(self) -> QuerySet[LinkWatch]:
        return watches_in(self.investigation)

    def list(self, request: Request, slug: str) -> Response:
        """List the watches of the case: `outcome=gone` for the originals that are no longer there."""
        return self.listed()

    def retrieve(self, request: Request, slug: str, pk: UUID) -> Response:
        """Show one watch."""
        return self.shown(get_one(self.rows(), pk=pk))

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def pause(self, request: Request, slug: str, pk: UUID) -> Response:
        """Leave the original alone. Needs the role researcher."""
        watches.pause_watch(get_one(self.rows(), pk=pk), actor=self.actor)
        return self.retrieve(request, slug, pk)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, slug: str, pk: UUID) -> Response:
        """Look at the original again. Needs the role researcher."""
        watches.resume_watch(get_one(self.rows(), pk=pk), actor=self.actor)
        return self.retrieve(request, slug, pk)

    @extend_schema(request=None, responses={202: WatchSerializer})
    @action(detail=True, methods=["post"])
    def check(self, request: Request, slug: str, pk: UUID) -> Response:
        """Have the original looked at with the next round, within a minute or so. Needs the role researcher."""
        watches.look_now(get_one(self.rows(), pk=pk), actor=self.actor)
        return self.shown(get_one(self.rows(), pk=pk), 202)


@extend_schema(tags=["link watch"])
class CheckView(CaseView):
    """What the looks at one original found."""

    queryset_model = LinkCheck
    output_class = CheckSerializer

    def rows(self) -> QuerySet[LinkCheck]:
        watch = get_one(watches_in(self.investigation), pk=self.kwargs["watch_pk"])
        return watch.checks.all()

    def list(self, request: Request, slug: str, watch_pk: UUID) -> Response:
        """List the looks at one original, newest first."""
        return self.listed()


@extend_schema(tags=["link watch"])
class HandOnView(CaseView):
    """What was handed to public archives, where the operator wants that."""

    queryset_model = HandOn
    output_class = HandOnSerializer
    filterset_class: Any = HandOnFilter

    def rows(self) -> QuerySet[HandOn]:
        return handed_on_in(self.investigation)

    def list(self, request: Request, slug: str) -> Response:
        """List the publications of the case that were handed on."""
        return self.listed()

"""What you are told: who mentions you, answers you, asks you to see to something, or decides on your work."""

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
from osint.api.serializers import PersonSerializer
from osint.api.views import ApiView
from osint.models import Investigation, Notice, NoticeKind, User
from osint.selectors import notices_for
from osint.services import notices


class NoticeSerializer(serializers.ModelSerializer[Notice]):
    """One thing that you are told; `text` is empty where it speaks of a comment that was withdrawn."""

    investigation = serializers.SlugRelatedField[Investigation](slug_field="slug", read_only=True)
    sender = PersonSerializer(read_only=True)
    text = serializers.CharField(source="words", read_only=True)

    class Meta:
        model = Notice
        fields = (
            "id", "kind", "investigation", "sender", "subject_type", "subject_id", "comment", "text",
            "created_at", "read_at",
        )  # fmt: skip
        read_only_fields = fields


class ReadInput(serializers.Serializer[Any]):
    until = serializers.UUIDField(
        required=False, help_text="Id of the newest notice you have seen; without it all are marked."
    )


class ReadCountSerializer(serializers.Serializer[Any]):
    """How many notices were unread until now."""

    marked = serializers.IntegerField(read_only=True)


class MailSerializer(serializers.ModelSerializer[User]):
    """Whether you are told by e-mail too, where the instance sends any."""

    wanted = serializers.BooleanField(source="wants_mail", read_only=True)

    class Meta:
        model = User
        fields = ("wanted",)
        read_only_fields = fields


class MailInput(serializers.Serializer[Any]):
    wanted = serializers.BooleanField()


class NoticeFilter(filters.FilterSet):
    unread = filters.BooleanFilter(field_name="read_at", lookup_expr="isnull")
    investigation = filters.CharFilter(field_name="investigation__slug", help_text="Slug.")
    kind = filters.ChoiceFilter(choices=NoticeKind.choices)

    class Meta:
        model = Notice
        fields = ("unread", "investigation", "kind")


@extend_schema(tags=["notices"])
class NoticeView(ApiView):
    """Your notices, of all cases that you are on."""

    queryset_model = Notice
    output_class = NoticeSerializer
    filterset_class = NoticeFilter

    def rows(self) -> QuerySet[Notice]:
        return notices_for(self.actor)

    def list(self, request: Request) -> Response:
        """List your notices, newest first."""
        return self.listed()

    @extend_schema(request=None)
    @action(detail=True, methods=["post"], url_path="read")
    def mark(self, request: Request, pk: UUID) -> Response:
        """Mark one notice as read."""
        return self.shown(notices.mark_read(get_one(self.rows(), pk=pk), actor=self.actor))

    @extend_schema(operation_id="notices_read_all", request=ReadInput, responses=ReadCountSerializer)
    @action(detail=False, methods=["post"], url_path="read", filterset_class=None, pagination_class=None)
    def mark_all(self, request: Request) -> Response:
        """Mark all notices as read, or those up to one."""
        return Response({"marked": notices.mark_all_read(actor=self.actor, **self.parsed(ReadInput))})


@extend_schema(tags=["notices"])
class MailView(ApiView):
    """Whether you are told by e-mail."""

    queryset_model = User
    output_class = MailSerializer

    @extend_schema(responses=MailSerializer)
    def retrieve(self, request: Request) -> Response:
        """Show whether e-mail is on for you."""
        return self.shown(self.actor)

    @extend_schema(request=MailInput, responses=MailSerializer)
    def partial_update(self, request: Request) -> Response:
        """Turn e-mail to you on or off."""
        return self.shown(notices.choose_mail(actor=self.actor, **self.parsed(MailInput)))

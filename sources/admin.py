"""The admin of sources and their reliability; publications and captures to read."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest

from osint.admin_base import ReadOnlyAdmin, ServiceAdmin
from osint.models import User
from sources.models import (
    Capture,
    CaptureBatch,
    Derivation,
    DerivationSuggestion,
    Owner,
    Ownership,
    Publication,
    Source,
    SourceRating,
    StoredFile,
)
from sources.services import captures, sources


@admin.register(Source)
class SourceAdmin(ServiceAdmin[Source]):
    list_display = ("name", "kind", "reliability", "language", "country", "private_to")
    list_filter = ("kind", "language")
    search_fields = ("name",)
    fields = ("name", "kind", "homepage", "language", "country", "description")

    def add(self, actor: User, values: dict[str, Any]) -> Source:
        return sources.add_source(actor=actor, **values)

    def change(self, actor: User, record: Source, values: dict[str, Any]) -> Source:
        return sources.change_source(record, actor=actor, **values)


@admin.register(SourceRating)
class SourceRatingAdmin(ServiceAdmin[SourceRating]):
    """Ratings are added; a new one supersedes, none is edited."""

    list_display = ("source", "reliability", "rated_on", "rater")
    list_filter = ("reliability",)
    search_fields = ("source__name", "reason")
    autocomplete_fields = ("source",)
    fields = ("source", "reliability", "rated_on", "reason")

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        return False

    def add(self, actor: User, values: dict[str, Any]) -> SourceRating:
        return sources.rate_source(values.pop("source"), actor=actor, **values)


@admin.register(Owner)
class OwnerAdmin(ServiceAdmin[Owner]):
    list_display = ("name", "kind")
    list_filter = ("kind",)
    search_fields = ("name",)
    fields = ("name", "kind", "description")

    def add(self, actor: User, values: dict[str, Any]) -> Owner:
        return sources.add_owner(actor=actor, **values)

    def change(self, actor: User, record: Owner, values: dict[str, Any]) -> Owner:
        return sources.change_owner(record, actor=actor, **values)


@admin.register(Ownership)
class OwnershipAdmin(ServiceAdmin[Ownership]):
    """Judgements of who controls a source are added; a new one supersedes, none is edited."""

    list_display = ("source", "owner", "since", "established_by")
    search_fields = ("source__name", "owner__name", "reason")
    autocomplete_fields = ("source", "owner")
    fields = ("source", "owner", "since", "reason")

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        return False

    def add(self, actor: User, values: dict[str, Any]) -> Ownership:
        return sources.establish_ownership(values.pop("source"), actor=actor, **values)


@admin.register(DerivationSuggestion)
class DerivationSuggestionAdmin(ReadOnlyAdmin):
    list_display = ("publication", "derives_from", "ground", "state", "decided_by", "investigation")
    list_filter = ("state", "ground", "investigation")


@admin.register(Publication)
class PublicationAdmin(ReadOnlyAdmin):
    list_display = ("title", "source", "kind", "published", "investigation")
    list_filter = ("kind", "investigation")
    search_fields = ("title", "url")


@admin.register(Derivation)
class DerivationAdmin(ReadOnlyAdmin):
    list_display = ("publication", "kind", "derives_from", "investigation")
    list_filter = ("kind", "investigation")


@admin.register(Capture)
class CaptureAdmin(ReadOnlyAdmin):
    """Captures to read; a superuser may release what is in quarantine, whoever's case it is."""

    actions = ("release",)
    list_display = ("url", "method", "state", "verdict", "error_code", "attempt", "ended_at", "investigation")
    list_filter = ("state", "verdict", "investigation")
    search_fields = ("url",)

    def has_release_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and request.user.is_superuser)

    @admin.action(permissions=["release"], description="Release from quarantine: ask for new captures")
    def release(self, request: HttpRequest, queryset: QuerySet[Capture]) -> None:
        """Those that are in quarantine; the others are said to be none."""
        for capture in queryset.select_related("publication", "investigation"):
            try:
                fresh = captures.release_capture(
                    capture, actor=cast("User", request.user), reason="Released in the admin."
                )
            except ValidationError as error:
                self.message_user(request, f"{capture}: {' '.join(error.messages)}", messages.ERROR)
            else:
                self.message_user(request, f"{capture} is tried afresh as {fresh.pk}.", messages.SUCCESS)


@admin.register(CaptureBatch)
class CaptureBatchAdmin(ReadOnlyAdmin):
    list_display = (
        "__str__",
        "requested_by",
        "total",
        "created_at",
        "paused_at",
        "cancelled_at",
        "investigation",
    )
    list_filter = ("investigation",)
    search_fields = ("label",)


@admin.register(StoredFile)
class StoredFileAdmin(ReadOnlyAdmin):
    list_display = ("sha256", "media_type", "size", "stored_at")
    list_filter = ("media_type",)
    search_fields = ("sha256",)

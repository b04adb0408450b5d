"""The admin of sources and their reliability; publications and captures to read."""

from __future__ import annotations

from typing import Any

from django.contrib import admin

from osint.admin_base import ReadOnlyAdmin, ServiceAdmin
from osint.models import User
from sources.models import Capture, Derivation, Publication, Source, SourceRating, StoredFile
from sources.services import sources


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
    list_display = ("url", "method", "state", "verdict", "error_code", "attempt", "ended_at", "investigation")
    list_filter = ("state", "verdict", "investigation")
    search_fields = ("url",)


@admin.register(StoredFile)
class StoredFileAdmin(ReadOnlyAdmin):
    list_display = ("sha256", "media_type", "size", "stored_at")
    list_filter = ("media_type",)
    search_fields = ("sha256",)

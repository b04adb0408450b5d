"""The admin of equipment and places; sightings and evidence to read."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from unfold.widgets import UnfoldAdminTextareaWidget

from osint.admin_base import ReadOnlyAdmin, ServiceAdmin
from osint.models import User
from sightings.models import (
    Equipment,
    Evidence,
    Hypothesis,
    HypothesisFit,
    Invalidation,
    Place,
    Review,
    ReviewCheck,
    Sighting,
    SightingRelation,
)
from sightings.services import catalogue


class NamedForm(forms.ModelForm[Any]):
    """A catalogue entry with a box for further names, one a line."""

    further_names = forms.CharField(
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
        required=False,
        help_text="One a line, in any script.",
    )


def _with_aliases(values: dict[str, Any]) -> dict[str, Any]:
    names = values.pop("further_names", "")
    return {**values, "aliases": [name.strip() for name in names.splitlines() if name.strip()]}


@admin.register(Equipment)
class EquipmentAdmin(ServiceAdmin[Equipment]):
    form = NamedForm
    list_display = ("name", "nato_name", "kind", "parent")
    list_filter = ("kind",)
    search_fields = ("name", "nato_name", "aliases__name")
    autocomplete_fields = ("parent",)
    fields = ("slug", "name", "nato_name", "kind", "parent", "further_names", "known_names")
    readonly_fields = ("known_names",)

    @admin.display(description="known names")
    def known_names(self, equipment: Equipment) -> str:
        return " · ".join(alias.name for alias in equipment.aliases.all())

    def add(self, actor: User, values: dict[str, Any]) -> Equipment:
        return catalogue.add_equipment(actor=actor, **_with_aliases(values))

    def change(self, actor: User, record: Equipment, values: dict[str, Any]) -> Equipment:
        return catalogue.change_equipment(record, actor=actor, **_with_aliases(values))


@admin.register(Place)
class PlaceAdmin(ServiceAdmin[Place]):
    form = NamedForm
    list_display = ("name", "country", "latitude", "longitude", "radius_m")
    list_filter = ("country",)
    search_fields = ("name", "aliases__name")
    fields = ("slug", "name", "country", "latitude", "longitude", "radius_m", "further_names", "known_names")
    readonly_fields = ("known_names",)

    @admin.display(description="known names")
    def known_names(self, place: Place) -> str:
        return " · ".join(alias.name for alias in place.aliases.all())

    def add(self, actor: User, values: dict[str, Any]) -> Place:
        return catalogue.add_place(actor=actor, **_with_aliases(values))

    def change(self, actor: User, record: Place, values: dict[str, Any]) -> Place:
        return catalogue.change_place(record, actor=actor, **_with_aliases(values))


@admin.register(Sighting)
class SightingAdmin(ReadOnlyAdmin):
    list_display = ("title", "equipment", "place", "when", "status", "investigation")
    list_filter = ("status", "activity", "investigation")
    search_fields = ("title",)


@admin.register(Evidence)
class EvidenceAdmin(ReadOnlyAdmin):
    list_display = ("sighting", "stance", "credibility", "publication", "attached_by", "withdrawn_at")
    list_filter = ("stance", "credibility", "investigation")
    search_fields = ("sighting__title", "publication__title")


@admin.register(Hypothesis)
class HypothesisAdmin(ReadOnlyAdmin):
    list_display = ("title", "sighting", "proposed_by", "is_dropped")
    list_filter = ("is_dropped", "sighting__investigation")
    search_fields = ("title", "sighting__title")


@admin.register(HypothesisFit)
class HypothesisFitAdmin(ReadOnlyAdmin):
    list_display = ("evidence", "fit", "hypothesis", "sighting", "judged_by")
    list_filter = ("fit", "sighting__investigation")
    search_fields = ("hypothesis__title", "sighting__title")


@admin.register(SightingRelation)
class SightingRelationAdmin(ReadOnlyAdmin):
    list_display = ("sighting", "kind", "other", "stated_by", "undone_at")
    list_filter = ("kind", "investigation")
    search_fields = ("sighting__title", "other__title")


@admin.register(Review)
class ReviewAdmin(ReadOnlyAdmin):
    list_display = ("sighting", "decision", "reviewer", "created_at", "superseded_at")
    list_filter = ("decision", "sighting__investigation")
    search_fields = ("sighting__title", "reason", "reviewer__username")


@admin.register(ReviewCheck)
class ReviewCheckAdmin(ReadOnlyAdmin):
    list_display = ("review", "question", "answer", "method", "checked_by")
    list_filter = ("question", "answer", "method")
    search_fields = ("review__sighting__title", "note")


@admin.register(Invalidation)
class InvalidationAdmin(ReadOnlyAdmin):
    list_display = ("publication", "reviewer", "created_at", "withdrawn_at")
    list_filter = ("investigation",)
    search_fields = ("publication__title", "reason")

"""Narrowing the list of sightings. The filter lives in the URL, and the API understands the same one."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Exists, OuterRef, QuerySet

from osint.dates import certainly_within, possibly_within
from osint.models import Investigation
from osint.pages.forms import PageForm
from sightings.models import Activity, Equipment, Place, Sighting, Status
from sightings.pages.catalogue import branches
from sightings.selectors import branch_ids

CERTAINLY, POSSIBLY = "certainly", "possibly"
ANY = ("", "Any")


class SightingFilter(PageForm):
    """What the list can be narrowed by; offers only what is in there."""

    title = forms.CharField(label="Words in the title", required=False, max_length=200)
    equipment = forms.ChoiceField(required=False)
    place = forms.ChoiceField(required=False)
    status = forms.ChoiceField(choices=[ANY, *Status.choices], required=False)
    activity = forms.ChoiceField(choices=[ANY, *Activity.choices], required=False)
    first = forms.DateField(label="From", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label="To", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    within = forms.ChoiceField(
        label="In that period",
        choices=[(POSSIBLY, "possibly"), (CERTAINLY, "certainly")],
        required=False,
    )

    def __init__(self, investigation: Investigation, data: Any) -> None:
        super().__init__(data)
        _offer(self, "equipment", branches(set(equipment_in(investigation).values_list("pk", flat=True))))
        _offer(self, "place", places_in(investigation).order_by("name").values_list("slug", "name"))

    @property
    def is_active(self) -> bool:
        """Whether anything is narrowed at all; the kind of period alone narrows nothing."""
        return any(value for name, value in self._given().items() if name != "within")

    def narrow(self, rows: QuerySet[Sighting]) -> QuerySet[Sighting]:
        """The rows that pass. A value that cannot be read narrows nothing: its field says so."""
        given = self._given()
        for name in ("status", "activity"):
            if given.get(name):
                rows = rows.filter(**{name: given[name]})
        if given.get("title"):
            rows = rows.filter(title__icontains=given["title"])
        if given.get("place"):
            rows = rows.filter(place__slug=given["place"])
        if given.get("equipment"):
            rows = rows.filter(equipment__in=branch_ids(Equipment.objects.get(slug=given["equipment"])))
        return self._narrow_period(rows, given)

    def api_query(self) -> str:
        """The same filter in the API's words."""
        given = self._given()
        query = {
            name: given[name]
            for name in ("title", "equipment", "place", "status", "activity")
            if given.get(name)
        }
        period = f"{given.get('within') or POSSIBLY}_within"
        ends = {f"{period}_after": given.get("first"), f"{period}_before": given.get("last")}
        return urlencode(query | {name: day.isoformat() for name, day in ends.items() if day})

    def _narrow_period(self, rows: QuerySet[Sighting], given: dict[str, Any]) -> QuerySet[Sighting]:
        first, last = given.get("first"), given.get("last")
        if first is None and last is None:
            return rows
        within = certainly_within if given.get("within") == CERTAINLY else possibly_within
        return rows.filter(within("when", first or date.min, last or date.max))

    def _given(self) -> dict[str, Any]:
        self.is_valid()
        return self.cleaned_data


def equipment_in(investigation: Investigation) -> QuerySet[Equipment]:
    """The equipment that sightings of the case are about."""
    about = Sighting.objects.filter(investigation=investigation, equipment=OuterRef("pk"))
    return Equipment.objects.filter(Exists(about))


def places_in(investigation: Investigation) -> QuerySet[Place]:
    """The places that sightings of the case are at."""
    there = Sighting.objects.filter(investigation=investigation, place=OuterRef("pk"))
    return Place.objects.filter(Exists(there))


def _offer(form: forms.Form, name: str, choices: Any) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101  # tells the type checker what the class says
    field.choices = [ANY, *choices]

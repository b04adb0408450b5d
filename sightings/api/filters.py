"""What lists of the top floor can be narrowed by."""

from __future__ import annotations

from datetime import date

import django_filters as filters
from django.db.models import QuerySet

from osint.dates import certainly_within, possibly_within
from sightings.models import Activity, Equipment, Evidence, Place, Sighting, Stance, Status
from sightings.selectors import branch_ids, find_equipment, find_places


class EquipmentFilter(filters.FilterSet):
    q = filters.CharFilter(method="by_name", label="Part of any name, in any script.")
    parent = filters.CharFilter(field_name="parent__slug")

    class Meta:
        model = Equipment
        fields = ("q", "kind", "parent")

    def by_name(self, rows: QuerySet[Equipment], name: str, text: str) -> QuerySet[Equipment]:
        return rows.filter(pk__in=find_equipment(text).values("pk"))


class PlaceFilter(filters.FilterSet):
    q = filters.CharFilter(method="by_name", label="Part of any name, in any script.")

    class Meta:
        model = Place
        fields = ("q", "country")

    def by_name(self, rows: QuerySet[Place], name: str, text: str) -> QuerySet[Place]:
        return rows.filter(pk__in=find_places(text).values("pk"))


class SightingFilter(filters.FilterSet):
    """A period is two days, both included: `possibly_within_after=2023-01-01&possibly_within_before=2023-01-31`."""

    equipment = filters.ModelChoiceFilter(
        queryset=Equipment.objects.all(), to_field_name="slug", method="in_branch", label="With all below it."
    )
    place = filters.ModelChoiceFilter(queryset=Place.objects.all(), to_field_name="slug")
    title = filters.CharFilter(lookup_expr="icontains")
    status = filters.MultipleChoiceFilter(choices=Status.choices)
    activity = filters.MultipleChoiceFilter(choices=Activity.choices)
    certainly_within = filters.DateFromToRangeFilter(method="certainly", label="Whole date in the period.")
    possibly_within = filters.DateFromToRangeFilter(method="possibly", label="Date may lie in the period.")

    class Meta:
        model = Sighting
        fields = ("equipment", "place", "title", "status", "activity")

    def in_branch(self, rows: QuerySet[Sighting], name: str, root: Equipment) -> QuerySet[Sighting]:
        return rows.filter(equipment__in=branch_ids(root))

    def certainly(self, rows: QuerySet[Sighting], name: str, period: slice) -> QuerySet[Sighting]:
        first, last = _days(period)
        return rows.filter(certainly_within("when", first, last))

    def possibly(self, rows: QuerySet[Sighting], name: str, period: slice) -> QuerySet[Sighting]:
        first, last = _days(period)
        return rows.filter(possibly_within("when", first, last))


class EvidenceFilter(filters.FilterSet):
    """Sighting and publication are not looked up: whether another case has such a row is not to be told."""

    sighting = filters.UUIDFilter()
    publication = filters.UUIDFilter()
    stance = filters.ChoiceFilter(choices=Stance.choices)
    withdrawn = filters.BooleanFilter(field_name="withdrawn_at", lookup_expr="isnull", exclude=True)

    class Meta:
        model = Evidence
        fields = ("sighting", "publication", "stance", "credibility")


def _days(period: slice) -> tuple[date, date]:
    """The first and last day of a period; a missing end reaches as far as dates do."""
    first = period.start.date() if period.start else date.min
    last = period.stop.date() if period.stop else date.max
    return first, last

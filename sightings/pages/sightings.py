"""Pages of sightings: the list, one claim with what speaks for and against it, and a form to log one."""

from __future__ import annotations

from functools import cached_property
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse

from osint.models import Investigation
from osint.pages import panels
from osint.pages.base import CaseFormPage, CasePage, Crumb
from osint.pages.forms import PageForm
from osint.pages.keyset import page_after
from sightings.models import Equipment, EquipmentKind, Evidence, Sighting, Stance
from sightings.pages.duplicates import duplicates_of
from sightings.pages.filters import SightingFilter
from sightings.pages.forms import SightingForm
from sightings.pages.maps import sighting_map
from sightings.pages.weights import shown_assessment
from sightings.selectors import evidence_in, get_sighting, sightings_in, with_counts
from sightings.services.sightings import log_sighting
from sources.pages.selectors import telling_captures

#: The button of somebody who has seen what is like it, and logs it all the same.
ANYWAY = "anyway"


class SightingsPage(CasePage):
    """The claims of the case, newest first, narrowed by the filter in the address."""

    template_name = "sightings/sightings.html"
    title = "Sightings"

    @cached_property
    def filter(self) -> SightingFilter:
        """The filter in the address."""
        return SightingFilter(self.investigation, self.request.GET)

    def twin(self) -> str:
        query = self.filter.api_query()
        return self.address("sighting-list") + (f"?{query}" if query else "")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = self.filter.narrow(sightings_in(self.investigation))
        page = page_after(rows, self.request.GET.get("after"))
        shown = with_counts(Sighting.objects.filter(pk__in=[sighting.pk for sighting in page.items]))
        return super().get_context_data(
            page=page, counts={row.pk: row for row in shown}, filter=self.filter, **kwargs
        )


class OneSightingPage(CasePage):
    """Base of the pages about one sighting."""

    @cached_property
    def sighting(self) -> Sighting:
        """The sighting in the address. Raises NotFoundError."""
        return get_sighting(self.investigation, self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(sighting=self.sighting, **kwargs)


class SightingPage(OneSightingPage):
    """One claim, with support and refutation side by side."""

    template_name = "sightings/sighting.html"

    def heading(self) -> str:
        return self.sighting.title

    def crumbs(self) -> list[Crumb]:
        return [Crumb("Sightings", self.address("sightings"))]

    def twin(self) -> str:
        return self.address("sighting-detail", pk=self.sighting.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            map=sighting_map(self.sighting),
            panels=panels.build("sighting", self.investigation, self.sighting),
            **evidence_shown(self.investigation, self.sighting),
            **shown_assessment(self.sighting),
            **kwargs,
        )


class NewSightingPage(CaseFormPage):
    """Log a claim."""

    template_name = "sightings/sighting_new.html"
    title = "Log a sighting"
    form_class = SightingForm

    def crumbs(self) -> list[Crumb]:
        return [Crumb("Sightings", self.address("sightings"))]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Ask first, once, where something like it is logged already; what was typed stays."""
        form = cast("SightingForm", self.get_form(request.POST))
        is_asked = ANYWAY not in request.POST and form.is_valid()
        if is_asked and (candidates := duplicates_of(self.investigation, form)):
            context = self.get_context_data(form=form, candidates=candidates, is_asked=True)
            return self.render_to_response(context)
        return super().post(request, *args, **kwargs)

    def save(self, form: PageForm) -> str:
        values = cast("SightingForm", form).values()
        sighting = log_sighting(self.investigation, actor=self.actor, **values)
        messages.success(self.request, "The sighting is logged. Attach what speaks for or against it.")
        return self.address("sighting", pk=sighting.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        types = Equipment.objects.filter(kind=EquipmentKind.TYPE).order_by("name")
        return super().get_context_data(equipment_names=types.values_list("name", flat=True), **kwargs)


def evidence_shown(investigation: Investigation, sighting: Sighting) -> dict[str, Any]:
    """What speaks for and against the sighting, and how each publication is preserved."""
    evidence = list(evidence_in(investigation).filter(sighting=sighting).order_by("pk"))
    return {
        "captures": telling_captures(investigation, [item.publication_id for item in evidence]),
        "by_id": {item.pk: item for item in evidence},
        **_sides(evidence),
    }


def _sides(evidence: list[Evidence]) -> dict[str, list[Evidence]]:
    """The standing evidence by where it is shown, and what was withdrawn."""
    standing = [item for item in evidence if item.withdrawn_at is None]
    return {
        "supporting": [item for item in standing if item.stance == Stance.SUPPORTS],
        "refuting": [item for item in standing if item.stance == Stance.REFUTES],
        "others": [item for item in standing if item.stance in {Stance.NEUTRAL, Stance.UNDERCUTS}],
        "withdrawn": [item for item in evidence if item.withdrawn_at is not None],
    }

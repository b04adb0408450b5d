"""Whether a sighting is logged already: asked while it is typed in, and again before it is saved."""

from __future__ import annotations

from typing import Any

from osint.dates import edtf_columns
from osint.models import Investigation, Role
from osint.pages.base import CasePage
from sightings.duplicates import Candidate, Claim, likely_duplicates
from sightings.pages.forms import SightingForm


class DuplicatesFragment(CasePage):
    """Sightings like the one that is being typed in, as far as it can be read yet."""

    template_name = "sightings/fragments/duplicates.html"
    role = Role.RESEARCHER

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = SightingForm(self.request.GET)
        form.is_valid()  # what cannot be read yet is left out
        return super().get_context_data(candidates=duplicates_of(self.investigation, form), **kwargs)


def duplicates_of(investigation: Investigation, form: SightingForm) -> list[Candidate]:
    """What the case has that may be the same as what the form says."""
    given = form.cleaned_data
    latitude, longitude = given.get("position") or (None, None)
    radius_m = given.get("radius_m")
    if radius_m is None:
        latitude = longitude = None
    claim = Claim(
        equipment=given.get("equipment"),
        place=given.get("place"),
        latitude=latitude,
        longitude=longitude,
        radius_m=radius_m,
        **edtf_columns("when", given.get("when") or ""),
    )
    return likely_duplicates(investigation, claim)

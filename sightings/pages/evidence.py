"""Pages of evidence: attach a publication to a sighting, and withdraw it again."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages

from osint.access import get_one
from osint.pages.base import CaseFormPage, Crumb
from osint.pages.forms import PageForm
from sightings.models import Evidence, Sighting
from sightings.pages.forms import EvidenceForm, WithdrawalForm
from sightings.selectors import evidence_in, get_sighting
from sightings.services.attaching import attach_by_address
from sightings.services.sightings import withdraw_evidence


class NewEvidencePage(CaseFormPage):
    """Attach a publication by its address; it is preserved at once."""

    template_name = "sightings/evidence_new.html"
    title = "Attach evidence"

    @cached_property
    def sighting(self) -> Sighting:
        """The sighting in the address. Raises NotFoundError."""
        return get_sighting(self.investigation, self.kwargs["pk"])

    def crumbs(self) -> list[Crumb]:
        here = self.address("sighting", pk=self.sighting.pk)
        return [Crumb("Sightings", self.address("sightings")), Crumb(self.sighting.title, here)]

    def get_form(self, data: Any = None) -> PageForm:
        return EvidenceForm(self.investigation, self.sighting, data)

    def save(self, form: PageForm) -> str:
        evidence = attach_by_address(self.sighting, actor=self.actor, **form.cleaned_data)
        messages.success(self.request, "The evidence is attached.")
        return f"{self.address('sighting', pk=self.sighting.pk)}#evidence-{evidence.pk}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(sighting=self.sighting, **kwargs)


class WithdrawEvidencePage(CaseFormPage):
    """Take an item of evidence out of account, with a reason."""

    template_name = "sightings/evidence_withdraw.html"
    title = "Withdraw evidence"
    form_class = WithdrawalForm

    @cached_property
    def evidence(self) -> Evidence:
        """The item in the address. Raises NotFoundError."""
        return get_one(evidence_in(self.investigation).select_related("sighting"), pk=self.kwargs["pk"])

    def crumbs(self) -> list[Crumb]:
        sighting = self.evidence.sighting
        here = self.address("sighting", pk=sighting.pk)
        return [Crumb("Sightings", self.address("sightings")), Crumb(sighting.title, here)]

    def save(self, form: PageForm) -> str:
        withdraw_evidence(self.evidence, actor=self.actor, reason=form.cleaned_data["reason"])
        messages.success(self.request, "The evidence is withdrawn. It stays on record.")
        return self.address("sighting", pk=self.evidence.sighting_id)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(evidence=self.evidence, **kwargs)

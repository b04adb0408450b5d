"""The pages of the ground floor: my cases, a case, and its record of changes."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse

from osint.access import investigations_for, memberships_of
from osint.models import Change, Investigation
from osint.pages import panels, story
from osint.pages.base import CasePage, Page
from osint.pages.keyset import page_after

RECENT = 6


class HomePage(Page):
    """The reader's cases."""

    template_name = "osint/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = memberships_of(self.actor).filter(investigation=OuterRef("pk")).values("role")[:1]
        cases = investigations_for(self.actor).annotate(my_role=Subquery(own))
        page = page_after(cases, self.request.GET.get("after"))
        return super().get_context_data(page=page, twin=reverse("investigation-list"), **kwargs)


class OverviewPage(CasePage):
    """A case at a glance: what it is about, what it holds, who works on it, what happened last."""

    template_name = "osint/case.html"
    title = "Overview"

    def twin(self) -> str:
        return reverse("investigation-detail", kwargs={"slug": self.investigation.slug})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        case = self.investigation
        recent = page_after(changes_in(case), None, RECENT)
        return super().get_context_data(
            panels=panels.build("case", case, case),
            members=case.memberships.select_related("user").order_by("user__username")[:50],
            events=story.tell(case, recent.items),
            **kwargs,
        )


class ChangesPage(CasePage):
    """Who did what, newest first."""

    template_name = "osint/changes.html"
    title = "Changes"

    def twin(self) -> str:
        return reverse("change-list", kwargs={"slug": self.investigation.slug})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = page_after(changes_in(self.investigation), self.request.GET.get("after"))
        events = story.tell(self.investigation, page.items)
        return super().get_context_data(page=page, events=events, **kwargs)


def changes_in(investigation: Investigation) -> QuerySet[Change]:
    """The case's record of changes."""
    return Change.objects.filter(investigation_id=investigation.pk).select_related("actor")

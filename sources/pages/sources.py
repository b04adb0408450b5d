"""Pages of sources: who publishes, and how reliable they have been judged over time."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Any

from django import forms
from django.contrib import messages
from django.urls import reverse

from osint.access import get_one
from osint.models import Role
from osint.pages import panels
from osint.pages.base import CaseFormPage, CasePage, Crumb
from osint.pages.forms import PageForm
from osint.pages.keyset import page_after
from sources.models import Reliability, Source
from sources.pages.selectors import cited_sources, publication_counts
from sources.selectors import publications_in, sources_in
from sources.services.sources import rate_source


class SourcesPage(CasePage):
    """The sources cited in the case, or with `?all=1` everyone it may cite."""

    template_name = "sources/sources.html"
    title = "Sources"

    def twin(self) -> str:
        return reverse("source-list")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shows_all = "all" in self.request.GET
        rows = sources_in(self.investigation) if shows_all else cited_sources(self.investigation)
        page = page_after(rows, self.request.GET.get("after"))
        counts = publication_counts(self.investigation, [source.pk for source in page.items])
        return super().get_context_data(page=page, counts=counts, shows_all=shows_all, **kwargs)


class RatingForm(PageForm):
    """A judgement of a source's reliability."""

    reliability = forms.ChoiceField(
        choices=[(grade.value, f"{grade.value}: {grade.label}") for grade in Reliability],
        widget=forms.RadioSelect,
        help_text="Choose F when there is no basis for a judgement: it is neither worst nor middle.",
    )
    rated_on = forms.DateField(
        label="Holds from",
        required=False,
        initial=date.today,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="The day from which the judgement holds.",
    )
    reason = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What the judgement rests on, for those who read it later.",
    )


class SourcePage(CaseFormPage):
    """One source: its record of ratings, its publications in this case, and a form to rate it."""

    template_name = "sources/source.html"
    form_class = RatingForm

    def required_role(self) -> Role:
        return Role.REVIEWER if self.request.method == "POST" else Role.VIEWER

    @cached_property
    def source(self) -> Source:
        """The source in the address. Raises NotFoundError."""
        return get_one(sources_in(self.investigation), pk=self.kwargs["pk"])

    def heading(self) -> str:
        return self.source.name

    def crumbs(self) -> list[Crumb]:
        return [Crumb("Sources", self.address("sources"))]

    def twin(self) -> str:
        return reverse("source-detail", kwargs={"pk": self.source.pk})

    def save(self, form: PageForm) -> str:
        values = form.cleaned_data
        rating = rate_source(self.source, actor=self.actor, **values)
        messages.success(self.request, f"{self.source.name} is rated {rating.reliability}.")
        return self.address("source", pk=self.source.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        published = publications_in(self.investigation).filter(source=self.source)
        return super().get_context_data(
            source=self.source,
            ratings=self.source.ratings.select_related("rater")[:100],
            page=page_after(published, self.request.GET.get("after")),
            panels=panels.build("source", self.investigation, self.source),
            last_panels=panels.build("source-end", self.investigation, self.source),
            **kwargs,
        )

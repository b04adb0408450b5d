"""Who controls sources: the catalogue of owners, one of them, and a judgement about a source."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cached_property
from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.urls import reverse

from osint.access import get_one
from osint.models import Investigation, Record, Role
from osint.pages import panels
from osint.pages.base import CaseFormPage, Crumb
from osint.pages.forms import PageForm
from osint.pages.keyset import page_after
from sources.models import Owner, OwnerKind, Source
from sources.selectors import owned_by, owners, ownerships_of, sources_in
from sources.services.sources import add_owner, change_owner, establish_ownership

JUDGEMENTS_SHOWN = 100
SOURCES_SHOWN = 200
NOT_ESTABLISHED = "not-established"


class OwnerForm(PageForm):
    """Who controls sources."""

    name = forms.CharField(max_length=200)
    kind = forms.ChoiceField(choices=OwnerKind.choices)
    description = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Where one can read that, for those who check it.",
    )


class OwnershipForm(PageForm):
    """A judgement of who controls a source."""

    owner = forms.ChoiceField(
        label="Who decides what it publishes",
        help_text="One that is its own master is an owner too: it is then a voice of its own.",
    )
    since = forms.DateField(
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

    def __init__(self, data: Any = None, *, known: Iterable[Owner]) -> None:
        super().__init__(data)
        field = cast("forms.ChoiceField", self.fields["owner"])
        field.choices = [
            ("", "Choose"),
            *((str(owner.pk), f"{owner.name} ({owner.get_kind_display().lower()})") for owner in known),
            (NOT_ESTABLISHED, "Nobody knows: its independence is not established"),
        ]


class OwnersPage(CaseFormPage):
    """Everybody who controls sources, and a form to enter another."""

    template_name = "sources/owners.html"
    title = "Owners of sources"
    form_class = OwnerForm

    def required_role(self) -> Role:
        return Role.RESEARCHER if self.request.method == "POST" else Role.VIEWER

    def crumbs(self) -> list[Crumb]:
        return [Crumb("Sources", self.address("sources"))]

    def twin(self) -> str:
        return reverse("owner-list")

    def save(self, form: PageForm) -> str:
        owner = add_owner(actor=self.actor, **form.cleaned_data)
        messages.success(self.request, f"{owner.name} is entered.")
        return self.address("owner", pk=owner.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = page_after(owners(), self.request.GET.get("after"))
        return super().get_context_data(page=page, **kwargs)


class OwnerPage(CaseFormPage):
    """One owner, what it controls, and a form to correct its particulars."""

    template_name = "sources/owner.html"
    form_class = OwnerForm

    def required_role(self) -> Role:
        return Role.RESEARCHER if self.request.method == "POST" else Role.VIEWER

    @cached_property
    def owner(self) -> Owner:
        """The owner in the address. Raises NotFoundError."""
        return get_one(owners(), pk=self.kwargs["pk"])

    def heading(self) -> str:
        return self.owner.name

    def crumbs(self) -> list[Crumb]:
        return [Crumb("Sources", self.address("sources")), Crumb("Owners", self.address("owners"))]

    def twin(self) -> str:
        return reverse("owner-detail", kwargs={"pk": self.owner.pk})

    def get_form(self, data: Any = None) -> PageForm:
        names = ("name", "kind", "description")
        return OwnerForm(data, initial={name: getattr(self.owner, name) for name in names})

    def save(self, form: PageForm) -> str:
        change_owner(self.owner, actor=self.actor, **form.cleaned_data)
        messages.success(self.request, "Saved.")
        return self.address("owner", pk=self.owner.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        held = owned_by(self.owner, sources_in(self.investigation)).order_by("name")[:SOURCES_SHOWN]
        return super().get_context_data(owner=self.owner, sources=held, **kwargs)


class NewOwnershipPage(CaseFormPage):
    """Say who controls a source, or that nobody knows."""

    template_name = "sources/ownership_new.html"
    title = "Who controls it"
    role = Role.REVIEWER

    @cached_property
    def source(self) -> Source:
        """The source in the address. Raises NotFoundError."""
        return get_one(sources_in(self.investigation), pk=self.kwargs["pk"])

    def crumbs(self) -> list[Crumb]:
        source = self.source
        return [
            Crumb("Sources", self.address("sources")),
            Crumb(source.name, self.address("source", pk=source.pk)),
        ]

    def twin(self) -> str:
        return reverse("ownership-list", kwargs={"source_pk": self.source.pk})

    def get_form(self, data: Any = None) -> PageForm:
        return OwnershipForm(data, known=owners())

    def save(self, form: PageForm) -> str:
        values = form.cleaned_data
        named = values.pop("owner")
        owner = None if named == NOT_ESTABLISHED else get_one(owners(), pk=UUID(named))
        establish_ownership(self.source, actor=self.actor, owner=owner, **values)
        messages.success(self.request, "Saved. Sightings that rest on it are being weighed anew.")
        return f"{self.address('source', pk=self.source.pk)}#control"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(source=self.source, **kwargs)


def register() -> None:
    """Called once, when Django starts."""
    panels.register("source", 20, control_panel)


def control_panel(case: Investigation, subject: Record) -> panels.Panel | None:
    """Who controls a source, and how that has been judged over time."""
    if not isinstance(subject, Source):
        return None
    content = {"source": subject, "judgements": ownerships_of(subject)[:JUDGEMENTS_SHOWN]}
    return panels.Panel("sources/panels/control.html", content)

"""How a sighting relates to others: the panel on its page, and the forms to say so and to take it back."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.urls import reverse

from osint.access import get_one
from osint.errors import NotFoundError
from osint.models import Investigation, Record
from osint.pages import panels, story
from osint.pages.base import CaseFormPage, Crumb
from osint.pages.forms import PageForm
from sightings.duplicates import claim_of, likely_duplicates
from sightings.models import RelationKind, Sighting, SightingRelation
from sightings.pages.sightings import OneSightingPage
from sightings.selectors import get_sighting, relations_in, relations_of
from sightings.services.relations import relate, undo_relation

RELATIONS_SHOWN = 100
KEY = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")

RELATION_PHRASES = {"relation.stated": "said that", "relation.undone": "took back that"}
#: How a relation reads from either end.
FROM_HERE = {
    RelationKind.SAME_AS: "The same as, and counts for",
    RelationKind.FOLLOWS: "Follows",
    RelationKind.CONTRADICTS: "Contradicts",
}
FROM_THERE = {
    RelationKind.SAME_AS: "Merged into this one, for which its evidence counts:",
    RelationKind.FOLLOWS: "Is followed by",
    RelationKind.CONTRADICTS: "Is contradicted by",
}


def register() -> None:
    """What relations add to the page of a sighting and to the story."""
    panels.register("sighting", 40, relations_panel)
    story.register("sightingrelation", story.Subject(RELATION_PHRASES, relation_names))


class RelationForm(PageForm):
    """Another sighting, and how this one relates to it."""

    problem_fields = {"merged_already": "kind", "relation_exists": "kind"}

    kind = forms.ChoiceField(
        label="This sighting …",
        choices=RelationKind.choices,
        widget=forms.RadioSelect,
        help_text="What is the same as another sighting counts for that one from then on. Both histories stay, and "
        "it can be undone.",
    )
    other = forms.CharField(
        label="… which other sighting",
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text="The address of its page, or its id.",
    )
    reason = forms.CharField(
        label="Why you think so",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="For those who read it later.",
    )

    def __init__(self, investigation: Investigation, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.investigation = investigation

    def clean_other(self) -> Sighting:
        """The sighting of the case that the address or id names."""
        found = KEY.findall(self.cleaned_data["other"])
        try:
            return get_sighting(self.investigation, UUID(found[-1]) if found else UUID(int=0))
        except NotFoundError as error:
            raise ValidationError(
                "This is no sighting of this case: expected the address of its page.", code="sighting_unknown"
            ) from error


class RelatePage(OneSightingPage, CaseFormPage):
    """Relate a sighting to another one, with those beside it that may be the same."""

    template_name = "sightings/relate.html"
    title = "Relate to another sighting"

    def crumbs(self) -> list[Crumb]:
        here = self.address("sighting", pk=self.sighting.pk)
        return [Crumb("Sightings", self.address("sightings")), Crumb(self.sighting.title, here)]

    def twin(self) -> str:
        return f"{self.address('duplicates')}?sighting={self.sighting.pk}"

    def get_form(self, data: Any = None) -> PageForm:
        chosen = {"other": self.request.GET.get("other", ""), "kind": self.request.GET.get("kind")}
        return RelationForm(self.investigation, data, initial=chosen)

    def save(self, form: PageForm) -> str:
        relate(self.sighting, actor=self.actor, **form.cleaned_data)
        messages.success(self.request, "The relation is recorded.")
        return f"{self.address('sighting', pk=self.sighting.pk)}#relations"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        candidates = likely_duplicates(self.investigation, claim_of(self.sighting))
        return super().get_context_data(candidates=candidates, **kwargs)


class UndoForm(PageForm):
    """Why a relation does not hold."""

    reason = forms.CharField(label="Why it does not hold", widget=forms.Textarea(attrs={"rows": 2}))


class UndoPage(CaseFormPage):
    """Take a relation back, with a reason."""

    template_name = "sightings/relation_undo.html"
    title = "Undo a relation"
    form_class = UndoForm

    @cached_property
    def relation(self) -> SightingRelation:
        """The relation in the address. Raises NotFoundError."""
        return get_one(relations_in(self.investigation), pk=self.kwargs["pk"])

    def crumbs(self) -> list[Crumb]:
        sighting = self.relation.sighting
        here = self.address("sighting", pk=sighting.pk)
        return [Crumb("Sightings", self.address("sightings")), Crumb(sighting.title, here)]

    def save(self, form: PageForm) -> str:
        undo_relation(self.relation, actor=self.actor, reason=form.cleaned_data["reason"])
        messages.success(self.request, "The relation is undone. It stays on record.")
        return f"{self.address('sighting', pk=self.relation.sighting_id)}#relations"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(relation=self.relation, **kwargs)


def relations_panel(case: Investigation, subject: Record) -> panels.Panel:
    """The relations of a sighting that stand, read from its end, and those that were undone."""
    assert isinstance(subject, Sighting)  # noqa: S101  # tells the type checker what the page shows
    rows = list(relations_of(subject).order_by("-pk")[:RELATIONS_SHOWN])
    standing = [(_phrase(row, subject), _far_end(row, subject), row) for row in rows if row.undone_at is None]
    undone = [(_phrase(row, subject), _far_end(row, subject), row) for row in rows if row.undone_at]
    content = {"standing": standing, "undone": undone, "about": subject}
    return panels.Panel("sightings/panels/relations.html", content)


def relation_names(case: Investigation, ids: set[UUID]) -> dict[UUID, story.Named]:
    """Relations as sentences."""
    rows = relations_in(case).filter(pk__in=ids)
    return {
        row.pk: story.Named(
            f"“{row.sighting}” {row.get_kind_display()} “{row.other}”",
            reverse("sighting", kwargs={"slug": case.slug, "pk": row.sighting_id}),
        )
        for row in rows
    }


def _phrase(relation: SightingRelation, here: Sighting) -> str:
    phrases = FROM_HERE if relation.sighting_id == here.pk else FROM_THERE
    return phrases[RelationKind(relation.kind)]


def _far_end(relation: SightingRelation, here: Sighting) -> Sighting:
    return relation.other if relation.sighting_id == here.pk else relation.sighting

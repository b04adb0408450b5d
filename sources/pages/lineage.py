"""Where a publication's content comes from and who passes it on: as a drawing, as lists, and as a form."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from osint.access import get_one
from osint.models import Investigation, Record, Role
from osint.pages import panels, story
from osint.pages.base import CaseFormPage, CaseView, Crumb
from osint.pages.forms import PageForm
from osint.pages.keyset import capped_count
from sources.canonical import UrlError, canonical_url
from sources.lineage import strands
from sources.lineage_drawing import MOST_DRAWN, Arrow, Box, render_lineage
from sources.models import INDEPENDENT, Derivation, DerivationKind, DerivationSuggestion, Publication
from sources.pages.selectors import suggestions_about
from sources.selectors import derivations_in, find_publication, open_suggestions_in, publications_in
from sources.services.publications import record_derivation, remove_derivation

#: Ties looked at for one drawing: what is further away is left out.
MOST_TIES = 400
OFFERED = 100
SUGGESTIONS_SHOWN = 10
KIND_HINTS = {
    DerivationKind.RELAYS: "it passes on what the other says",
    DerivationKind.QUOTES: "it quotes the other",
    DerivationKind.EMBEDS: "it shows the other’s picture, video or post",
    DerivationKind.TRANSLATES: "it translates the other",
    DerivationKind.SAME_EVENT: "it saw the same with its own eyes, and has nothing from the other: both count",
}
KIND_CHOICES = [(kind.value, f"{kind.value}: {hint}") for kind, hint in KIND_HINTS.items()]
KIND_WORDS = [
    (kind.value, "same event, own observation" if kind == INDEPENDENT else kind.value) for kind in KIND_HINTS
]
SUGGESTION_PHRASES = {
    "suggestion.made": "suggested:",
    "suggestion.accepted": "accepted the suggestion:",
    "suggestion.rejected": "rejected the suggestion:",
}


@dataclass(frozen=True)
class Lineage:
    """Publications with the derivations among them."""

    publications: list[Publication]
    derivations: list[Derivation]

    def svg(self, highlighted: Collection[UUID], title: str = "Lineage") -> SafeString | None:
        """The drawing; None where there is nothing to draw."""
        if not self.derivations:
            return None
        boxes = [_box(publication) for publication in self.publications[:MOST_DRAWN]]
        kept = {box.id for box in boxes}
        arrows = [
            arrow for arrow in map(_arrow, self.derivations) if {arrow.publication, arrow.origin} <= kept
        ]
        here = {str(each) for each in highlighted}
        # The renderer escapes every text it is given; its tests hold it to that.
        return mark_safe(render_lineage(boxes, arrows, highlighted=here, title=title))  # noqa: S308  # see above

    def roots_of(self, publication: Publication) -> list[Publication]:
        """What its content comes from in the end: itself, where it derives from nothing."""
        by_id = {each.pk: each for each in self.publications}
        found = strands(publication.pk, _origins(self.derivations), lambda _: 0.0)
        return [by_id[strand.root] for strand in found if strand.root in by_id]


def lineage_of(case: Investigation, publications: Iterable[UUID], *, downwards: bool = True) -> Lineage:
    """These publications, all that they come from, and with `downwards` all that comes from them.

    One query for each step away, for at most some hundred ties.
    """
    start = list(dict.fromkeys(publications))
    found = {row.pk: row for row in _ties(case, start, upwards=True)}
    if downwards:
        found |= {row.pk: row for row in _ties(case, start, upwards=False)}
    ends = [end for row in found.values() for end in (row.derives_from_id, row.publication_id)]
    order = {each: number for number, each in enumerate(dict.fromkeys([*start, *ends]))}
    rows = sorted(publications_in(case).filter(pk__in=order), key=lambda row: order[row.pk])
    return Lineage(rows, [found[key] for key in sorted(found)])


def _ties(case: Investigation, start: Iterable[UUID], *, upwards: bool) -> list[Derivation]:
    here, there = ("publication", "derives_from") if upwards else ("derives_from", "publication")
    found: dict[UUID, Derivation] = {}
    seen: set[UUID] = set()
    level = set(start)
    while level and len(found) < MOST_TIES:
        seen |= level
        rows = case.derivations.filter(**{f"{here}__in": level}).order_by("pk")[: MOST_TIES - len(found)]
        found |= {row.pk: row for row in rows}
        level = {getattr(row, f"{there}_id") for row in rows if row.kind != INDEPENDENT} - seen
    return list(found.values())


def _origins(derivations: Iterable[Derivation]) -> dict[UUID, list[UUID]]:
    origins: dict[UUID, list[UUID]] = defaultdict(list)
    for row in derivations:
        if row.kind != INDEPENDENT:
            origins[row.publication_id].append(row.derives_from_id)
    return origins


def _box(publication: Publication) -> Box:
    source = publication.source
    control = source.control if source else None
    href = reverse("publication", kwargs={"slug": publication.investigation.slug, "pk": publication.pk})
    return Box(
        str(publication.pk),
        str(publication),
        source.name if source else None,
        source.reliability if source else None,
        control.name if control else None,
        href,
    )


def _arrow(row: Derivation) -> Arrow:
    return Arrow(str(row.publication_id), str(row.derives_from_id), row.kind)


def register() -> None:
    """Called once, when Django starts."""
    panels.register("publication", 40, lineage_panel)
    panels.register("case", 22, suggestions_panel)
    story.register("derivationsuggestion", story.Subject(SUGGESTION_PHRASES, suggestion_names))


def lineage_panel(case: Investigation, subject: Record) -> panels.Panel | None:
    """The lineage of a publication, and what is suggested about it."""
    if not isinstance(subject, Publication):
        return None
    lineage = lineage_of(case, [subject.pk])
    roots = lineage.roots_of(subject)
    content = {
        "publication": subject,
        "svg": lineage.svg([subject.pk], f"Lineage of {subject}"),
        "roots": roots,
        "is_root": [root.pk for root in roots] == [subject.pk],
        "suggestions": suggestions_about(case, subject)[:SUGGESTIONS_SHOWN],
        "kinds": KIND_WORDS,
    }
    return panels.Panel("sources/panels/lineage.html", content)


def suggestions_panel(case: Investigation, subject: Record) -> panels.Panel | None:
    """How many suggestions wait for somebody to decide; nothing while none does."""
    count = capped_count(open_suggestions_in(case))
    return None if count == "0" else panels.Panel("sources/panels/suggestions.html", {"count": count})


def suggestion_names(case: Investigation, ids: set[UUID]) -> dict[UUID, story.Named]:
    """Suggestions as sentences."""
    rows = DerivationSuggestion.objects.filter(investigation=case, pk__in=ids)
    address = reverse("suggestions", kwargs={"slug": case.slug})
    return {
        row.pk: story.Named(str(row), address) for row in rows.select_related("publication", "derives_from")
    }


class DerivationForm(PageForm):
    """What a publication derives from, or with what it has nothing to do."""

    address = forms.CharField(
        label="The other publication",
        max_length=8192,
        help_text="Its address, as it is in this case. Those added last are offered as you type.",
        widget=forms.TextInput(attrs={"list": "known-publications", "autocomplete": "off"}),
    )
    kind = forms.ChoiceField(label="How they are related", choices=KIND_CHOICES, widget=forms.RadioSelect)
    note = forms.CharField(
        required=False, widget=forms.Textarea(attrs={"rows": 3}), help_text="How one can see that."
    )


class NewDerivationPage(CaseFormPage):
    """Record what a publication derives from."""

    template_name = "sources/derivation_new.html"
    title = "Record where it comes from"
    form_class = DerivationForm

    @cached_property
    def publication(self) -> Publication:
        """The publication in the address. Raises NotFoundError."""
        return get_one(publications_in(self.investigation), pk=self.kwargs["pk"])

    def crumbs(self) -> list[Crumb]:
        publication = self.publication
        return [
            Crumb("Publications", self.address("publications")),
            Crumb(str(publication), self.address("publication", pk=publication.pk)),
        ]

    def twin(self) -> str:
        return f"{self.address('derivation-list')}?publication={self.publication.pk}"

    def save(self, form: PageForm) -> str:
        other = _found(self.investigation, form.cleaned_data["address"])
        record_derivation(
            self.publication,
            actor=self.actor,
            derives_from=other,
            kind=form.cleaned_data["kind"],
            note=form.cleaned_data["note"],
        )
        messages.success(self.request, "Recorded. Sightings that rest on it are being weighed anew.")
        return f"{self.address('publication', pk=self.publication.pk)}#lineage"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        known = publications_in(self.investigation).exclude(pk=self.publication.pk)[:OFFERED]
        return super().get_context_data(publication=self.publication, known=known, **kwargs)


def _found(case: Investigation, address: str) -> Publication:
    """The publication of the case at an address. Raises ValidationError."""
    try:
        found = find_publication(case, canonical_url(address))
    except UrlError as error:
        raise ValidationError({"address": ValidationError(str(error), code=error.code)}) from error
    if found is None:
        message = "Expected the address of a publication of this case, this one is none."
        raise ValidationError({"address": ValidationError(message, code="unknown")})
    return found


class RemoveDerivationAction(CaseView):
    """Take back a derivation that was recorded in error."""

    role = Role.RESEARCHER
    http_method_names = ["post"]

    def post(self, request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
        derivation = get_one(derivations_in(self.investigation), pk=pk)
        remove_derivation(derivation, actor=self.actor)
        messages.success(request, "Taken back. The record of changes keeps it.")
        return HttpResponseRedirect(f"{self.address('publication', pk=derivation.publication_id)}#lineage")

"""The matrix page: evidence against the claim and what competes with it, and the hypotheses themselves."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse

from osint.access import get_one
from osint.errors import ConflictError
from osint.models import Investigation, Record, Role
from osint.pages import panels, story
from osint.pages.base import CaseFormPage, CaseView, Crumb
from osint.pages.forms import PageForm
from osint.pages.keyset import key_of
from sightings.competing import Cell, Competition, Line, competition_about
from sightings.models import Fit, Hypothesis, HypothesisFit, Sighting
from sightings.pages.sightings import OneSightingPage
from sightings.selectors import hypotheses_in
from sightings.services.hypotheses import (
    change_hypothesis,
    drop_hypothesis,
    judge_fits,
    propose_hypothesis,
    restore_hypothesis,
)

#: Django takes no form with more fields than a thousand; further items are judged over the API.
MOST_CELLS = 900
CELL, CLAIM = "fit", "claim"

HYPOTHESIS_PHRASES = {
    "hypothesis.proposed": "put up the hypothesis",
    "hypothesis.changed": "corrected the hypothesis",
    "hypothesis.dropped": "dropped the hypothesis",
    "hypothesis.restored": "took back in the hypothesis",
}
FIT_PHRASES = {
    "fit.judged": "judged how evidence fits",
    "fit.taken_back": "took back a judgement of how evidence fits",
}


def register() -> None:
    """What hypotheses add to the page of a sighting and to the story."""
    panels.register("sighting", 30, hypotheses_panel)
    story.register("hypothesis", story.Subject(HYPOTHESIS_PHRASES, hypothesis_names))
    story.register("hypothesisfit", story.Subject(FIT_PHRASES, fit_names))


class HypothesisForm(PageForm):
    """Another answer to what it is."""

    title = forms.CharField(
        label="What else could it be?", max_length=200, help_text="Such as “a decoy” or “old footage”."
    )
    note = forms.CharField(
        label="What would follow from it",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What one should find if it were so, for whoever judges the evidence.",
    )


class MatrixPage(OneSightingPage, CaseFormPage):
    """The matrix, its cells to be filled in by one form; below it a form to put up a hypothesis."""

    template_name = "sightings/matrix.html"
    title = "Competing hypotheses"
    form_class = HypothesisForm

    def required_role(self) -> Role:
        return Role.RESEARCHER if self.request.method == "POST" else Role.VIEWER

    def crumbs(self) -> list[Crumb]:
        here = self.address("sighting", pk=self.sighting.pk)
        return [Crumb("Sightings", self.address("sightings")), Crumb(self.sighting.title, here)]

    def twin(self) -> str:
        return self.address("matrix", pk=self.sighting.pk)

    def save(self, form: PageForm) -> str:
        hypothesis = propose_hypothesis(self.sighting, actor=self.actor, **form.cleaned_data)
        messages.success(self.request, f"“{hypothesis}” is in the matrix. Judge how the evidence fits it.")
        return self.address("sighting-matrix", pk=self.sighting.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        competition = competition_about(self.sighting)
        shown = competition.rows[: _most_rows(competition)]
        return super().get_context_data(
            competition=competition,
            rows=[(line, [(cell, field_of(line, cell)) for cell in line.cells]) for line in shown],
            is_unfinished=any(column.unjudged for column in competition.columns),
            beyond=len(competition.rows) - len(shown),
            fits=Fit.choices,
            hypotheses=hypotheses_in(self.investigation).filter(sighting=self.sighting).order_by("pk"),
            **kwargs,
        )


class JudgeAction(CaseView):
    """Save the cells of a matrix that were changed on its page."""

    http_method_names = ["post"]
    role = Role.RESEARCHER

    def post(self, request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
        sighting = get_one(Sighting.objects.filter(investigation=self.investigation), pk=pk)
        try:
            count = judge_fits(sighting, actor=self.actor, fits=dict(changed_cells(request.POST)))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        except ConflictError as error:
            messages.error(request, f"{error.detail} Nothing was saved.")
        else:
            messages.success(request, f"{count} judgement{'s' if count != 1 else ''} saved.")
        return HttpResponseRedirect(self.address("sighting-matrix", pk=pk))


class HypothesisPage(CaseFormPage):
    """Correct a hypothesis."""

    template_name = "sightings/hypothesis.html"
    title = "Correct a hypothesis"
    form_class = HypothesisForm

    def crumbs(self) -> list[Crumb]:
        sighting = self.hypothesis.sighting
        return [
            Crumb("Sightings", self.address("sightings")),
            Crumb(sighting.title, self.address("sighting", pk=sighting.pk)),
            Crumb(MatrixPage.title, self.address("sighting-matrix", pk=sighting.pk)),
        ]

    @cached_property
    def hypothesis(self) -> Hypothesis:
        """The hypothesis in the address. Raises NotFoundError."""
        return get_one(hypotheses_in(self.investigation), pk=self.kwargs["pk"])

    def get_form(self, data: Any = None) -> PageForm:
        hypothesis = self.hypothesis
        return HypothesisForm(data, initial={"title": hypothesis.title, "note": hypothesis.note})

    def save(self, form: PageForm) -> str:
        changed = change_hypothesis(self.hypothesis, actor=self.actor, **form.cleaned_data)
        messages.success(self.request, "The hypothesis is corrected.")
        return self.address("sighting-matrix", pk=changed.sighting_id)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(hypothesis=self.hypothesis, **kwargs)


class DropAction(CaseView):
    """Take a hypothesis out of the matrix, or back into it."""

    http_method_names = ["post"]
    role = Role.RESEARCHER
    restores = False

    def post(self, request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
        hypothesis = get_one(hypotheses_in(self.investigation), pk=pk)
        act = restore_hypothesis if self.restores else drop_hypothesis
        act(hypothesis, actor=self.actor)
        messages.success(request, f"“{hypothesis}” is {'back in' if self.restores else 'out of'} the matrix.")
        return HttpResponseRedirect(self.address("sighting-matrix", pk=hypothesis.sighting_id))


def field_of(line: Line, cell: Cell) -> str:
    """The name of a cell's field. It says what was shown, so that only what somebody changed is saved."""
    return f"{CELL}.{line.evidence.pk}.{cell.column.id or CLAIM}.{cell.fit or ''}"


def changed_cells(sent: QueryDict) -> Iterator[tuple[tuple[UUID, UUID | None], str | None]]:
    """The cells that are not as they were shown. What is no name of a cell is passed over."""
    for name, fit in sent.items():
        kind, _, rest = name.partition(".")
        evidence, _, rest = rest.partition(".")
        hypothesis, _, shown = rest.partition(".")
        item, column = key_of(evidence), key_of(hypothesis)
        if kind == CELL and item and (column or hypothesis == CLAIM) and fit != shown:
            yield (item, column), str(fit) or None


def hypotheses_panel(case: Investigation, subject: Record) -> panels.Panel:
    """What the sighting could be besides what it claims."""
    standing = hypotheses_in(case).filter(sighting=subject.pk, is_dropped=False).order_by("pk")
    return panels.Panel("sightings/panels/hypotheses.html", {"hypotheses": standing[:20], "about": subject})


def hypothesis_names(case: Investigation, ids: set[UUID]) -> dict[UUID, story.Named]:
    """Hypotheses by title, each leading to its matrix."""
    rows = hypotheses_in(case).filter(pk__in=ids)
    return {row.pk: story.Named(row.title, _matrix(case, row.sighting_id)) for row in rows}


def fit_names(case: Investigation, ids: set[UUID]) -> dict[UUID, story.Named]:
    """Judgements by what was judged; one that was taken back has no name any more."""
    rows = HypothesisFit.objects.filter(sighting__investigation=case, pk__in=ids)
    return {
        row.pk: story.Named(f"“{row.hypothesis or row.sighting}”", _matrix(case, row.sighting_id))
        for row in rows.select_related("hypothesis", "sighting")
    }


def _most_rows(competition: Competition) -> int:
    return MOST_CELLS // max(len(competition.columns), 1)


def _matrix(case: Investigation, sighting_id: UUID) -> str:
    return reverse("sighting-matrix", kwargs={"slug": case.slug, "pk": sighting_id})

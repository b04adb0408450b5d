"""Suggested derivations, to be accepted or rejected one after the other: with one key each, or by buttons."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from osint.access import get_one
from osint.errors import ConflictError
from osint.models import Role
from osint.pages.base import CasePage, CaseView, Crumb
from osint.pages.keyset import key_of, page_after
from sources.models import DerivationSuggestion, Ground
from sources.pages.lineage import KIND_WORDS
from sources.pages.selectors import suggestions_about
from sources.selectors import open_suggestions_in, suggestions_in
from sources.services.suggesting import accept_suggestion, reject_suggestion

SHOWN = 20


class SuggestionsPage(CasePage):
    """What nobody has decided on yet, newest first; narrowed to a ground or a publication."""

    template_name = "sources/suggestions.html"
    title = "Suggested derivations"

    def crumbs(self) -> list[Crumb]:
        return [Crumb("Publications", self.address("publications"))]

    def twin(self) -> str:
        return f"{self.address('derivation-suggestion-list')}?state=open"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        ground = self.request.GET.get("ground", "")
        rows = open_suggestions_in(self.investigation)
        if ground in Ground.values:
            rows = rows.filter(ground=ground)
        if about := key_of(self.request.GET.get("publication")):
            rows = suggestions_about(self.investigation, about)
        return super().get_context_data(
            page=page_after(rows, self.request.GET.get("after"), SHOWN),
            ground=ground,
            grounds=Ground.choices,
            kinds=KIND_WORDS,
            is_filtered=bool(ground or about),
            **kwargs,
        )


class DecisionAction(CaseView):
    """Base of the two decisions: back to where the reader was, whether or not somebody was quicker."""

    role = Role.RESEARCHER
    http_method_names = ["post"]

    def post(self, request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
        suggestion = get_one(suggestions_in(self.investigation), pk=pk)
        try:
            messages.success(request, self.decide(suggestion))
        except ConflictError as error:
            messages.error(request, error.detail)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return HttpResponseRedirect(self._back())

    def decide(self, suggestion: DerivationSuggestion) -> str:
        """Call the service; returns what to tell the reader. Raises what services raise."""
        raise NotImplementedError

    def _back(self) -> str:
        """To the publication whose page this was done on, else to the list."""
        publication = key_of(self.request.POST.get("on"))
        if publication:
            return f"{self.address('publication', pk=publication)}#lineage"
        ground = self.request.POST.get("ground", "")
        query = f"?ground={ground}" if ground in Ground.values else ""
        return f"{self.address('suggestions')}{query}"


class AcceptAction(DecisionAction):
    """Record the suggested derivation."""

    def decide(self, suggestion: DerivationSuggestion) -> str:
        posted = self.request.POST
        made = accept_suggestion(
            suggestion,
            actor=self.actor,
            kind=posted.get("kind") or None,
            is_turned=bool(posted.get("turned")),
        )
        return f"Recorded: “{made.publication}” {made.get_kind_display()} “{made.derives_from}”."


class RejectAction(DecisionAction):
    """Say that it is no reason to think so."""

    def decide(self, suggestion: DerivationSuggestion) -> str:
        reject_suggestion(suggestion, actor=self.actor)
        return f"Rejected: “{suggestion.publication}” and “{suggestion.derives_from}”. It does not come back."

"""Two captures of one publication, side by side."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from osint.access import get_one
from osint.pages.base import CasePage, Crumb
from sources.comparison import Comparison, compare_captures
from sources.differences import folded
from sources.models import Publication
from sources.replay.offer import replay_of
from sources.replay.origin import is_shared
from sources.selectors import captures_in, publications_in, two_captures


class ComparisonPage(CasePage):
    """How a publication changed between two captures."""

    template_name = "sources/comparison.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.chosen = (request.GET.get("a", ""), request.GET.get("b", ""))

    @property
    def publication(self) -> Publication:
        """The publication in the address. Raises NotFoundError."""
        return get_one(publications_in(self.investigation), pk=self.kwargs["pk"])

    def heading(self) -> str:
        return f"Two captures of {self.publication}"

    def crumbs(self) -> list[Crumb]:
        publication = self.address("publication", pk=self.kwargs["pk"])
        return [Crumb("Publications", self.address("publications")), Crumb("Publication", publication)]

    def twin(self) -> str:
        query = self.request.GET.urlencode()
        return f"{self.address('publication-comparison', pk=self.kwargs['pk'])}?{query}"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().get(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"  # it holds links that are good for minutes
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        publication = self.publication
        captures = captures_in(self.investigation).filter(publication=publication)
        pair = two_captures(captures, *self.chosen)
        comparison = compare_captures(*pair) if pair else None
        return super().get_context_data(
            publication=publication,
            comparison=comparison,
            sides=self._sides(comparison),
            passages=folded(comparison.text.passages) if comparison and comparison.text else [],
            **kwargs,
        )

    def _sides(self, comparison: Comparison | None) -> list[dict[str, Any]]:
        """Both captures with their replays; on a shared origin one replay would clear away the other."""
        if comparison is None:
            return []
        captures = (("First", comparison.a), ("Second", comparison.b))
        return [
            {
                "word": word,
                "capture": capture,
                "replay": None if is_shared() else replay_of(capture, self.request),
            }
            for word, capture in captures
        ]

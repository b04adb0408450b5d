"""Pages of publications: what was published, how it was preserved, and who relays whom."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from osint.access import get_one
from osint.pages import panels
from osint.pages.base import CasePage, Crumb
from osint.pages.keyset import page_after
from sources.models import Publication
from sources.pages.selectors import derivations_from, derivations_of, telling_captures
from sources.selectors import captures_in, publications_in
from sources.services.captures import ASKABLE

CAPTURES_SHOWN = 20


class PublicationsPage(CasePage):
    """What sources published about the case, newest first."""

    template_name = "sources/publications.html"
    title = "Publications"

    def twin(self) -> str:
        return self.address("publication-list")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = page_after(publications_in(self.investigation), self.request.GET.get("after"))
        captures = telling_captures(self.investigation, [publication.pk for publication in page.items])
        return super().get_context_data(page=page, captures=captures, **kwargs)


class PublicationPage(CasePage):
    """One publication: its captures over time, its media, its derivations, and what it is evidence for."""

    template_name = "sources/publication.html"

    @cached_property
    def publication(self) -> Publication:
        """The publication in the address. Raises NotFoundError."""
        return get_one(publications_in(self.investigation), pk=self.kwargs["pk"])

    def heading(self) -> str:
        return str(self.publication)

    def crumbs(self) -> list[Crumb]:
        return [Crumb("Publications", self.address("publications"))]

    def twin(self) -> str:
        return self.address("publication-detail", pk=self.publication.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        publication = self.publication
        captures = captures_in(self.investigation).filter(publication=publication)
        return super().get_context_data(
            publication=publication,
            captures=page_after(captures, self.request.GET.get("after"), CAPTURES_SHOWN),
            methods=ASKABLE,
            telling=telling_captures(self.investigation, [publication.pk]).get(publication.pk),
            derives_from=derivations_of(publication),
            derived=derivations_from(publication),
            panels=panels.build("publication", self.investigation, publication),
            last_panels=panels.build("publication-end", self.investigation, publication),
            **kwargs,
        )

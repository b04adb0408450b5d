"""What of the first floor can be discussed: publications, and sources as a case sees them."""

from __future__ import annotations

from collections.abc import Callable

from django.urls import reverse

from osint import subjects
from osint.models import Investigation, Record
from osint.pages import panels
from osint.pages.discussion import discussion_panel
from sources.selectors import publications_in, sources_in

#: Behind whatever else a page ends in.
LAST = 90


def register() -> None:
    """Called once, when Django starts."""
    publication = subjects.SubjectType("publication", publications_in, _page("publication"))
    subjects.register("publication", publication)
    subjects.register("source", subjects.SubjectType("source", sources_in, _page("source")))
    panels.register("publication-end", LAST, discussion_panel)
    panels.register("source-end", LAST, discussion_panel)


def _page(name: str) -> Callable[[Investigation, Record], str]:
    return lambda case, row: reverse(name, kwargs={"slug": case.slug, "pk": row.pk})

"""What pages say of the originals: whether they are still there, and since when not."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from osint.access import get_one
from osint.models import Investigation, Record, Role
from osint.pages import panels, story
from osint.pages.base import CaseView
from osint.pages.keyset import capped_count
from sources.models import LinkWatch
from sources.selectors import gone_in, watches_in
from sources.services.watches import look_now, pause_watch, resume_watch

CHECKS_SHOWN = 10
GONE_NAMED = 5
WATCH_PHRASES = {
    "linkwatch.paused": "paused the watch over",
    "linkwatch.resumed": "resumed the watch over",
    "linkwatch.asked": "asked to look again at",
    "linkwatch.gone": "found the original gone:",
    "linkwatch.changed": "found the original changed:",
    "linkwatch.moved": "found the original moved:",
    "linkwatch.as_before": "found the original as it was preserved:",
    "linkwatch.uncompared": "found the original, and nothing to compare it by:",
}
DEEDS = {"pause": pause_watch, "resume": resume_watch, "check": look_now}


def register() -> None:
    """Called once, when Django starts."""
    panels.register("case", 25, gone_panel)
    panels.register("publication", 70, watch_panel)
    story.register("linkwatch", story.Subject(WATCH_PHRASES, watch_names))


def gone_panel(case: Investigation, subject: Record) -> panels.Panel | None:
    """Which originals are gone; nothing while all are there."""
    gone = gone_in(case)
    named = list(gone[:GONE_NAMED])
    if not named:
        return None
    content = {"count": capped_count(gone), "since": named[0].outcome_since, "watches": named}
    return panels.Panel("sources/panels/gone.html", content)


def watch_panel(case: Investigation, subject: Record) -> panels.Panel | None:
    """The watch over one original, with its history; nothing for what is not watched."""
    watch = watches_in(case).filter(publication=subject.pk).first()
    if watch is None:
        return None
    checks = watch.checks.select_related("capture").defer("capture__facts")[:CHECKS_SHOWN]
    handed_on = case.handed_on.filter(publication=subject.pk).first()
    return panels.Panel(
        "sources/panels/watch.html", {"watch": watch, "checks": checks, "handed_on": handed_on}
    )


def watch_names(case: Investigation, ids: set[UUID]) -> dict[UUID, story.Named]:
    """Watches by their publication."""
    rows = watches_in(case).filter(pk__in=ids)
    return {row.pk: story.Named(str(row.publication), _address(case, row)) for row in rows}


class WatchAction(CaseView):
    """Pause or resume the watch over an original, or have it looked at soon."""

    role = Role.RESEARCHER
    http_method_names = ["post"]

    def post(self, request: HttpRequest, slug: str, pk: UUID, deed: str) -> HttpResponse:
        watch = get_one(watches_in(self.investigation), pk=pk)
        DEEDS[deed](watch, actor=self.actor)
        return HttpResponseRedirect(f"{_address(self.investigation, watch)}#original")


def _address(case: Investigation, watch: LinkWatch) -> str:
    return reverse("publication", kwargs={"slug": case.slug, "pk": watch.publication_id})

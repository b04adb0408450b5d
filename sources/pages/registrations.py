"""What the first floor adds to navigation, overview, story and health."""

from __future__ import annotations

import tempfile
from pathlib import Path
from uuid import UUID

from django.urls import reverse

from osint import health, navigation
from osint.models import Investigation, JobState, Record
from osint.pages import panels, story
from osint.pages.keyset import capped_count
from sources import storage
from sources.models import Capture, Derivation, Publication
from sources.pages.selectors import cited_sources

PUBLICATION_PHRASES = {
    "publication.added": "logged the publication",
    "publication.changed": "corrected the publication",
    "publication.filled": "read the particulars of",
}
CAPTURE_PHRASES = {
    "capture.requested": "asked to preserve",
    "capture.succeeded": "preserved",
    "capture.failed": "could not preserve",
    "capture.quarantined": "gave up preserving",
}
DERIVATION_PHRASES = {
    "derivation.recorded": "recorded a derivation:",
    "derivation.removed": "took back a derivation",
}


def register() -> None:
    """Called once, when Django starts."""
    entry = navigation.Entry
    navigation.register(entry(20, "Publications", "publications", frozenset({"publication"})))
    navigation.register(entry(30, "Sources", "sources", frozenset({"source"})))
    navigation.register(entry(40, "Captures", "captures", frozenset({"capture"})))
    panels.register("case", 20, preservation_panel)
    health.register("storage", storage_health)
    story.register("publication", story.Subject(PUBLICATION_PHRASES, publication_names))
    story.register("capture", story.Subject(CAPTURE_PHRASES, capture_names))
    story.register("derivation", story.Subject(DERIVATION_PHRASES, derivation_names))


def storage_health() -> health.Health:
    """Whether the archive takes bytes."""
    folder = Path(storage.archive().location)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder) as probe:
        probe.write(b"?")
    return health.Health(ok=True)


def preservation_panel(case: Investigation, subject: Record) -> panels.Panel:
    """How much the case has preserved, and what failed."""
    by_state = {state: case.captures.filter(state=state) for state in JobState.values}
    content = {
        "publications": capped_count(case.publications.all()),
        "sources": capped_count(cited_sources(case)),
        "preserved": capped_count(by_state[JobState.SUCCEEDED]),
        "under_way": capped_count(by_state[JobState.QUEUED] | by_state[JobState.LEASED]),
        "failed": capped_count(by_state[JobState.FAILED] | by_state[JobState.QUARANTINED]),
    }
    return panels.Panel("sources/panels/preservation.html", content)


def publication_names(case: Investigation, ids: set[UUID]) -> dict[UUID, story.Named]:
    """Publications by title, or by address where nobody knows one."""
    return {row.pk: _named(case, row) for row in Publication.objects.filter(investigation=case, pk__in=ids)}


def capture_names(case: Investigation, ids: set[UUID]) -> dict[UUID, story.Named]:
    """Captures by what they preserve."""
    rows = Capture.objects.filter(investigation=case, pk__in=ids).select_related("publication")
    return {row.pk: story.Named(str(row.publication), _address("capture", case, row)) for row in rows}


def derivation_names(case: Investigation, ids: set[UUID]) -> dict[UUID, story.Named]:
    """Derivations as sentences."""
    rows = Derivation.objects.filter(investigation=case, pk__in=ids)
    return {
        row.pk: story.Named(str(row), _address("publication", case, row.publication))
        for row in rows.select_related("publication", "derives_from")
    }


def _named(case: Investigation, publication: Publication) -> story.Named:
    return story.Named(str(publication), _address("publication", case, publication))


def _address(name: str, case: Investigation, row: Record) -> str:
    return reverse(name, kwargs={"slug": case.slug, "pk": row.pk})

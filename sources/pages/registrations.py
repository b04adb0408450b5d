"""What the first floor adds to navigation, overview, story and health."""

from __future__ import annotations

import socket
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from osint import health, navigation
from osint.models import Investigation, JobState, Record
from osint.pages import panels, story
from osint.pages.keyset import capped_count
from sources import metrics, storage
from sources.archiving.policy import Egress
from sources.fixity_alerts import alerts_in, captures_hit, open_alerts
from sources.models import Capture, Derivation, Examination, FixityOutcome, Publication, RefusedAddress
from sources.pages import discussed, lineage, owners, uploads, watching
from sources.pages.selectors import cited_sources

EGRESS_PATIENCE_S = 1.0

CAPTURES_NAMED = 10

PUBLICATION_PHRASES = {
    "publication.added": "logged the publication",
    "publication.changed": "corrected the publication",
    "publication.filled": "read the particulars of",
}
CAPTURE_PHRASES = {
    "capture.requested": "asked to preserve",
    "capture.hastened": "asked to preserve sooner",
    "capture.succeeded": "preserved",
    "capture.failed": "could not preserve",
    "capture.quarantined": "gave up preserving",
    "capture.cancelled": "cancelled preserving",
    "capture.released": "released from quarantine",
}
BATCH_PHRASES = {
    "batch.submitted": "handed in the list",
    "batch.paused": "paused the list",
    "batch.resumed": "went on with the list",
    "batch.cancelled": "cancelled the list",
}
EXAMINATION_PHRASES = {
    "examination.succeeded": "examined what was kept of",
    "examination.failed": "could not examine what was kept of",
    "examination.quarantined": "gave up examining what was kept of",
}
PUBLICATION_PAGES = frozenset({"publication", "derivation-new", "suggestions"})
SOURCE_PAGES = frozenset({"source", "owners", "owner", "ownership-new"})
CAPTURE_PAGES = frozenset({"capture", "batches", "batch-new", "batch", "quarantine"})
DERIVATION_PHRASES = {
    "derivation.recorded": "recorded a derivation:",
    "derivation.removed": "took back a derivation",
}


def register() -> None:
    """Called once, when Django starts."""
    entry = navigation.Entry
    navigation.register(entry(20, "Publications", "publications", PUBLICATION_PAGES))
    navigation.register(entry(30, "Sources", "sources", SOURCE_PAGES))
    navigation.register(entry(40, "Captures", "captures", CAPTURE_PAGES))
    navigation.register(entry(45, "Media search", "pictures"))
    panels.register("case", 5, fixity_panel)
    panels.register("case", 20, preservation_panel)
    health.register("storage", storage_health)
    metrics.register()
    uploads.register()
    watching.register()
    discussed.register()
    lineage.register()
    owners.register()
    health.register("egress", egress_health)
    story.register("publication", story.Subject(PUBLICATION_PHRASES, publication_names))
    story.register("capture", story.Subject(CAPTURE_PHRASES, capture_names))
    story.register("examination", story.Subject(EXAMINATION_PHRASES, examination_names))
    story.register("capturebatch", story.Subject(BATCH_PHRASES, batch_names))
    story.register("derivation", story.Subject(DERIVATION_PHRASES, derivation_names))


def storage_health() -> health.Health:
    """Whether the archive takes bytes."""
    storage.archive().probe()
    return health.Health(ok=True)


def egress_health() -> health.Health:
    """Whether the way out takes connections."""
    if not settings.EGRESS_PROXY:
        return health.Health(ok=False, detail="EGRESS_PROXY is not set")
    egress = Egress.from_url(settings.EGRESS_PROXY)
    socket.create_connection((egress.host, egress.port), timeout=EGRESS_PATIENCE_S).close()
    return health.Health(ok=True)


def fixity_panel(case: Investigation, subject: Record) -> panels.Panel | None:
    """What is altered or missing of the case's own files, and how much in the archive nobody knows of."""
    wrong, strays = alerts_in(case), open_alerts().filter(outcome=FixityOutcome.UNTRACKED)
    if not wrong.exists() and not strays.exists():
        return None
    content = {
        "changed": capped_count(wrong.filter(outcome=FixityOutcome.CHANGED)),
        "missing": capped_count(wrong.filter(outcome=FixityOutcome.MISSING)),
        "untracked": capped_count(strays),
        "captures": captures_hit(case)[:CAPTURES_NAMED],
    }
    return panels.Panel("sources/panels/fixity.html", content)


def preservation_panel(case: Investigation, subject: Record) -> panels.Panel:
    """How much the case has preserved, and what failed."""
    by_state = {state: case.captures.filter(state=state) for state in JobState.values}
    refused = RefusedAddress.objects.filter(publication__investigation=case)
    content = {
        "publications": capped_count(case.publications.all()),
        "sources": capped_count(cited_sources(case)),
        "preserved": capped_count(by_state[JobState.SUCCEEDED]),
        "under_way": capped_count(by_state[JobState.QUEUED] | by_state[JobState.LEASED]),
        "failed": capped_count(by_state[JobState.FAILED] | by_state[JobState.QUARANTINED]),
        "refused": capped_count(refused),
        "last_refused": refused.first(),
    }
    return panels.Panel("sources/panels/preservation.html", content)


def publication_names(case: Investigation, ids: set[UUID]) -> dict[UUID, story.Named]:
    """Publications by title, or by address where nobody knows one."""
    return {row.pk: _named(case, row) for row in Publication.objects.filter(investigation=case, pk__in=ids)}


def capture_names(case: Investigation, ids: set[UUID]) -> dict[UUID, story.Named]:
    """Captures by what they preserve."""
    rows = Capture.objects.filter(investigation=case, pk__in=ids).select_related("publication")
    return {row.pk: story.Named(str(row.publication), _address("capture", case, row)) for row in rows}


def batch_names(case: Investigation, ids: set[UUID]) -> dict[UUID, story.Named]:
    """Batches by label."""
    rows = case.batches.filter(pk__in=ids).defer("refused")
    return {row.pk: story.Named(str(row), _address("batch", case, row)) for row in rows}


def examination_names(case: Investigation, ids: set[UUID]) -> dict[UUID, story.Named]:
    """Examinations by the publication that was captured."""
    rows = Examination.objects.filter(capture__investigation=case, pk__in=ids)
    return {
        row.pk: story.Named(str(row.capture.publication), _address("capture", case, row.capture))
        for row in rows.select_related("capture__publication").defer("capture__facts", "findings")
    }


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

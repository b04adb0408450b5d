"""What the top floor adds to navigation, to pages of the floors below, and to the story."""

from __future__ import annotations

from uuid import UUID

from django.urls import reverse

from osint import navigation
from osint.models import Investigation, Record
from osint.pages import panels, story
from osint.pages.keyset import capped_count, page_after
from sightings.models import Evidence, Sighting, Stance, Status
from sightings.pages.maps import MARKS_SHOWN, case_map
from sightings.selectors import sightings_in

NEWEST = 6

SIGHTING_PHRASES = {"sighting.logged": "logged the sighting", "sighting.changed": "corrected the sighting"}
EVIDENCE_PHRASES = {
    "evidence.attached": "attached evidence",
    "evidence.changed": "corrected evidence",
    "evidence.withdrawn": "withdrew evidence",
}
BELOW = frozenset({"sighting", "sighting-new", "evidence-new", "evidence-withdraw"})


def register() -> None:
    """Called once, when Django starts."""
    navigation.register(navigation.Entry(10, "Sightings", "sightings", BELOW))
    panels.register("case", 10, sightings_panel)
    panels.register("publication", 10, citations_panel)
    story.register("sighting", story.Subject(SIGHTING_PHRASES, sighting_names))
    story.register("evidence", story.Subject(EVIDENCE_PHRASES, evidence_names))


def sightings_panel(case: Investigation, subject: Record) -> panels.Panel:
    """Where the newest sightings of the case are, and how many stand where."""
    newest = page_after(sightings_in(case), None, MARKS_SHOWN)
    counts = [(status, capped_count(case.sightings.filter(status=status))) for status in Status]
    content = {
        "map": case_map(case, newest.items),
        "newest": newest.items[:NEWEST],
        "counts": [(status.value, count) for status, count in counts if count != "0"],
    }
    return panels.Panel("sightings/panels/sightings.html", content)


def citations_panel(case: Investigation, subject: Record) -> panels.Panel:
    """What a publication is evidence for and against."""
    cited = Evidence.objects.filter(investigation=case, publication_id=subject.pk).select_related("sighting")
    return panels.Panel("sightings/panels/citations.html", {"evidence": cited.order_by("pk")[:100]})


def sighting_names(case: Investigation, ids: set[UUID]) -> dict[UUID, story.Named]:
    """Sightings by title."""
    rows = Sighting.objects.filter(investigation=case, pk__in=ids)
    return {row.pk: story.Named(row.title, _address(case, row.pk)) for row in rows}


def evidence_names(case: Investigation, ids: set[UUID]) -> dict[UUID, story.Named]:
    """Evidence as the sentence it makes."""
    rows = Evidence.objects.filter(investigation=case, pk__in=ids).select_related("publication", "sighting")
    return {
        row.pk: story.Named(_sentence(row), f"{_address(case, row.sighting_id)}#evidence-{row.pk}")
        for row in rows
    }


def _sentence(evidence: Evidence) -> str:
    verb = "is neutral on" if evidence.stance == Stance.NEUTRAL else evidence.stance
    return f"“{evidence.publication}” {verb} “{evidence.sighting}”"


def _address(case: Investigation, sighting_id: UUID) -> str:
    return reverse("sighting", kwargs={"slug": case.slug, "pk": sighting_id})

"""What the top floor adds to navigation, to pages of the floors below, and to the story."""

from __future__ import annotations

from uuid import UUID

from django.urls import reverse

from osint import navigation
from osint.models import Investigation, Record
from osint.pages import panels, story
from osint.pages.keyset import capped_count, page_after
from sightings.models import Evidence, Sighting, Status
from sightings.pages import discussed, hypotheses, judgements, relations, reviewing
from sightings.pages.maps import MARKS_SHOWN, case_map
from sightings.selectors import sightings_in
from sources.pages.lineage import lineage_of

NEWEST = 6
CITED_DRAWN = 40

SIGHTING_PHRASES = {
    "sighting.logged": "logged the sighting",
    "sighting.changed": "corrected the sighting",
    **reviewing.SIGHTING_PHRASES,
}
EVIDENCE_PHRASES = {
    "evidence.attached": "attached evidence",
    "evidence.changed": "corrected evidence",
    "evidence.withdrawn": "withdrew evidence",
}
BELOW = frozenset(
    {
        "sighting",
        "sighting-new",
        "sighting-matrix",
        "sighting-relate",
        "hypothesis-change",
        "relation-undo",
        "evidence-new",
        "evidence-withdraw",
    }
)


def register() -> None:
    """Called once, when Django starts."""
    navigation.register(navigation.Entry(10, "Sightings", "sightings", BELOW))
    panels.register("case", 10, sightings_panel)
    panels.register("publication", 10, citations_panel)
    panels.register("sighting", 10, lineage_panel)
    story.register("sighting", story.Subject(SIGHTING_PHRASES, sighting_names))
    story.register("evidence", story.Subject(EVIDENCE_PHRASES, evidence_names))
    discussed.register()
    hypotheses.register()
    judgements.register()
    relations.register()
    reviewing.register()


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


def lineage_panel(case: Investigation, subject: Record) -> panels.Panel | None:
    """What the publications that are evidence for or against a sighting come from; nothing if from nothing."""
    standing = Evidence.objects.filter(investigation=case, sighting_id=subject.pk, withdrawn_at__isnull=True)
    cited = list(standing.order_by("pk").values_list("publication_id", flat=True)[:CITED_DRAWN])
    drawing = lineage_of(case, cited, downwards=False).svg(cited, title="Where the evidence comes from")
    return panels.Panel("sightings/panels/lineage.html", {"svg": drawing}) if drawing else None


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
        row.pk: story.Named(discussed.sentence(row), f"{_address(case, row.sighting_id)}#evidence-{row.pk}")
        for row in rows
    }


def _address(case: Investigation, sighting_id: UUID) -> str:
    return reverse("sighting", kwargs={"slug": case.slug, "pk": sighting_id})

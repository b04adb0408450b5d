"""What of the top floor can be discussed: sightings, and the evidence for and against them."""

from __future__ import annotations

from django.db.models import Count, QuerySet
from django.urls import reverse

from osint import subjects
from osint.models import Investigation, Record
from osint.pages import panels
from osint.pages.discussion import discussion_address, discussion_panel
from osint.selectors import comments_in
from sightings.models import Evidence, Sighting, Stance
from sightings.selectors import evidence_in, sightings_in

#: Behind whatever else a page shows.
LAST = 90


def register() -> None:
    """Called once, when Django starts."""
    sighting = subjects.SubjectType("sighting", sightings_in, sighting_address)
    evidence = subjects.SubjectType("evidence", evidence_of, evidence_address, sentence)
    subjects.register("sighting", sighting)
    subjects.register("evidence", evidence)
    panels.register("sighting", LAST, discussion_panel)
    panels.register("sighting", LAST + 1, discussed_evidence_panel)


def discussed_evidence_panel(case: Investigation, subject: Record) -> panels.Panel | None:
    """Which evidence on a sighting is discussed; nothing where none is."""
    items = {item.pk: item for item in evidence_of(case).filter(sighting=subject.pk)}
    about = comments_in(case).filter(subject_type="evidence", subject_id__in=list(items))
    counts = about.values("subject_id").annotate(count=Count("pk")).order_by("subject_id")
    discussed = [
        {
            "title": sentence(items[row["subject_id"]]),
            "url": discussion_address(case, "evidence", row["subject_id"]),
            "count": row["count"],
        }
        for row in counts
    ]
    if not discussed:
        return None
    return panels.Panel("sightings/panels/discussed_evidence.html", {"discussed": discussed})


def evidence_of(case: Investigation) -> QuerySet[Evidence]:
    """The case's evidence with what it is on."""
    return evidence_in(case).select_related("sighting")


def sentence(evidence: Evidence) -> str:
    """The evidence as the sentence it makes."""
    verb = "is neutral on" if evidence.stance == Stance.NEUTRAL else evidence.stance
    return f"“{evidence.publication}” {verb} “{evidence.sighting}”"


def sighting_address(case: Investigation, sighting: Sighting) -> str:
    """The path of a sighting's page."""
    return reverse("sighting", kwargs={"slug": case.slug, "pk": sighting.pk})


def evidence_address(case: Investigation, evidence: Evidence) -> str:
    """Where on its sighting's page an item of evidence is."""
    page = reverse("sighting", kwargs={"slug": case.slug, "pk": evidence.sighting_id})
    return f"{page}#evidence-{evidence.pk}"

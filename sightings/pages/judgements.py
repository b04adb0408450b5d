"""What decisions on sightings say about a source, and what rating it would change: parts of the page of a source."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.urls import reverse

from osint.access import get_one, investigations_for
from osint.models import Investigation, Record
from osint.pages import panels
from osint.pages.base import CasePage, Crumb
from sightings.services.previews import Supposition, preview_judgement
from sightings.track_records import track_record_of
from sources.models import Reliability, Source
from sources.selectors import sources_in


def register() -> None:
    """What the top floor adds to the page of a source."""
    panels.register("source", 10, record_panel)


class OneSourcePage(CasePage):
    """Base of the pages about one source."""

    @cached_property
    def source(self) -> Source:
        """The source in the address. Raises NotFoundError."""
        return get_one(sources_in(self.investigation), pk=self.kwargs["pk"])

    def crumbs(self) -> list[Crumb]:
        here = self.address("source", pk=self.source.pk)
        return [Crumb("Sources", self.address("sources")), Crumb(self.source.name, here)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(source=self.source, **kwargs)


class RecordPage(OneSourcePage):
    """How often what a source said was borne out, over all cases of the reader."""

    template_name = "sightings/source_record.html"
    title = "Record over all your cases"

    def twin(self) -> str:
        return reverse("calibration", kwargs={"source_pk": self.source.pk})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        record = track_record_of(self.source, investigations_for(self.actor))
        return super().get_context_data(record=record, **kwargs)


class RatingPreviewPage(OneSourcePage):
    """The step before rating a source: which assessments would change, and the form to go on with."""

    template_name = "sightings/rating_preview.html"
    title = "What a rating would change"

    @property
    def reliability(self) -> str | None:
        """The grade in the address, if it is one."""
        asked = self.request.GET.get("reliability", "")
        return asked if asked in Reliability.values else None

    def twin(self) -> str | None:
        if self.reliability is None:
            return None
        here = reverse("rating-preview", kwargs={"source_pk": self.source.pk})
        return f"{here}?reliability={self.reliability}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        grade, preview = self.reliability, None
        if grade is not None:
            preview = preview_judgement(self.actor, Supposition(self.source, reliability=grade))
        return super().get_context_data(preview=preview, grade=grade, grades=Reliability.choices, **kwargs)


def record_panel(case: Investigation, subject: Record) -> panels.Panel:
    """The source's record in the case, and a way to see what a rating would change."""
    assert isinstance(subject, Source)  # noqa: S101  # tells the type checker what the page shows
    record = track_record_of(subject, Investigation.objects.filter(pk=case.pk))
    content = {"record": record, "source": subject, "grades": Reliability.choices}
    return panels.Panel("sightings/panels/record.html", content)

"""How sure the evidence makes us, as a part of a sighting's page that follows a recomputation."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from sightings.pages.sightings import OneSightingPage
from sightings.pages.weights import shown_assessment


class AssessmentFragment(OneSightingPage):
    """Answers 204 while the number is still being recomputed."""

    template_name = "sightings/fragments/assessment.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        shown = shown_assessment(self.sighting)
        if shown["is_due"]:
            return HttpResponse(status=204)
        return self.render_to_response(self.get_context_data(**shown))

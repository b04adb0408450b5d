"""A preserved page as it was, framed from the replay origin, beside what is known of how it was taken."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from osint.pages.base import Crumb
from sources.pages.captures import OneCapturePage
from sources.replay.offer import replay_of


class ReplayPage(OneCapturePage):
    """One capture, replayed."""

    template_name = "sources/replay.html"

    def heading(self) -> str:
        return f"Replay of {self.capture.publication}"

    def crumbs(self) -> list[Crumb]:
        captures = Crumb("Captures", self.address("captures"))
        return [captures, Crumb("Capture", self.address("capture", pk=self.capture.pk))]

    def twin(self) -> str:
        return self.address("capture-replay", pk=self.capture.pk)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().get(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"  # it holds a link that is good for minutes
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        facts = self.capture.facts
        return super().get_context_data(
            replay=replay_of(self.capture, self.request),
            exchanges=facts.get("exchanges", []),
            failures=facts.get("failures", []),
            tools=sorted(facts.get("tools", {}).items()),
            **kwargs,
        )

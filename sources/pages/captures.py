"""Pages of captures: what was met, what was kept, and how far a running one is."""

from __future__ import annotations

from functools import cached_property
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect

from osint.access import get_one
from osint.models import JobState
from osint.pages.base import CasePage, CaseView, Crumb
from osint.pages.keyset import key_of, page_after
from sources.files import DRAWN, content_response, thumbnail_response
from sources.models import Capture, CaptureFile, Verdict
from sources.selectors import captures_in, files_in
from sources.services.captures import ASKABLE, cancel_capture, request_captures, retry_capture
from sources.templatetags.sources_tags import seen


class CapturesPage(CasePage):
    """The attempts to preserve the case's publications, newest first."""

    template_name = "sources/captures.html"
    title = "Captures"

    def twin(self) -> str:
        asked = self.request.GET.copy()
        asked.pop("after", None)
        address = self.address("capture-list")
        return f"{address}?{asked.urlencode()}" if asked else address

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = captures_in(self.investigation).select_related("publication__source")
        state, verdict = self.request.GET.get("state", ""), self.request.GET.get("verdict", "")
        if state in JobState.values:
            rows = rows.filter(state=state)
        if verdict in Verdict.values:
            rows = rows.filter(verdict=verdict)
        if batch := key_of(self.request.GET.get("batch")):
            rows = rows.filter(batch=batch)
        return super().get_context_data(
            page=page_after(rows, self.request.GET.get("after")),
            states=JobState.choices,
            verdicts=Verdict.choices,
            state=state,
            verdict=verdict,
            batch=batch,
            is_filtered=bool(state or verdict or batch),
            **kwargs,
        )


class OneCapturePage(CasePage):
    """Base of the pages about one capture."""

    @cached_property
    def capture(self) -> Capture:
        """The capture in the address. Raises NotFoundError."""
        rows = captures_in(self.investigation).select_related("publication__source")
        return get_one(rows, pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(capture=self.capture, **kwargs)


class CapturePage(OneCapturePage):
    """One capture: verdict, custody facts, files."""

    template_name = "sources/capture.html"

    def heading(self) -> str:
        return f"Capture of {self.capture.publication}"

    def crumbs(self) -> list[Crumb]:
        return [Crumb("Captures", self.address("captures"))]

    def twin(self) -> str:
        return self.address("capture-detail", pk=self.capture.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        facts = self.capture.facts
        return super().get_context_data(
            exchanges=facts.get("exchanges", []),
            failures=facts.get("failures", []),
            tools=sorted(facts.get("tools", {}).items()),
            drawn=DRAWN,
            **kwargs,
        )


class CaptureStatusFragment(OneCapturePage):
    """The part of a page that follows a running capture. Answers 204 while what is shown is still true."""

    template_name = "sources/fragments/capture_status.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.GET.get("seen") == seen(self.capture) and not self.capture.is_settled:
            return HttpResponse(status=204)
        return super().get(request, *args, **kwargs)


class PreserveAction(CaseView):
    """Ask for a publication to be preserved again."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
        publication = get_one(self.investigation.publications.all(), pk=pk)
        asked = request.POST.get("method", "")
        method = asked if asked in dict(ASKABLE) else ""
        try:
            captures = request_captures(publication, actor=self.actor, method=method)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            captures = []
        if len(captures) != 1:
            return HttpResponseRedirect(self.address("publication", pk=publication.pk))
        return HttpResponseRedirect(self.address("capture", pk=captures[0].pk))


class RetryAction(CaseView):
    """Ask again for what failed: by the same method, and of an upload for the file that is held."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
        capture = get_one(captures_in(self.investigation), pk=pk)
        try:
            capture = retry_capture(capture, actor=self.actor)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return HttpResponseRedirect(self.address("capture", pk=capture.pk))


class CancelAction(CaseView):
    """End a capture that waits or runs."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
        capture = get_one(captures_in(self.investigation), pk=pk)
        try:
            cancel_capture(capture, actor=self.actor)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return HttpResponseRedirect(self.address("capture", pk=pk))


class FileAction(CaseView):
    """A preserved file: drawn where that is harmless, else a download."""

    @property
    def kept(self) -> CaptureFile:
        """The file in the address. Raises NotFoundError."""
        return get_one(files_in(self.investigation), pk=self.kwargs["pk"])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> FileResponse:
        return content_response(self.kept, headers=request.headers, inline="download" not in request.GET)


class ThumbnailAction(FileAction):
    """The small picture of a preserved file."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> FileResponse:
        return thumbnail_response(self.kept)

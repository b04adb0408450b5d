"""What was set aside because it ended the archiver's process: for admins, to look into and release."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from osint.access import get_one
from osint.models import Role
from osint.pages.base import CasePage, CaseView, Crumb
from osint.pages.keyset import page_after
from sources.selectors import captures_in, quarantined_in
from sources.services.captures import release_capture


class QuarantinePage(CasePage):
    """The quarantined captures that nobody has released yet."""

    template_name = "sources/quarantine.html"
    title = "Quarantine"
    role = Role.ADMIN

    def crumbs(self) -> list[Crumb]:
        return [Crumb("Captures", self.address("captures"))]

    def twin(self) -> str:
        return f"{self.address('capture-list')}?state=quarantined"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = page_after(quarantined_in(self.investigation), self.request.GET.get("after"))
        return super().get_context_data(page=page, **kwargs)


class ReleaseAction(CaseView):
    """Release one: a new capture is asked for."""

    http_method_names = ["post"]
    role = Role.ADMIN

    def post(self, request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
        capture = get_one(captures_in(self.investigation), pk=pk)
        try:
            fresh = release_capture(capture, actor=self.actor, reason=request.POST.get("reason", ""))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return HttpResponseRedirect(self.address("quarantine"))
        return HttpResponseRedirect(self.address("capture", pk=fresh.pk))

"""Errors as pages: what happened, what was kept, what to do. The API and the probes answer for themselves."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from osint.api.problems import MEDIA_TYPE, not_found_response
from osint.errors import ForbiddenError, NotFoundError, SightlineError

#: Addresses of programs, which have their own words for errors.
PROGRAMS = ("/api/", "/health/")

FAULT = {
    "type": "about:blank",
    "title": "Something went wrong on our side",
    "status": 500,
    "code": "fault",
    "detail": "The fault has been logged. Nothing of this request was saved.",
}


class ErrorPagesMiddleware:
    """Shows the product's own errors as pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The page for one of our errors; anything else is a fault, and Django's to log."""
        if not isinstance(exception, SightlineError) or _is_for_program(request):
            return None
        if isinstance(exception, NotFoundError):
            return page_not_found(request, exception)
        if isinstance(exception, ForbiddenError):
            return _page(request, "forbidden", 403, exception.detail)
        return _page(request, "conflict", exception.status, exception.detail)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The same answer for what does not exist and for what is not the reader's to see."""
    if _is_for_program(request):
        return not_found_response()
    return _page(request, "not_found", 404)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's own refusals, in our words."""
    return _page(request, "forbidden", 403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that did not come from one of our pages, or from one that is too old."""
    return _page(request, "stale_form", 403)


def server_error(request: HttpRequest) -> HttpResponse:
    """A fault of ours. Asks nothing of the database, which may be what is missing."""
    if _is_for_program(request):
        return JsonResponse(FAULT, status=500, content_type=MEDIA_TYPE)
    return _page(request, "fault", 500)


def _is_for_program(request: HttpRequest) -> bool:
    return request.path.startswith(PROGRAMS)


def _page(request: HttpRequest, name: str, status: int, detail: str = "") -> HttpResponse:
    return render(request, f"osint/errors/{name}.html", {"detail": detail}, status=status)

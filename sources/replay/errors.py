"""Errors of the replay origin, in plain text: nobody is known here, so nothing is said about what exists."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from osint.errors import NotFoundError, SightlineError
from sources.replay.views import nothing


class PlainErrorsMiddleware:
    """Answers the product's own errors."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The answer to one of our errors; anything else is a fault, and Django's to log."""
        if isinstance(exception, NotFoundError):
            return nothing(request)
        if isinstance(exception, SightlineError):
            text = f"{exception.detail}.\n"
            return HttpResponse(text, content_type="text/plain; charset=utf-8", status=exception.status)
        return None

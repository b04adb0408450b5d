"""Which shape an answer has: the address says it, not the Accept header."""

from __future__ import annotations

from collections.abc import Iterable

from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request


class OneShape(DefaultContentNegotiation):
    """Every address has one representation, so there is nothing to choose and no reason to answer 406.

    DRF's own choice would also take a variable called `format` in an address for the name of a renderer, and
    refuse whoever asks for the media type that a file or a stream really has.
    """

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        only = next(iter(renderers))
        return only, only.media_type or ""

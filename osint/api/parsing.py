"""Reading the bodies of requests within bounds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from rest_framework import status
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import JSONParser


class BodyTooLargeError(APIException):
    """The body is longer than DATA_UPLOAD_MAX_MEMORY_SIZE, which Django enforces on forms only."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "body_too_large"

    def __init__(self, ceiling: int) -> None:
        super().__init__(f"Expected at most {ceiling} bytes.")


class BoundedJSONParser(JSONParser):
    """JSON that is neither so long that it fills the memory nor so deep that it exhausts the stack."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """Raises BodyTooLargeError, ParseError."""
        _refuse_long_body(parser_context or {})
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError as error:
            raise ParseError("JSON parse error - nested too deeply") from error


def _refuse_long_body(parser_context: Mapping[str, Any]) -> None:
    ceiling = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    # WSGI lets nobody read on past the length that the request declares.
    declared = int(parser_context["request"].META.get("CONTENT_LENGTH") or 0)
    if ceiling is not None and declared > ceiling:
        raise BodyTooLargeError(ceiling)

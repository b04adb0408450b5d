"""Errors as RFC 9457 problem details with stable codes: the one place where errors become HTTP answers."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, ValidationError
from django.http import Http404, JsonResponse
from rest_framework import exceptions, serializers
from rest_framework.response import Response
from rest_framework.views import set_rollback

from osint.errors import NotFoundError, SightlineError

MEDIA_TYPE = "application/problem+json"
NOT_FOUND: dict[str, Any] = {
    "type": "about:blank",
    "title": NotFoundError.title,
    "status": 404,
    "code": NotFoundError.code,
    "detail": "There is no such thing here, or it is not yours to see.",
}

Problem = dict[str, Any]


class FieldErrorSerializer(serializers.Serializer[Any]):
    """One thing that is wrong with one field."""

    field = serializers.CharField(help_text="Name of the field, or empty for the whole.")
    code = serializers.CharField()
    message = serializers.CharField()


class ProblemSerializer(serializers.Serializer[Any]):
    """RFC 9457 problem details."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField(help_text="Stable and machine-readable.")
    detail = serializers.CharField()
    errors = FieldErrorSerializer(many=True, required=False)  # type: ignore[assignment]  # a field, taken off the class


def problem_details(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF exception handler. None for what is not a client's doing: Django then answers 500 and logs it."""
    problem = _problem(error)
    if problem is None:
        return None
    set_rollback()
    response = Response(problem, status=problem["status"], content_type=MEDIA_TYPE)
    for header in ("WWW-Authenticate", "Retry-After"):
        value = getattr(error, {"WWW-Authenticate": "auth_header", "Retry-After": "wait"}[header], None)
        if value:
            response[header] = str(value)
    return response


def not_found_response() -> JsonResponse:
    """The answer to an address under the API that leads nowhere: the same body as for a missing object."""
    return JsonResponse(NOT_FOUND, status=404, content_type=MEDIA_TYPE)


def _problem(error: Exception) -> Problem | None:
    match error:
        case NotFoundError() | Http404() | exceptions.NotFound():
            return dict(NOT_FOUND)
        case SightlineError():
            return _body(error.status, error.code, error.title, error.detail) | error.facts
        case ValidationError():
            return _invalid(_from_django(error))
        case exceptions.ValidationError():
            return _invalid(_from_drf(error.get_full_details()))
        case PermissionDenied():
            return _body(403, "forbidden", "Your role does not allow this", str(error))
        case RequestDataTooBig():
            return _body(413, "body_too_large", HTTPStatus(413).phrase, "Send less in one request.")
        case exceptions.APIException():
            return _from_api_exception(error)
        case _:
            return None


def _body(status: int, code: str, title: str, detail: str) -> Problem:
    return {
        "type": "about:blank",
        "title": title,
        "status": status,
        "code": code,
        "detail": _writable(detail),
    }


def _invalid(errors: Iterator[dict[str, str]]) -> Problem:
    listed = list(errors)
    detail = "; ".join(f"{item['field'] or 'request'}: {item['message']}" for item in listed[:3])
    return _body(400, "invalid", "Some values cannot be accepted", detail) | {"errors": listed}


def _from_api_exception(error: exceptions.APIException) -> Problem:
    codes = error.get_codes()
    code = codes if isinstance(codes, str) else "invalid"
    return _body(error.status_code, code, HTTPStatus(error.status_code).phrase, str(error.detail))


def _from_django(error: ValidationError) -> Iterator[dict[str, str]]:
    """Field errors of a model or a service; `__all__` means the whole."""
    fields = error.error_dict if hasattr(error, "error_dict") else {"__all__": error.error_list}
    for field, problems in fields.items():
        for problem in problems:
            yield {
                "field": "" if field == "__all__" else field,
                "code": str(problem.code or "invalid"),
                "message": _writable(" ".join(problem.messages)),
            }


def _from_drf(details: Any, path: str = "") -> Iterator[dict[str, str]]:
    """Flattens DRF's nested details; a list index or a nested name becomes part of a dotted path."""
    if isinstance(details, dict) and set(details) == {"message", "code"}:
        yield {"field": path, "code": str(details["code"]), "message": _writable(str(details["message"]))}
    elif isinstance(details, dict):
        for name, inner in details.items():
            part = "" if name == "non_field_errors" else str(name)
            yield from _from_drf(inner, ".".join(filter(None, (path, part))))
    elif isinstance(details, list):
        for inner in details:
            yield from _from_drf(inner, path)


def _writable(text: str) -> str:
    """The text with what UTF-8 cannot carry as an escape: messages quote what the client sent."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")

"""Clients of the REST API: with a session, with a token, or with nothing."""

from __future__ import annotations

from typing import Any

from rest_framework.renderers import JSONRenderer
from rest_framework.test import APIClient

from osint.models import Investigation, User
from osint.services.tokens import issue_token

API = "/api/v1"


class AsciiRenderer(JSONRenderer):
    """JSON in ASCII, so that a body can hold what UTF-8 cannot carry."""

    ensure_ascii = True


class JsonClient(APIClient):
    """Sends JSON."""

    renderer_classes_list = (AsciiRenderer,)


def nobody() -> APIClient:
    """A client without credentials. A fault of the server is an answer to look at, not an exception."""
    return JsonClient(raise_request_exception=False)


def client_of(user: User) -> APIClient:
    """A client with a session of the user's."""
    client = nobody()
    client.force_login(user)
    return client


def client_with(token: str) -> APIClient:
    """A client that sends this text as its token."""
    client = nobody()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


def token_of(user: User, investigation: Investigation | None = None) -> str:
    """The text of a fresh token, opening only `investigation` when that is given."""
    return issue_token(actor=user, name="tests", investigation=investigation)[1]


def in_case(case: Investigation, path: str = "") -> str:
    """The address of something in a case."""
    return f"{API}/investigations/{case.slug}/{path}"


def errors_of(answer: Any) -> dict[str, str]:
    """The codes of a refusal by field; fails unless the answer is a 400 in problem details."""
    assert answer.status_code == 400, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    return {item["field"]: item["code"] for item in answer.json().get("errors", [])}


def send(client: APIClient, method: str, path: str, body: bytes | str) -> Any:
    """The answer to a body that is sent as it is, as JSON."""
    given: Any = body  # the stubs know text only
    return client.generic(method, path, given, "application/json")


def ids_of(answer: Any) -> list[str]:
    """The keys of the rows on a page of a list; fails unless the answer is 200."""
    assert answer.status_code == 200, answer.content
    return [row["id"] for row in answer.json()["results"]]

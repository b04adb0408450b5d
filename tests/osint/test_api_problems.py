"""Refusals are problem details with stable codes."""

from __future__ import annotations

import pytest

from osint.api.problems import NOT_FOUND
from tests import cast
from tests.clients import API, client_of, errors_of, in_case, nobody, send

MEMBERS = {"type", "title", "status", "code", "detail"}


def test_refusal_has_the_members_of_rfc_9457(team: cast.Team) -> None:
    answer = client_of(team.viewer).post(in_case(team.case, "sightings/"), {"title": "A launcher"})

    assert set(answer.json()) == MEMBERS
    assert answer["Content-Type"] == "application/problem+json"


def test_unknown_path_is_the_same_as_a_missing_thing() -> None:
    answer = nobody().get(f"{API}/no/such/thing/")

    assert (answer.status_code, answer.json()) == (404, NOT_FOUND)
    assert answer["Content-Type"] == "application/problem+json"


def test_every_wrong_field_is_named(team: cast.Team) -> None:
    answer = client_of(team.researcher).post(
        in_case(team.case, "sightings/"), {"activity": "asleep", "quantity_min": -1, "latitude": "north"}
    )

    assert errors_of(answer) == {
        "title": "required",
        "activity": "invalid_choice",
        "quantity_min": "min_value",
        "latitude": "invalid",
    }


def test_wrong_item_of_a_list_is_named(team: cast.Team) -> None:
    answer = client_of(team.researcher).post(
        f"{API}/equipment/", {"slug": "s-400", "name": "S-400", "aliases": ["С-400", ""]}
    )

    assert errors_of(answer) == {"aliases.1": "blank"}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"title": ', "parse_error"),
        (b'{"title": "x", "latitude": NaN}', "parse_error"),
        (b'{"title": "x", "latitude": Infinity}', "parse_error"),
        (b"[" * 100_000, "parse_error"),
        (b"\xff", "parse_error"),
        (b"[]", "invalid"),
        (b'"text"', "invalid"),
        (b"null", "invalid"),
    ],
    ids=["cut off", "NaN", "Infinity", "deep", "not UTF-8", "list", "text", "null"],
)
def test_body_that_is_no_object_is_refused(body: bytes, code: str, team: cast.Team) -> None:
    path = in_case(team.case, "sightings/")

    answer = send(client_of(team.researcher), "POST", path, body)

    assert (answer.status_code, answer.json()["code"]) == (400, code)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("a\x00b", "null_characters_not_allowed"),
        ("a\ud800b", "surrogate_characters_not_allowed"),
        ("x" * 301, "max_length"),
        ("   ", "blank"),
        (None, "null"),
        (["list"], "invalid"),
    ],
    ids=["null character", "lone surrogate", "long", "blank", "null", "list"],
)
def test_text_that_cannot_be_kept_is_refused(value: object, code: str, team: cast.Team) -> None:
    answer = client_of(team.researcher).post(in_case(team.case, "sightings/"), {"title": value})

    assert errors_of(answer) == {"title": code}


def test_message_about_a_lone_surrogate_can_be_written(team: cast.Team) -> None:
    answer = client_of(team.researcher).post(
        in_case(team.case, "sightings/"), {"title": "A launcher", "activity": "\ud800"}
    )

    assert errors_of(answer) == {"activity": "invalid_choice"}
    assert r"\ud800" in answer.json()["detail"]


def test_other_content_type_is_refused(team: cast.Team) -> None:
    answer = client_of(team.researcher).generic(
        "POST", in_case(team.case, "sightings/"), "title=x", "text/plain"
    )

    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


def test_title_says_what_kind_of_problem_it_is(team: cast.Team) -> None:
    answer = client_of(team.viewer).put(in_case(team.case), {})

    assert (answer.json()["title"], answer["Allow"]) == ("Method Not Allowed", "GET, PATCH, HEAD, OPTIONS")


def test_body_beyond_the_ceiling_is_refused(team: cast.Team) -> None:
    answer = client_of(team.researcher).post(
        in_case(team.case, "sightings/"), {"title": "A launcher", "description": "x" * 2_700_000}
    )

    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


@pytest.mark.parametrize("accept", ["text/html", "application/x-ndjson", "nonsense", "*/*"])
def test_answer_is_json_whatever_is_accepted(accept: str, team: cast.Team) -> None:
    answer = client_of(team.viewer).get(in_case(team.case), HTTP_ACCEPT=accept)

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")

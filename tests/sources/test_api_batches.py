"""Many addresses at once over the API."""

from __future__ import annotations

from typing import Any

import pytest

from sources.models import Capture, CaptureBatch
from tests import cast
from tests.clients import client_of, errors_of, ids_of, in_case, send

TWO = ["https://a.example/1", "https://b.example/2"]


def hand_in(team: cast.Team, body: dict[str, Any] | None = None) -> Any:
    given = {"addresses": TWO} if body is None else body
    return client_of(team.researcher).post(in_case(team.case, "batches/"), given)


def deed(team: cast.Team, batch: str, name: str) -> Any:
    return client_of(team.researcher).post(in_case(team.case, f"batches/{batch}/{name}/"))


def as_text(team: cast.Team, text: str, query: str = "") -> Any:
    path = in_case(team.case, f"batches/{query}")
    body: Any = text.encode()
    return client_of(team.researcher).generic("POST", path, body, "text/plain; charset=utf-8")


def test_list_is_taken_and_followed(team: cast.Team) -> None:
    answer = hand_in(team, {"addresses": TWO, "label": "Roofs", "method": "http"})

    batch = client_of(team.viewer).get(in_case(team.case, f"batches/{answer.json()['id']}/")).json()
    assert (answer.status_code, batch["label"], batch["total"], batch["method"]) == (202, "Roofs", 2, "http")
    progress = batch["progress"]
    assert (progress["total"], progress["done"], progress["is_over"]) == (2, 0, False)
    assert progress["counts"] == {
        "queued": 2, "leased": 0, "succeeded": 0, "failed": 0, "quarantined": 0, "cancelled": 0,
    }  # fmt: skip


def test_refused_lines_are_named_with_line_text_and_reason(team: cast.Team) -> None:
    refused = hand_in(team, {"addresses": ["https://a.example/", "", "ftp://b.example/"]}).json()["refused"]

    assert refused == [
        {
            "line": 3,
            "text": "ftp://b.example/",
            "code": "url_scheme",
            "reason": "Expected http:// or https://, got ftp.",
        }
    ]


def test_list_comes_as_text_too(team: cast.Team) -> None:
    answer = as_text(team, "# mine\nhttps://a.example/1\r\n\nhttps://b.example/2\nno\n", "?label=Mine")

    batch = answer.json()
    assert (answer.status_code, batch["total"], batch["label"]) == (202, 2, "Mine")
    assert [refusal["line"] for refusal in batch["refused"]] == [5]


def test_unknown_method_in_the_query_is_refused(team: cast.Team) -> None:
    assert errors_of(as_text(team, "https://a.example/", "?method=telepathy")) == {"method": "invalid_choice"}


def test_text_beyond_the_ceiling_is_refused(team: cast.Team, settings: Any) -> None:
    settings.BATCH_MAX_BYTES = 100

    answer = as_text(team, "https://a.example/\n" * 10)

    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


def test_text_may_be_longer_than_json(team: cast.Team) -> None:
    assert as_text(team, f"#{'x' * 3_000_000}\nhttps://a.example/").status_code == 202


@pytest.mark.parametrize("addresses", [[], [""], ["# nothing"]])
def test_empty_list_is_refused(addresses: list[str], team: cast.Team) -> None:
    assert errors_of(hand_in(team, {"addresses": addresses})) == {"addresses": "no_addresses"}


def test_too_many_addresses_are_refused(team: cast.Team, settings: Any) -> None:
    settings.BATCH_MAX_ADDRESSES = 1

    assert errors_of(hand_in(team)) == {"addresses": "too_many_addresses"}


def test_what_is_no_list_is_refused(team: cast.Team) -> None:
    answer = send(client_of(team.researcher), "POST", in_case(team.case, "batches/"), '{"addresses": "x"}')

    assert errors_of(answer) == {"addresses": "not_a_list"}


def test_captures_are_listed_by_batch(team: cast.Team) -> None:
    batch = hand_in(team).json()["id"]
    hand_in(team, {"addresses": ["https://c.example/"]})

    found = client_of(team.viewer).get(in_case(team.case, f"captures/?batch={batch}"))

    assert set(ids_of(found)) == {
        str(pk) for pk in Capture.objects.filter(batch=batch).values_list("pk", flat=True)
    }


def test_pause_resume_and_cancel_answer_with_the_batch(team: cast.Team) -> None:
    batch = hand_in(team).json()["id"]

    assert deed(team, batch, "pause").json()["paused_at"] is not None
    assert deed(team, batch, "resume").json()["paused_at"] is None
    cancelled = deed(team, batch, "cancel").json()
    assert (cancelled["cancelled_at"] is not None, cancelled["progress"]["counts"]["cancelled"]) == (True, 2)
    assert errors_of(deed(team, batch, "pause")) == {"": "batch_cancelled"}


def test_failed_ones_are_tried_again_in_a_new_batch(team: cast.Team) -> None:
    batch = hand_in(team).json()["id"]
    assert errors_of(deed(team, batch, "retry-failed")) == {"": "nothing_failed"}
    Capture.objects.filter(batch=batch).update(state="failed", error_code="gone")

    again = deed(team, batch, "retry-failed").json()

    assert (again["id"] != batch, again["total"]) == (True, 2)


def test_list_of_batches_costs_the_same_however_many(
    team: cast.Team, django_assert_max_num_queries: Any
) -> None:
    for number in range(5):
        hand_in(team, {"addresses": [f"https://a.example/{number}"]})
    client = client_of(team.viewer)
    with django_assert_max_num_queries(8):
        assert len(ids_of(client.get(in_case(team.case, "batches/")))) == 5


def test_batch_of_another_case_is_not_there(team: cast.Team, others: cast.Team) -> None:
    batch = hand_in(others).json()["id"]

    assert deed(team, batch, "cancel").status_code == 404
    assert CaptureBatch.objects.get(pk=batch).cancelled_at is None

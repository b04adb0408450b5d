"""Asking for captures over the API."""

from __future__ import annotations

from typing import Any

import pytest

from sources.models import Capture, Publication
from tests import cast
from tests.clients import client_of, errors_of, ids_of, in_case
from tests.deeds import failed_capture, kept_file


@pytest.fixture
def publication(team: cast.Team) -> Publication:
    return cast.publication(team)


def ask(team: cast.Team, publication: Publication) -> Any:
    body = {"publication": str(publication.pk)}
    return client_of(team.researcher).post(in_case(team.case, "captures/"), body)


def test_asking_answers_at_once_with_a_queued_capture(team: cast.Team, publication: Publication) -> None:
    answer = ask(team, publication)

    assert (answer.status_code, answer.json()["state"]) == (202, "queued")


def test_asking_twice_is_asking_once(team: cast.Team, publication: Publication) -> None:
    assert ask(team, publication).json() == ask(team, publication).json()


def test_failed_capture_is_tried_again_as_a_new_one(team: cast.Team, publication: Publication) -> None:
    failed = failed_capture(team, publication)

    answer = client_of(team.researcher).post(in_case(team.case, f"captures/{failed.pk}/retry/"))

    assert answer.json()["id"] != str(failed.pk)
    assert Capture.objects.get(pk=failed.pk).state == "failed"


def test_capture_under_way_is_not_tried_again(team: cast.Team, publication: Publication) -> None:
    path = in_case(team.case, f"captures/{ask(team, publication).json()['id']}/retry/")

    assert errors_of(client_of(team.researcher).post(path)) == {"": "capture_not_failed"}


def test_viewer_asks_for_no_second_try_whatever_the_state(team: cast.Team, publication: Publication) -> None:
    path = in_case(team.case, f"captures/{ask(team, publication).json()['id']}/retry/")

    assert client_of(team.viewer).post(path).json()["code"] == "forbidden"


def test_publication_of_another_case_is_not_there(team: cast.Team, others: cast.Team) -> None:
    assert ask(team, cast.publication(others)).status_code == 404


def test_unknown_method_is_refused(team: cast.Team, publication: Publication) -> None:
    answer = client_of(team.researcher).post(
        in_case(team.case, "captures/"), {"publication": str(publication.pk), "method": "telepathy"}
    )

    assert errors_of(answer) == {"method": "invalid_choice"}


@pytest.mark.parametrize("query", ["state=failed", "publication={publication}"])
def test_list_is_narrowed(query: str, team: cast.Team, publication: Publication) -> None:
    ask(team, cast.publication(team, "https://herald.example/"))
    failed = failed_capture(team, publication)

    found = client_of(team.viewer).get(
        in_case(team.case, f"captures/?{query.format(publication=publication.pk)}")
    )

    assert ids_of(found) == [str(failed.pk)]


def test_kept_file_is_shown_with_where_its_bytes_are(team: cast.Team, publication: Publication) -> None:
    kept = kept_file(failed_capture(team, publication))
    client = client_of(team.viewer)

    shown = client.get(in_case(team.case, f"captures/{kept.capture_id}/")).json()["files"][0]

    answer: Any = client.get(shown["content"])
    assert answer.getvalue() == b"not really a picture"


def test_preserved_bytes_are_a_download_that_runs_nothing(team: cast.Team, publication: Publication) -> None:
    kept = kept_file(failed_capture(team, publication))

    answer = client_of(team.viewer).get(in_case(team.case, f"files/{kept.pk}/content/"))
    answer.close()

    assert answer["Content-Disposition"].startswith("attachment")
    assert (answer["Content-Security-Policy"], answer["X-Content-Type-Options"]) == (
        "default-src 'none'; sandbox",
        "nosniff",
    )

"""Asking for captures over the API."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

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

    (capture,) = answer.json()["captures"]
    assert (answer.status_code, capture["state"], capture["priority"]) == (202, "queued", "interactive")
    assert answer["Location"] == capture["follow"] == in_case(team.case, f"captures/{capture['id']}/")
    assert client_of(team.viewer).get(capture["follow"]).json()["id"] == capture["id"]


def test_asking_twice_is_asking_once(team: cast.Team, publication: Publication) -> None:
    assert ask(team, publication).json() == ask(team, publication).json()


def test_failed_capture_is_tried_again_as_a_new_one(team: cast.Team, publication: Publication) -> None:
    failed = failed_capture(team, publication)

    answer = client_of(team.researcher).post(in_case(team.case, f"captures/{failed.pk}/retry/"))

    assert answer.json()["id"] != str(failed.pk)
    assert Capture.objects.get(pk=failed.pk).state == "failed"


def test_capture_under_way_is_not_tried_again(team: cast.Team, publication: Publication) -> None:
    path = in_case(team.case, f"captures/{ask(team, publication).json()['captures'][0]['id']}/retry/")

    assert errors_of(client_of(team.researcher).post(path)) == {"": "capture_not_failed"}


def test_viewer_asks_for_no_second_try_whatever_the_state(team: cast.Team, publication: Publication) -> None:
    path = in_case(team.case, f"captures/{ask(team, publication).json()['captures'][0]['id']}/retry/")

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


def post(team: cast.Team, path: str, body: dict[str, Any], role: str = "researcher") -> Any:
    return client_of(getattr(team, role)).post(in_case(team.case, path), body)


def test_address_is_logged_and_captured_in_one_request(team: cast.Team) -> None:
    answer = post(team, "captures/", {"url": "https://courier.example/new"})

    publication = team.case.publications.get(url="https://courier.example/new")
    assert answer.json()["captures"][0]["publication"] == str(publication.pk)


def test_known_address_leads_to_the_publication_there_is(team: cast.Team, publication: Publication) -> None:
    answer = post(team, "captures/", {"url": f"{publication.url}#top"})

    assert answer.json()["captures"][0]["publication"] == str(publication.pk)


@pytest.mark.parametrize("body", [{}, {"publication": "{publication}", "url": "https://courier.example/"}])
def test_either_publication_or_address_is_asked_for(
    body: dict[str, str], team: cast.Team, publication: Publication
) -> None:
    filled = {name: value.format(publication=publication.pk) for name, value in body.items()}

    assert errors_of(post(team, "captures/", filled)) == {"": "publication_or_url"}


def test_what_is_no_address_is_refused(team: cast.Team) -> None:
    assert errors_of(post(team, "captures/", {"url": "by the river"})) == {"url": "url_scheme"}


def test_video_is_captured_by_two_methods(team: cast.Team) -> None:
    answer = post(team, "captures/", {"url": "https://www.youtube.com/watch?v=abcdefghijk"})

    assert {capture["method"] for capture in answer.json()["captures"]} == {"media", "http"}


def test_error_is_put_into_words(team: cast.Team, publication: Publication) -> None:
    failed = failed_capture(team, publication)

    shown = client_of(team.viewer).get(in_case(team.case, f"captures/{failed.pk}/")).json()

    assert shown["error_words"].startswith("The publication is not there any more.")


def test_progress_is_shown_while_it_runs_and_not_after(team: cast.Team, publication: Publication) -> None:
    path = ask(team, publication).json()["captures"][0]["follow"]
    row = Capture.objects.filter(publication=publication)
    row.update(state="leased", lease_until=timezone.now(), progress={"stage": "media", "done": 1, "total": 3})
    running = client_of(team.viewer).get(path).json()["progress"]
    row.update(state="failed", lease_until=None)

    assert running == {"stage": "media", "done": 1, "total": 3}
    assert client_of(team.viewer).get(path).json()["progress"] is None


def test_capture_is_cancelled(team: cast.Team, publication: Publication) -> None:
    path = f"captures/{ask(team, publication).json()['captures'][0]['id']}/cancel/"

    assert post(team, path, {}).json()["state"] == "cancelled"
    assert errors_of(post(team, path, {})) == {"": "capture_ended"}


def test_only_an_admin_releases_from_quarantine(team: cast.Team, publication: Publication) -> None:
    capture = failed_capture(team, publication)
    Capture.objects.filter(pk=capture.pk).update(state="quarantined")
    path, body = f"captures/{capture.pk}/release/", {"reason": "It was the decoder"}

    assert post(team, path, body).status_code == 403
    answer = post(team, path, body, "admin")
    assert (answer.status_code, answer.json()["state"]) == (202, "queued")

"""Comments and assignments over the API."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from osint.api.problems import NOT_FOUND
from osint.models import Assignment, Comment, Notice
from sightings.models import Sighting
from tests import cast
from tests.cast import Team
from tests.clients import client_of, errors_of, ids_of, in_case


@pytest.fixture
def roof(team: Team) -> Sighting:
    return cast.sighting(team)


def about(thing: Any, **values: Any) -> dict[str, Any]:
    return {"subject_type": thing._meta.model_name, "subject_id": str(thing.pk)} | values


def comments(team: Team, query: str = "") -> str:
    return in_case(team.case, f"comments/{query}")


def assignments(team: Team, query: str = "") -> str:
    return in_case(team.case, f"assignments/{query}")


def test_a_comment_comes_back_as_typed_with_its_author(team: Team, roof: Sighting) -> None:
    text = " <script>alert(1)</script>\r\n\t@nobody "
    answer = client_of(team.researcher).post(comments(team), about(roof, text=text))

    assert answer.status_code == 201
    shown = client_of(team.viewer).get(comments(team, f"{answer.json()['id']}/")).json()
    assert (shown["text"], shown["author"]["username"]) == (text, team.researcher.username)


@pytest.mark.no_cover  # being traced it takes twice as long
def test_naughty_strings_are_kept_as_typed(team: Team, roof: Sighting, hostile: list[str]) -> None:
    client = client_of(team.researcher)

    for text in hostile[3::4]:
        answer = client.post(comments(team), about(roof, text=text))
        if answer.status_code == 201:
            assert answer.json()["text"] == text
        else:
            assert answer.json()["errors"][0]["code"] in {"null_characters_not_allowed", "blank"}


@pytest.mark.no_cover  # being traced it takes twice as long
def test_naughty_types_and_names_are_no_fault(team: Team, roof: Sighting, hostile: list[str]) -> None:
    client = client_of(team.researcher)

    for text in hostile[::8]:
        for path, body in (
            (comments(team), about(roof, text="x") | {"subject_type": text}),
            (comments(team), about(roof, text="x") | {"subject_id": text}),
            (assignments(team), about(roof, assignee=text)),
        ):
            assert client.post(path, body).status_code in {400, 404}, (text, body)


def test_the_list_is_narrowed_to_one_thing(team: Team, roof: Sighting) -> None:
    client, publication = client_of(team.researcher), cast.publication(team)
    first = client.post(comments(team), about(roof, text="One")).json()["id"]
    second = client.post(comments(team), about(roof, text="Two")).json()["id"]
    client.post(comments(team), about(publication, text="Elsewhere"))

    narrowed = comments(team, f"?subject_type=sighting&subject_id={roof.pk}")

    assert ids_of(client.get(narrowed)) == [second, first]
    assert len(ids_of(client.get(comments(team)))) == 3


def test_an_unknown_type_is_answered_with_those_there_are(team: Team, roof: Sighting) -> None:
    answer = client_of(team.researcher).post(comments(team), about(roof, text="x") | {"subject_type": "user"})

    assert errors_of(answer) == {"subject_type": "invalid_choice"}
    assert "evidence, publication, sighting, source" in answer.json()["detail"]


def test_a_thing_of_another_case_is_the_same_as_a_missing_one(
    team: Team, others: Team, roof: Sighting
) -> None:
    client, theirs = client_of(team.researcher), cast.sighting(others)
    missing = about(roof) | {"subject_id": str(uuid4())}

    for path, more in (
        (comments(team), {"text": "x"}),
        (assignments(team), {"assignee": team.admin.username}),
    ):
        for subject in (about(theirs), missing):
            answer = client.post(path, subject | more)
            assert (answer.status_code, answer.json()) == (404, NOT_FOUND)


def test_a_withdrawn_text_is_nowhere_to_be_read(team: Team, roof: Sighting) -> None:
    client = client_of(team.researcher)
    text = f"@{team.admin.username} a-secret"
    comment = client.post(comments(team), about(roof, text=text)).json()["id"]

    answer = client.post(comments(team, f"{comment}/withdraw/"))

    assert (answer.status_code, answer.json()["text"]) == (200, "")
    admin = client_of(team.admin)
    everything = [comments(team), in_case(team.case, "changes/"), "/api/v1/notices/"]
    assert not [path for path in everything if b"a-secret" in admin.get(path).content]


def test_anothers_comment_is_not_withdrawn(team: Team, roof: Sighting) -> None:
    comment = client_of(team.researcher).post(comments(team), about(roof, text="Look")).json()["id"]

    answer = client_of(team.admin).post(comments(team, f"{comment}/withdraw/"))

    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert Comment.objects.get().withdrawn_at is None


def test_a_comment_is_not_withdrawn_twice(team: Team, roof: Sighting) -> None:
    client = client_of(team.researcher)
    path = comments(team, f"{client.post(comments(team), about(roof, text='Look')).json()['id']}/withdraw/")

    assert [client.post(path).status_code for _ in range(2)] == [200, 409]


@pytest.mark.parametrize(("text", "code"), [("", "blank"), ("  ", "blank"), ("x" * 20_001, "max_length")])
def test_a_comment_without_words_or_with_too_many_is_refused(
    team: Team, roof: Sighting, text: str, code: str
) -> None:
    answer = client_of(team.researcher).post(comments(team), about(roof, text=text))

    assert errors_of(answer) == {"text": code}


def test_a_member_is_asked_and_told(team: Team, roof: Sighting) -> None:
    body = about(roof, assignee=team.reviewer.username)
    answer = client_of(team.researcher).post(assignments(team), body)

    assert answer.status_code == 201
    assert answer.json()["assignee"]["username"] == team.reviewer.username
    assert Notice.objects.get().recipient == team.reviewer


def test_accounts_outside_the_case_are_not_given_away(team: Team, roof: Sighting) -> None:
    client = client_of(team.researcher)

    answers = [
        client.post(assignments(team), about(roof, assignee=name)).content
        for name in (team.outsider.username, "no-such-person")
    ]

    assert answers[0] == answers[1]


def test_open_assignments_of_one_person_are_listed(team: Team, roof: Sighting) -> None:
    client, name = client_of(team.researcher), team.reviewer.username
    ended = client.post(assignments(team), about(roof, assignee=name)).json()["id"]
    client.post(assignments(team, f"{ended}/end/"))
    standing = client.post(assignments(team), about(cast.publication(team), assignee=name)).json()["id"]

    assert ids_of(client.get(assignments(team, f"?assignee={name}&open=true"))) == [standing]
    assert ids_of(client.get(assignments(team, f"?assignee={name}&open=false"))) == [ended]
    assert ids_of(client.get(assignments(team, f"?assignee={team.admin.username}"))) == []


def test_an_assignment_is_not_ended_twice(team: Team, roof: Sighting) -> None:
    client = client_of(team.researcher)
    body = about(roof, assignee=team.reviewer.username)
    path = assignments(team, f"{client.post(assignments(team), body).json()['id']}/end/")

    assert [client.post(path).status_code for _ in range(2)] == [200, 409]
    assert Assignment.objects.get().ended_at is not None

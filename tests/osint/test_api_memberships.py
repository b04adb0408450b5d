"""Who works on a case, over the API."""

from __future__ import annotations

from typing import Any

from osint.models import Membership, Role
from tests import cast
from tests.clients import client_of, errors_of, in_case


def test_members_are_listed_with_their_roles(team: cast.Team) -> None:
    answer = client_of(team.viewer).get(in_case(team.case, "memberships/"))

    listed = {row["user"]["username"]: row["role"] for row in answer.json()["results"]}
    assert listed == {f"roofs-{role}": role for role in Role.values}


def test_person_is_shown_without_what_is_private(team: cast.Team) -> None:
    answer = client_of(team.viewer).get(in_case(team.case, "memberships/"))

    assert {key for row in answer.json()["results"] for key in row["user"]} == {"id", "username", "name"}


def test_unknown_person_is_refused(team: cast.Team) -> None:
    answer = invite(team, "nobody")

    assert errors_of(answer) == {"username": "does_not_exist"}


def test_name_that_no_person_can_have_is_refused(team: cast.Team) -> None:
    answer = invite(team, "a\x00b")

    assert errors_of(answer) == {"username": "null_characters_not_allowed"}


def test_system_account_cannot_be_let_in(team: cast.Team) -> None:
    answer = invite(team, "sightline")

    assert errors_of(answer) == {"username": "does_not_exist"}


def test_second_membership_is_refused(team: cast.Team) -> None:
    answer = invite(team, team.viewer.username)

    assert answer.status_code == 400


def test_unknown_role_is_refused(team: cast.Team) -> None:
    answer = client_of(team.admin).post(
        in_case(team.case, "memberships/"), {"username": team.outsider.username, "role": "king"}
    )

    assert errors_of(answer) == {"role": "invalid_choice"}


def test_last_admin_cannot_leave(team: cast.Team) -> None:
    own = Membership.objects.get(user=team.admin)

    answer = client_of(team.admin).delete(in_case(team.case, f"memberships/{own.pk}/"))

    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


def test_whoever_is_taken_off_a_case_finds_it_no_more(team: cast.Team) -> None:
    membership = Membership.objects.get(user=team.viewer)

    client_of(team.admin).delete(in_case(team.case, f"memberships/{membership.pk}/"))

    assert client_of(team.viewer).get(in_case(team.case)).status_code == 404


def invite(team: cast.Team, username: str) -> Any:
    return client_of(team.admin).post(
        in_case(team.case, "memberships/"), {"username": username, "role": "viewer"}
    )

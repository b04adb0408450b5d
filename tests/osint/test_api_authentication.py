"""How programs and people say who they are."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from osint.models import ApiToken, User
from osint.services.tokens import revoke_token
from tests import cast
from tests.clients import API, client_of, client_with, ids_of, in_case, nobody, token_of

CASES = f"{API}/investigations/"


def test_token_opens_what_its_owner_may_see(team: cast.Team) -> None:
    answer = client_with(token_of(team.viewer)).get(CASES)

    assert ids_of(answer) == [str(team.case.pk)]


def test_session_opens_what_the_person_may_see(team: cast.Team) -> None:
    assert ids_of(client_of(team.viewer).get(CASES)) == [str(team.case.pk)]


def test_expired_token_is_refused(team: cast.Team) -> None:
    token = token_of(team.viewer)
    ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert refusal(token) == (401, "token_invalid")


def test_revoked_token_is_refused(team: cast.Team) -> None:
    token = token_of(team.viewer)
    revoke_token(ApiToken.objects.get(), actor=team.viewer)

    assert refusal(token) == (401, "token_invalid")


def test_token_of_a_deactivated_account_is_refused(team: cast.Team) -> None:
    token = token_of(team.viewer)
    User.objects.filter(pk=team.viewer.pk).update(is_active=False)

    assert refusal(token) == (401, "token_invalid")


@pytest.mark.parametrize("wrong", ["", "slt", "slt_", "slt__", "a b", "slt_\u00ff_x", "x" * 5000])
def test_garbled_token_is_refused(wrong: str, team: cast.Team) -> None:
    assert refusal(wrong) == (401, "token_invalid")


def test_right_prefix_with_a_wrong_secret_is_refused(team: cast.Team) -> None:
    assert refusal(token_of(team.viewer)[:-1] + "~") == (401, "token_invalid")


def test_refused_token_is_challenged(team: cast.Team) -> None:
    answer = client_with("slt_no_thing").get(CASES)

    assert answer["WWW-Authenticate"] == 'Bearer realm="sightline"'


def test_other_schemes_are_no_credentials(team: cast.Team) -> None:
    client = nobody()
    client.credentials(HTTP_AUTHORIZATION=f"Token {token_of(team.viewer)}")

    assert client.get(CASES).json()["code"] == "not_authenticated"


def test_session_write_needs_a_csrf_token(team: cast.Team) -> None:
    client = client_of(team.researcher)
    client.handler.enforce_csrf_checks = True

    answer = client.post(in_case(team.case, "sightings/"), {"title": "A launcher"})

    assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")


def test_token_write_needs_no_csrf_token(team: cast.Team) -> None:
    client = client_with(token_of(team.researcher))
    client.handler.enforce_csrf_checks = True

    assert client.post(in_case(team.case, "sightings/"), {"title": "A launcher"}).status_code == 201


def test_use_of_a_token_is_noted(team: cast.Team) -> None:
    client_with(token_of(team.viewer)).get(CASES)

    assert ApiToken.objects.get().last_used_at is not None


def test_token_for_one_case_lists_only_that_one(team: cast.Team, others: cast.Team) -> None:
    cast.let_in(others, team.viewer)

    answer = client_with(token_of(team.viewer, team.case)).get(CASES)

    assert ids_of(answer) == [str(team.case.pk)]


def test_token_for_one_case_cannot_open_another(team: cast.Team) -> None:
    client = client_with(token_of(team.admin, team.case))

    answer = client.post(CASES, {"slug": "new", "title": "New"})

    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


def refusal(token: str) -> tuple[int, str]:
    answer = client_with(token).get(CASES)
    return answer.status_code, answer.json()["code"]

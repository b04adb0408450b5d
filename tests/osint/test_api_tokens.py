"""The tokens of whoever asks, over the API."""

from __future__ import annotations

import pytest

from osint.models import ApiToken
from tests import cast
from tests.clients import API, client_of, client_with, errors_of, ids_of, in_case, token_of

TOKENS = f"{API}/tokens/"


def test_new_token_opens_the_api(team: cast.Team) -> None:
    text = client_of(team.viewer).post(TOKENS, {"name": "scripts"}).json()["token"]

    assert client_with(text).get(in_case(team.case)).status_code == 200


def test_text_is_shown_once(team: cast.Team) -> None:
    client = client_of(team.viewer)
    text = client.post(TOKENS, {"name": "scripts"}).json()["token"]

    assert text.rpartition("_")[2] not in client.get(TOKENS).content.decode()


def test_list_holds_ones_own_tokens(team: cast.Team) -> None:
    token_of(team.viewer)

    assert ids_of(client_of(team.researcher).get(TOKENS)) == []


def test_token_sees_itself_alone(team: cast.Team) -> None:
    token_of(team.viewer)
    text = token_of(team.viewer)

    assert ids_of(client_with(text).get(TOKENS)) == [str(ApiToken.objects.latest("id").pk)]


def test_token_makes_no_token(team: cast.Team) -> None:
    answer = client_with(token_of(team.viewer)).post(TOKENS, {"name": "offspring"})

    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


def test_revoked_token_opens_nothing(team: cast.Team) -> None:
    text = token_of(team.viewer)

    client_of(team.viewer).delete(f"{TOKENS}{ApiToken.objects.get().pk}/")

    assert client_with(text).get(TOKENS).status_code == 401


def test_token_of_another_is_not_there(team: cast.Team) -> None:
    token_of(team.viewer)

    answer = client_of(team.admin).delete(f"{TOKENS}{ApiToken.objects.get().pk}/")

    assert answer.status_code == 404


def test_case_that_is_not_ones_own_is_not_there(team: cast.Team, others: cast.Team) -> None:
    answer = client_of(team.viewer).post(TOKENS, {"name": "spy", "investigation": others.case.slug})

    assert answer.status_code == 404


@pytest.mark.parametrize(("days", "code"), [(0, "min_value"), (367, "max_value"), ("soon", "invalid")])
def test_lifetime_out_of_bounds_is_refused(days: object, code: str, team: cast.Team) -> None:
    answer = client_of(team.viewer).post(TOKENS, {"name": "scripts", "days": days})

    assert errors_of(answer) == {"days": code}

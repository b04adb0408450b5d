"""Owners of sources over the API, and how it has been judged who controls a source."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from osint.api.problems import NOT_FOUND
from osint.models import Change
from sources.models import Owner, Source
from sources.services.sources import add_owner
from tests import cast
from tests.clients import API, client_of, client_with, errors_of, ids_of, token_of

OWNERS = f"{API}/owners/"


@pytest.fixture
def shared(db: None) -> Source:
    return cast.source()


@pytest.fixture
def trust(team: cast.Team) -> Owner:
    return add_owner(actor=team.researcher, name="A trust", kind="foundation")


def establish(team: cast.Team, source: Source, by: Owner | None, **values: Any) -> Any:
    given = {"owner": str(by.pk) if by else None, "reason": "Its imprint says so"} | values
    return client_of(team.reviewer).post(f"{API}/sources/{source.pk}/ownerships/", given)


def control(team: cast.Team, source: Source) -> Any:
    return client_of(team.viewer).get(f"{API}/sources/{source.pk}/").json()["owner"]


def test_of_most_sources_independence_is_not_established(team: cast.Team, shared: Source) -> None:
    assert control(team, shared) is None


def test_a_source_shows_who_controls_it_and_since_when(team: cast.Team, shared: Source, trust: Owner) -> None:
    assert establish(team, shared, trust, since="2023-01-19").status_code == 201

    found = {"id": str(trust.pk), "name": "A trust", "kind": "foundation", "since": "2023-01-19"}
    assert control(team, shared) == found
    listed = client_of(team.viewer).get(f"{API}/sources/").json()["results"]
    assert [row["owner"] for row in listed] == [found]


def test_without_the_annotation_it_is_the_same(team: cast.Team, shared: Source, trust: Owner) -> None:
    establish(team, shared, trust, since="2023-01-19")

    alone, listed = Source.objects.get(), client_of(team.viewer).get(f"{API}/sources/").json()["results"][0]
    assert alone.control is not None
    assert (str(alone.control.owner), alone.control.since.isoformat()) == (
        listed["owner"]["id"],
        listed["owner"]["since"],
    )


def test_the_latest_judgement_counts(team: cast.Team, shared: Source, trust: Owner) -> None:
    house = add_owner(actor=team.researcher, name="A house", kind="company")
    establish(team, shared, house, since="2023-03-01")
    establish(team, shared, trust, since="2023-01-01")

    assert control(team, shared)["name"] == "A house"


def test_one_of_a_day_to_come_does_not_count_yet(team: cast.Team, shared: Source, trust: Owner) -> None:
    establish(team, shared, trust, since=(timezone.localdate() + timedelta(days=1)).isoformat())

    assert control(team, shared) is None
    assert Source.objects.get().control is None


def test_that_nobody_knows_after_all_is_a_judgement_too(
    team: cast.Team, shared: Source, trust: Owner
) -> None:
    establish(team, shared, trust)
    establish(team, shared, None)

    assert control(team, shared) is None
    assert Source.objects.get().control is None
    history = client_of(team.viewer).get(f"{API}/sources/{shared.pk}/ownerships/").json()["results"]
    assert [row["owner"] and row["owner"]["name"] for row in history] == [None, "A trust"]


def test_a_judgement_is_on_record(team: cast.Team, shared: Source, trust: Owner) -> None:
    made = establish(team, shared, trust).json()

    entry = Change.objects.get(subject_id=made["id"])
    assert (entry.action, entry.actor) == ("source.owned", team.reviewer)


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        ({"reason": " "}, {"reason": "blank"}),
        ({"since": "2023-02-30"}, {"since": "invalid"}),
        ({"owner": "nobody"}, {"owner": "invalid"}),
    ],
    ids=["reason", "day", "owner"],
)
def test_a_wrong_judgement_is_refused(
    values: dict[str, str], errors: dict[str, str], team: cast.Team, shared: Source, trust: Owner
) -> None:
    assert errors_of(establish(team, shared, trust, **values)) == errors


def test_the_owner_must_be_named_or_null(team: cast.Team, shared: Source) -> None:
    path = f"{API}/sources/{shared.pk}/ownerships/"

    assert errors_of(client_of(team.reviewer).post(path, {"reason": "None"})) == {"owner": "required"}


def test_an_owner_that_is_none_is_not_found(team: cast.Team, shared: Source) -> None:
    answer = establish(team, shared, None, owner=str(shared.pk))

    assert (answer.status_code, answer.json()) == (404, NOT_FOUND)


def test_a_private_source_is_judged_by_its_case_alone(
    team: cast.Team, others: cast.Team, trust: Owner
) -> None:
    private = cast.source(name="Informant", private_to=team.case)

    assert establish(others, private, trust).status_code == 404
    assert establish(team, private, trust).status_code == 201


def test_a_token_for_one_case_does_not_judge_the_shared_catalogue(
    team: cast.Team, shared: Source, trust: Owner
) -> None:
    client = client_with(token_of(team.reviewer, team.case))

    given = {"owner": str(trust.pk), "reason": "Its imprint"}
    assert client.post(f"{API}/sources/{shared.pk}/ownerships/", given).status_code == 403


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [("kind", "rumour", "invalid_choice"), ("name", "", "blank"), ("name", "x" * 201, "max_length")],
)
def test_wrong_particulars_are_refused(field: str, value: str, code: str, team: cast.Team) -> None:
    given = {"name": "A house", "kind": "company"} | {field: value}

    assert errors_of(client_of(team.researcher).post(OWNERS, given)) == {field: code}


def test_an_owner_is_named_once(team: cast.Team, trust: Owner) -> None:
    answer = client_of(team.researcher).post(OWNERS, {"name": trust.name, "kind": "company"})

    assert errors_of(answer) == {"name": "unique"}


@pytest.mark.parametrize("query", ["kind=state", "name=STAT"])
def test_the_list_is_narrowed(query: str, team: cast.Team, trust: Owner) -> None:
    state = add_owner(actor=team.researcher, name="The state", kind="state")

    assert ids_of(client_of(team.viewer).get(f"{OWNERS}?{query}")) == [str(state.pk)]

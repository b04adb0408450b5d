"""Sources and their ratings over the API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from osint.api.problems import NOT_FOUND
from sources.models import Source
from tests import cast
from tests.clients import API, client_of, client_with, errors_of, ids_of, token_of

SOURCES = f"{API}/sources/"


@pytest.fixture
def shared(db: None) -> Source:
    return cast.source()


@pytest.fixture
def private(team: cast.Team) -> Source:
    return cast.source(name="Informant", private_to=team.case)


def rate(team: cast.Team, source: Source, **values: Any) -> Any:
    given = {"reliability": "B", "reason": "Corrects its errors"} | values
    return client_of(team.reviewer).post(f"{SOURCES}{source.pk}/ratings/", given)


def grade(team: cast.Team, source: Source) -> Any:
    return client_of(team.viewer).get(f"{SOURCES}{source.pk}/").json()["reliability"]


def test_shared_source_is_for_everybody(team: cast.Team, shared: Source) -> None:
    assert ids_of(client_of(team.outsider).get(SOURCES)) == [str(shared.pk)]


def test_private_source_is_for_its_case(team: cast.Team, private: Source) -> None:
    answer = client_of(team.viewer).get(f"{SOURCES}{private.pk}/")

    assert answer.json()["private_to"] == team.case.slug


def test_private_source_is_not_listed_elsewhere(private: Source, others: cast.Team) -> None:
    assert ids_of(client_of(others.admin).get(SOURCES)) == []


@pytest.mark.parametrize("path", ["", "ratings/"])
def test_private_source_is_the_same_as_a_missing_one(path: str, private: Source, others: cast.Team) -> None:
    answer = client_of(others.admin).get(f"{SOURCES}{private.pk}/{path}")

    assert (answer.status_code, answer.json()) == (404, NOT_FOUND)


def test_private_source_cannot_be_changed_elsewhere(private: Source, others: cast.Team) -> None:
    answer = client_of(others.admin).patch(f"{SOURCES}{private.pk}/", {"name": "Known"})

    assert (answer.status_code, answer.json()) == (404, NOT_FOUND)


def test_token_for_another_case_does_not_see_a_private_source(
    team: cast.Team, private: Source, others: cast.Team
) -> None:
    cast.let_in(others, team.viewer)

    answer = client_with(token_of(team.viewer, others.case)).get(f"{SOURCES}{private.pk}/")

    assert answer.status_code == 404


def test_source_private_to_a_case_of_others_is_refused(team: cast.Team, others: cast.Team) -> None:
    answer = client_of(team.admin).post(
        SOURCES, {"name": "Mole", "kind": "account", "private_to": others.case.slug}
    )

    assert (answer.status_code, answer.json()) == (404, NOT_FOUND)


def test_outsider_enters_nothing(team: cast.Team) -> None:
    answer = client_of(team.outsider).post(SOURCES, {"name": "Herald", "kind": "outlet"})

    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


def test_second_source_of_the_name_is_refused(team: cast.Team, shared: Source) -> None:
    answer = client_of(team.researcher).post(SOURCES, {"name": shared.name, "kind": "outlet"})

    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("kind", "rumour", "invalid_choice"),
        ("homepage", "javascript:alert(1)", "invalid"),
        ("language", "Klingonese language", "invalid"),
        ("country", "gb", "invalid"),
        ("name", "", "blank"),
        ("name", "x" * 201, "max_length"),
    ],
)
def test_wrong_particulars_are_refused(field: str, value: str, code: str, team: cast.Team) -> None:
    given = {"name": "Herald", "kind": "outlet"} | {field: value}

    assert errors_of(client_of(team.researcher).post(SOURCES, given)) == {field: code}


@pytest.mark.parametrize(
    "query",
    ["kind=official", "name=MINIST", "language=ru", "country=RU"],
    ids=lambda query: query.split("=")[0],
)
def test_list_is_narrowed(query: str, team: cast.Team, shared: Source) -> None:
    ministry = cast.source(name="The Ministry", kind="official", language="ru", country="RU")

    assert ids_of(client_of(team.viewer).get(f"{SOURCES}?{query}")) == [str(ministry.pk)]


def test_unrated_source_has_no_grade(team: cast.Team, shared: Source) -> None:
    assert grade(team, shared) is None


def test_rating_is_in_force_at_once(team: cast.Team, shared: Source) -> None:
    rate(team, shared, reliability="B")

    assert grade(team, shared) == "B"


def test_latest_dated_rating_is_in_force(team: cast.Team, shared: Source) -> None:
    rate(team, shared, reliability="C", rated_on="2023-03-01")
    rate(team, shared, reliability="A", rated_on="2023-01-01")

    assert grade(team, shared) == "C"


def test_later_of_two_ratings_of_a_day_is_in_force(team: cast.Team, shared: Source) -> None:
    rate(team, shared, reliability="C", rated_on="2023-03-01")
    rate(team, shared, reliability="D", rated_on="2023-03-01")

    assert grade(team, shared) == "D"


def test_rating_from_a_day_to_come_is_not_yet_in_force(team: cast.Team, shared: Source) -> None:
    rate(team, shared, reliability="B")
    rate(team, shared, reliability="E", rated_on=(timezone.localdate() + timedelta(days=1)).isoformat())

    assert grade(team, shared) == "B"
    assert Source.objects.get().reliability == "B"


def test_history_of_ratings_is_kept(team: cast.Team, shared: Source) -> None:
    rate(team, shared, reliability="C", reason="Mixed")
    rate(team, shared, reliability="B", reason="Better")

    history = client_of(team.viewer).get(f"{SOURCES}{shared.pk}/ratings/").json()["results"]
    assert [(row["reliability"], row["reason"], row["rater"]["username"]) for row in history] == [
        ("B", "Better", team.reviewer.username),
        ("C", "Mixed", team.reviewer.username),
    ]


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        ({"reliability": "G"}, {"reliability": "invalid_choice"}),
        ({"reason": "  "}, {"reason": "blank"}),
        ({"rated_on": "2023-02-30"}, {"rated_on": "invalid"}),
        ({"rated_on": "2023-01~"}, {"rated_on": "invalid"}),
    ],
    ids=["grade", "reason", "day", "uncertain day"],
)
def test_wrong_rating_is_refused(
    values: dict[str, str], errors: dict[str, str], team: cast.Team, shared: Source
) -> None:
    assert errors_of(rate(team, shared, **values)) == errors

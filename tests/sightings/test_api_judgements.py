"""A source's record and the preview of a rating over the API."""

from __future__ import annotations

from typing import Any

import pytest

from osint.services.people import system_user
from sightings.models import CheckQuestion
from sightings.services.reviews import decide
from sources.models import Source
from sources.services.sources import add_source, rate_source
from tests import cast
from tests.clients import API, client_of, client_with, errors_of, token_of


@pytest.fixture
def courier(team: cast.Team) -> Source:
    """A source rated B on which one verified sighting rests."""
    source = cast.source()
    rate_source(source, actor=system_user(), reliability="B", reason="For the test.")
    sighting = cast.sighting(team)
    cast.evidence(team, sighting, cast.publication(team, source=source))
    checks = [{"question": question, "answer": "unknown"} for question in CheckQuestion.values]
    decide(sighting, actor=team.reviewer, decision="verified", reason="It fits", checks=checks)
    return source


def ask(client: Any, source: Source, what: str, **query: str) -> Any:
    return client.get(f"{API}/sources/{source.pk}/{what}/", query)


def test_the_record_is_counts_with_an_interval(team: cast.Team, courier: Source) -> None:
    answer = ask(client_of(team.viewer), courier, "calibration").json()
    assert answer["relayed"]["decided"] == 0
    assert answer["relayed"]["interval"] is None
    assert (answer["own"]["supported_verified"], answer["own"]["right"], answer["own"]["share"]) == (
        1,
        1,
        None,
    )
    assert answer["own"]["interval"]["low"] == pytest.approx(0.2065, abs=0.0001)
    assert answer["own"]["words"].startswith("1 of 1 borne out; too few to say")


def test_the_record_is_that_of_ones_own_cases(team: cast.Team, others: cast.Team, courier: Source) -> None:
    assert ask(client_of(others.viewer), courier, "calibration").json()["own"]["decided"] == 0


def test_a_token_for_another_case_shows_nothing_of_this_one(
    team: cast.Team, others: cast.Team, courier: Source
) -> None:
    cast.let_in(others, team.viewer)
    client = client_with(token_of(team.viewer, others.case))
    assert ask(client, courier, "calibration").json()["own"]["decided"] == 0
    assert ask(client, courier, "rating-preview", reliability="E").json()["looked_at"] == 0


def test_the_preview_says_what_would_change(team: cast.Team, courier: Source) -> None:
    answer = ask(client_of(team.viewer), courier, "rating-preview", reliability="E").json()
    assert (answer["changed"], answer["words_changed"], answer["looked_at"]) == (1, 1, 1)
    (shift,) = answer["shifts"]
    assert shift["sighting"]["investigation"] == team.case.slug
    assert (shift["before"]["word"], shift["after"]["word"]) == ("likely", "insufficient information")
    assert courier.ratings.count() == 1


@pytest.mark.parametrize(
    ("query", "codes"),
    [({}, {"": "required"}), ({"reliability": "G"}, {"reliability": "invalid_choice"}),
     ({"owner": "none"}, {"owner": "invalid"})],
)  # fmt: skip
def test_a_preview_needs_something_to_suppose(
    team: cast.Team, courier: Source, query: dict[str, str], codes: dict[str, str]
) -> None:
    assert errors_of(ask(client_of(team.viewer), courier, "rating-preview", **query)) == codes


def test_an_owner_that_is_not_there_is_missing(team: cast.Team, courier: Source) -> None:
    answer = ask(client_of(team.viewer), courier, "rating-preview", owner=str(courier.pk))
    assert answer.status_code == 404


@pytest.mark.parametrize("what", ["calibration", "rating-preview"])
def test_a_source_private_to_another_case_does_not_exist(
    team: cast.Team, others: cast.Team, what: str
) -> None:
    private = add_source(actor=others.researcher, private_to=others.case, name="Confidant", kind="account")
    assert ask(client_of(team.admin), private, what, reliability="B").status_code == 404

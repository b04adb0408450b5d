"""Suggested derivations over the API."""

from __future__ import annotations

from typing import Any

import pytest

from osint.services.changes import insert
from osint.services.people import system_user
from sources.models import Derivation, DerivationSuggestion, Publication
from tests import cast
from tests.clients import client_of, errors_of, ids_of, in_case


@pytest.fixture
def suggestion(team: cast.Team) -> DerivationSuggestion:
    origin = cast.publication(team, "https://root.example/1", title="The origin")
    return suggest(cast.publication(team, "https://relay.example/1", title="The relay"), origin)


def suggest(relay: Publication, origin: Publication, **values: Any) -> DerivationSuggestion:
    given = {"kind": "relays", "ground": "text", "details": {"share": 0.83, "order": "dates"}} | values
    row = DerivationSuggestion(
        investigation=relay.investigation, publication=relay, derives_from=origin, **given
    )
    return insert(row, actor=system_user(), action="suggestion.made")


def decide(team: cast.Team, suggestion: DerivationSuggestion, deed: str, **values: Any) -> Any:
    path = in_case(team.case, f"derivation-suggestions/{suggestion.pk}/{deed}/")
    return client_of(team.researcher).post(path, values)


def listed(team: cast.Team, query: str = "") -> list[str]:
    return ids_of(client_of(team.viewer).get(in_case(team.case, f"derivation-suggestions/{query}")))


def test_a_suggestion_shows_both_ends_and_why(team: cast.Team, suggestion: DerivationSuggestion) -> None:
    path = in_case(team.case, f"derivation-suggestions/{suggestion.pk}/")

    shown = client_of(team.viewer).get(path).json()

    assert (shown["publication"]["title"], shown["derives_from"]["title"]) == ("The relay", "The origin")
    assert shown["grounds"] == "They have about 83 % of their text in common."
    assert shown["direction"].startswith("The one that was published later")
    assert (shown["state"], shown["decided_by"], shown["derivation"]) == ("open", None, None)


def test_accepting_records_the_derivation(team: cast.Team, suggestion: DerivationSuggestion) -> None:
    shown = decide(team, suggestion, "accept").json()

    made = Derivation.objects.get()
    assert (shown["state"], shown["derivation"]) == ("accepted", str(made.pk))
    assert shown["decided_by"]["username"] == team.researcher.username
    assert (made.publication, made.kind) == (suggestion.publication, "relays")


def test_it_can_be_corrected_while_it_is_accepted(team: cast.Team, suggestion: DerivationSuggestion) -> None:
    decide(team, suggestion, "accept", kind="translates", turned=True, note="Word for word")

    made = Derivation.objects.get()
    assert (made.publication, made.kind, made.note) == (
        suggestion.derives_from,
        "translates",
        "Word for word",
    )


def test_rejecting_records_nothing_else(team: cast.Team, suggestion: DerivationSuggestion) -> None:
    assert decide(team, suggestion, "reject").json()["state"] == "rejected"
    assert not Derivation.objects.exists()


@pytest.mark.parametrize("deed", ["accept", "reject"])
def test_what_is_decided_cannot_be_decided_again(
    deed: str, team: cast.Team, suggestion: DerivationSuggestion
) -> None:
    decide(team, suggestion, "reject")

    answer = decide(team, suggestion, deed)

    assert (answer.status_code, answer.json()["code"]) == (409, "suggestion_decided")


def test_an_unknown_kind_is_refused(team: cast.Team, suggestion: DerivationSuggestion) -> None:
    assert errors_of(decide(team, suggestion, "accept", kind="steals")) == {"kind": "invalid_choice"}


def test_the_list_is_narrowed(team: cast.Team, suggestion: DerivationSuggestion) -> None:
    third = cast.publication(team, "https://third.example/1")
    other = suggest(
        third, suggestion.derives_from, ground="link", details={"address": "https://root.example/1"}
    )
    decide(team, suggestion, "reject")

    assert listed(team) == [str(other.pk), str(suggestion.pk)]
    assert listed(team, "?state=open") == [str(other.pk)]
    assert listed(team, "?ground=text") == [str(suggestion.pk)]
    assert listed(team, f"?publication={third.pk}") == [str(other.pk)]
    assert len(listed(team, f"?publication={suggestion.derives_from_id}")) == 2


def test_another_cases_suggestions_are_not_listed(
    team: cast.Team, others: cast.Team, suggestion: DerivationSuggestion
) -> None:
    assert listed(others) == []

"""The record of changes of a case, over the API."""

from __future__ import annotations

from tests import cast
from tests.clients import client_of, in_case


def test_change_names_who_did_what_to_which(team: cast.Team) -> None:
    sighting = cast.sighting(team, title="A launcher")

    answer = client_of(team.viewer).get(in_case(team.case, "changes/"))

    newest = answer.json()["results"][0]
    assert newest["actor"]["username"] == team.researcher.username
    assert (newest["action"], newest["subject_id"]) == ("sighting.logged", str(sighting.pk))
    assert (newest["old"], newest["new"]["title"]) == (None, "A launcher")


def test_changes_of_other_cases_are_not_listed(team: cast.Team, others: cast.Team) -> None:
    cast.sighting(others)

    answer = client_of(team.viewer).get(in_case(team.case, "changes/"))

    assert "sighting.logged" not in {row["action"] for row in answer.json()["results"]}

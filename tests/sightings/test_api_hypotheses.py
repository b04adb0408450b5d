"""Hypotheses and their matrix over the API."""

from __future__ import annotations

from typing import Any

import pytest

from sightings.models import Evidence, Sighting
from sightings.services.hypotheses import drop_hypothesis, judge_fit, propose_hypothesis
from tests import cast
from tests.clients import client_of, errors_of, ids_of, in_case


@pytest.fixture
def item(team: cast.Team) -> Evidence:
    return cast.evidence(team, cast.sighting(team), cast.publication(team))


def matrix(team: cast.Team, sighting: Sighting, **body: Any) -> Any:
    path = in_case(team.case, f"sightings/{sighting.pk}/matrix/")
    return client_of(team.researcher).post(path, body) if body else client_of(team.viewer).get(path)


def test_a_hypothesis_is_put_up_and_listed(team: cast.Team, item: Evidence) -> None:
    client, path = client_of(team.researcher), in_case(team.case, "hypotheses/")
    answer = client.post(path, {"sighting": str(item.sighting_id), "title": "A decoy"})
    assert answer.status_code == 201
    assert answer.json()["proposed_by"]["username"] == team.researcher.username
    assert ids_of(client.get(f"{path}?sighting={item.sighting_id}")) == [answer.json()["id"]]


def test_the_list_is_narrowed_by_sighting_and_by_what_was_dropped(team: cast.Team, item: Evidence) -> None:
    decoy = propose_hypothesis(item.sighting, actor=team.researcher, title="A decoy")
    drop_hypothesis(decoy, actor=team.researcher)
    standing = propose_hypothesis(cast.sighting(team), actor=team.researcher, title="A decoy")
    client, path = client_of(team.viewer), in_case(team.case, "hypotheses/")
    assert ids_of(client.get(f"{path}?dropped=true")) == [str(decoy.pk)]
    assert ids_of(client.get(f"{path}?dropped=false")) == [str(standing.pk)]
    assert ids_of(client.get(f"{path}?sighting={item.sighting_id}")) == [str(decoy.pk)]


def test_the_same_title_again_is_refused(team: cast.Team, item: Evidence) -> None:
    propose_hypothesis(item.sighting, actor=team.researcher, title="A decoy")
    body = {"sighting": str(item.sighting_id), "title": "A decoy"}
    answer = client_of(team.researcher).post(in_case(team.case, "hypotheses/"), body)
    assert "hypothesis_exists" in errors_of(answer).values()


def test_dropping_and_restoring_shows(team: cast.Team, item: Evidence) -> None:
    decoy = propose_hypothesis(item.sighting, actor=team.researcher, title="A decoy")
    client, path = client_of(team.researcher), in_case(team.case, f"hypotheses/{decoy.pk}/")
    assert client.post(f"{path}drop/").json()["is_dropped"] is True
    assert client.post(f"{path}restore/").json()["is_dropped"] is False


def test_judging_a_cell_answers_with_the_matrix(team: cast.Team, item: Evidence) -> None:
    decoy = propose_hypothesis(item.sighting, actor=team.researcher, title="A decoy")
    matrix(team, item.sighting, evidence=str(item.pk), fit="++")
    answer = matrix(team, item.sighting, evidence=str(item.pk), hypothesis=str(decoy.pk), fit="-")
    assert answer.status_code == 200
    assert answer.json() == matrix(team, item.sighting).json()
    (row,) = answer.json()["rows"]
    assert (row["evidence"]["id"], row["diagnostic_value"]) == (str(item.pk), 3)
    assert [(cell["hypothesis"], cell["fit"]) for cell in row["cells"]] == [
        (None, "++"),
        (str(decoy.pk), "-"),
    ]
    assert [column["inconsistent"] for column in answer.json()["columns"]] == [0, 1]


def test_null_takes_a_judgement_back(team: cast.Team, item: Evidence) -> None:
    judge_fit(item, actor=team.researcher, hypothesis=None, fit="+")
    answer = matrix(team, item.sighting, evidence=str(item.pk), fit=None)
    assert answer.json()["rows"][0]["cells"][0] == {"hypothesis": None, "fit": None, "judged_by": None}


def test_an_unknown_mark_is_refused(team: cast.Team, item: Evidence) -> None:
    assert errors_of(matrix(team, item.sighting, evidence=str(item.pk), fit="?")) == {"fit": "invalid_choice"}


def test_evidence_and_hypotheses_of_another_sighting_do_not_exist(team: cast.Team, item: Evidence) -> None:
    elsewhere = cast.sighting(team)
    theirs = propose_hypothesis(elsewhere, actor=team.researcher, title="A decoy")
    assert matrix(team, elsewhere, evidence=str(item.pk), fit="+").status_code == 404
    body = {"evidence": str(item.pk), "hypothesis": str(theirs.pk), "fit": "+"}
    assert matrix(team, item.sighting, **body).status_code == 404


def test_a_dropped_hypothesis_is_in_conflict(team: cast.Team, item: Evidence) -> None:
    decoy = propose_hypothesis(item.sighting, actor=team.researcher, title="A decoy")
    drop_hypothesis(decoy, actor=team.researcher)
    body = {"evidence": str(item.pk), "hypothesis": str(decoy.pk), "fit": "+"}
    answer = matrix(team, item.sighting, **body)
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")

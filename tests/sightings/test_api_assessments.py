"""Assessments over the API: the current one with its reasons, and those before it."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from osint.services.people import system_user
from sightings.models import Sighting
from sightings.services.assessments import recompute_due
from sightings.services.sightings import change_evidence
from sources.services.sources import add_owner, establish_ownership, rate_source
from tests import cast
from tests.clients import client_of, in_case


def address(team: cast.Team, sighting: Sighting, last: str = "assessment/") -> str:
    return in_case(team.case, f"sightings/{sighting.pk}/{last}")


@pytest.fixture
def claim(team: cast.Team) -> Sighting:
    """A sighting that rests on one B2 of a known owner."""
    source = cast.source()
    rate_source(source, actor=system_user(), reliability="B", reason="For the test.")
    owner = add_owner(actor=system_user(), name="The Courier Group", kind="company")
    establish_ownership(source, actor=system_user(), owner=owner, reason="For the test.")
    sighting = cast.sighting(team)
    page = cast.publication(team, source=source, title="A launcher on the roof")
    cast.evidence(team, sighting, page)
    return sighting


def shown(team: cast.Team, sighting: Sighting) -> Any:
    return client_of(team.viewer).get(address(team, sighting)).json()


def test_what_is_not_assessed_yet_is_being_recomputed(team: cast.Team, claim: Sighting) -> None:
    assert shown(team, claim) == {"state": "recomputing", "assessment": None}


def test_the_current_assessment_has_its_numbers_and_its_reasons_by_name(
    team: cast.Team, claim: Sighting
) -> None:
    recompute_due()
    answer = shown(team, claim)
    found = answer["assessment"]
    assert answer["state"] == "current"
    assert (found["word"], found["capped"], found["analytic_confidence"]) == ("likely", True, "low")
    assert found["probability"] == pytest.approx(0.7561, abs=0.0001)
    assert found["belief"] + found["disbelief"] + found["uncertainty"] == pytest.approx(1)
    texts = [entry["text"] for entry in found["explanation"]]
    name = "“A launcher on the roof” (The Courier)"
    assert f"{name} for the claim: 2.10, by {name} (B2)." in texts
    assert f"What The Courier Group controls for the claim: 2.10, all of it by {name}." in texts


def test_its_inputs_are_what_the_command_reads(team: cast.Team, claim: Sighting, tmp_path: Any) -> None:
    recompute_due()
    found = shown(team, claim)["assessment"]
    path = tmp_path / "inputs.json"
    path.write_text(json.dumps(found["inputs"]), encoding="utf-8")
    said = StringIO()
    call_command("assess", str(path), stdout=said)
    assert json.loads(said.getvalue())["probability"] == found["probability"]


def test_after_a_change_it_says_so_until_it_is_recomputed(team: cast.Team, claim: Sighting) -> None:
    recompute_due()
    before = shown(team, claim)["assessment"]
    change_evidence(claim.evidence.get(), actor=team.researcher, credibility=4)
    assert shown(team, claim) == {"state": "recomputing", "assessment": before}
    recompute_due()
    answer = shown(team, claim)
    assert answer["state"] == "current"
    assert answer["assessment"]["probability"] < before["probability"]


def test_earlier_ones_are_listed_newest_first(team: cast.Team, claim: Sighting) -> None:
    recompute_due()
    change_evidence(claim.evidence.get(), actor=team.researcher, credibility=4)
    recompute_due()
    listed = client_of(team.viewer).get(address(team, claim, "assessments/")).json()["results"]
    assert [item["word"] for item in listed] == ["insufficient information", "likely"]


def test_lists_of_sightings_carry_the_numbers(team: cast.Team, claim: Sighting) -> None:
    client = client_of(team.viewer)
    (row,) = client.get(in_case(team.case, "sightings/")).json()["results"]
    assert (row["probability"], row["is_recomputing"]) == (None, True)
    recompute_due()
    (row,) = client.get(in_case(team.case, "sightings/")).json()["results"]
    assert (row["word"], row["is_recomputing"]) == ("likely", False)


@pytest.mark.parametrize("last", ["assessment/", "assessments/"])
def test_another_teams_sighting_is_as_good_as_none(team: cast.Team, claim: Sighting, last: str) -> None:
    others = cast.team("others")
    theirs = cast.sighting(others)
    client = client_of(team.viewer)
    foreign = client.get(in_case(team.case, f"sightings/{theirs.pk}/{last}"))
    outside = client_of(team.outsider).get(address(team, claim, last))
    missing = client.get(in_case(team.case, f"sightings/{team.case.pk}/{last}"))
    assert foreign.status_code == outside.status_code == missing.status_code == 404
    assert foreign.content == outside.content == missing.content

"""How often what a source said was borne out by decisions that stand."""

from __future__ import annotations

from typing import Any

import pytest

from osint.access import investigations_for
from osint.models import Investigation
from sightings.calibration import Record
from sightings.models import CheckQuestion, Sighting
from sightings.services.relations import relate
from sightings.services.reviews import decide, reopen
from sightings.services.sightings import withdraw_evidence
from sightings.track_records import TrackRecord, track_record_of
from sources.models import Publication, Source
from sources.services.publications import record_derivation
from tests import cast


@pytest.fixture
def courier(db: None) -> Source:
    return cast.source()


def record(courier: Source) -> TrackRecord:
    return track_record_of(courier, Investigation.objects.all())


def published(team: cast.Team, source: Source, number: int = 1) -> Publication:
    return cast.publication(team, f"https://courier.example/{team.case.slug}/{number}", source=source)


def spoken_about(team: cast.Team, source: Source, number: int = 1, **values: Any) -> Sighting:
    """A claim that the source speaks about."""
    sighting = cast.sighting(team, title=f"Claim {number}")
    cast.evidence(team, sighting, published(team, source, number), **values)
    return sighting


def rule(team: cast.Team, sighting: Sighting, decision: str) -> None:
    checks = [{"question": question, "answer": "unknown"} for question in CheckQuestion.values]
    decide(sighting, actor=team.reviewer, decision=decision, reason="For the test", checks=checks)


@pytest.mark.parametrize(
    ("stance", "decision", "column"),
    [
        ("supports", "verified", "supported_verified"),
        ("supports", "rejected", "supported_rejected"),
        ("refutes", "verified", "refuted_verified"),
        ("refutes", "rejected", "refuted_rejected"),
    ],
)
def test_what_it_said_is_held_against_what_was_decided(
    team: cast.Team, courier: Source, stance: str, decision: str, column: str
) -> None:
    rule(team, spoken_about(team, courier, stance=stance), decision)
    assert record(courier) == TrackRecord(own=Record(**{column: 1}), relayed=Record())


@pytest.mark.parametrize("decision", [None, "disputed"])
def test_what_is_not_decided_does_not_count(team: cast.Team, courier: Source, decision: str | None) -> None:
    claim = spoken_about(team, courier)
    if decision:
        rule(team, claim, decision)
    assert record(courier).own == Record()


def test_a_status_without_a_review_does_not_count(team: cast.Team, courier: Source) -> None:
    spoken_about(team, courier)
    Sighting.objects.update(status="rejected")
    assert record(courier).own == Record()


def test_a_decision_that_was_reopened_does_not_count(team: cast.Team, courier: Source) -> None:
    claim = spoken_about(team, courier)
    rule(team, claim, "verified")
    reopen(claim, actor=team.reviewer, reason="There is more to see")
    assert record(courier).own == Record()


def test_neutral_and_withdrawn_evidence_does_not_count(team: cast.Team, courier: Source) -> None:
    withdrawn = spoken_about(team, courier, 1)
    withdraw_evidence(withdrawn.evidence.get(), actor=team.researcher, reason="Another roof")
    for claim in (withdrawn, spoken_about(team, courier, 2, stance="neutral")):
        rule(team, claim, "rejected")
    assert record(courier).own == Record()


def test_a_claim_counts_once_however_often_the_source_speaks_about_it(
    team: cast.Team, courier: Source
) -> None:
    claim = spoken_about(team, courier)
    cast.evidence(team, claim, published(team, courier, 2))
    rule(team, claim, "verified")
    assert record(courier).own == Record(supported_verified=1)


def test_a_source_that_says_both_is_right_in_neither(team: cast.Team, courier: Source) -> None:
    claim = spoken_about(team, courier)
    cast.evidence(team, claim, published(team, courier, 2), stance="refutes")
    rule(team, claim, "verified")
    assert record(courier).own == Record(divided=1)


def test_what_it_only_passed_on_stands_apart(team: cast.Team, courier: Source) -> None:
    claim = spoken_about(team, courier)
    origin = cast.publication(team, "https://origin.example/")
    record_derivation(
        claim.evidence.get().publication, actor=team.researcher, derives_from=origin, kind="relays"
    )
    rule(team, claim, "rejected")
    assert record(courier) == TrackRecord(own=Record(), relayed=Record(supported_rejected=1))


def test_an_observation_of_the_same_event_is_its_own(team: cast.Team, courier: Source) -> None:
    claim = spoken_about(team, courier)
    other = cast.publication(team, "https://origin.example/")
    record_derivation(
        claim.evidence.get().publication, actor=team.researcher, derives_from=other, kind="same event"
    )
    rule(team, claim, "verified")
    assert record(courier).own == Record(supported_verified=1)


def test_what_was_merged_counts_as_what_it_counts_for(team: cast.Team, courier: Source) -> None:
    claim, into = spoken_about(team, courier, 1), spoken_about(team, courier, 2)
    relate(claim, actor=team.researcher, other=into, kind="same as", reason="One roof")
    rule(team, into, "verified")
    assert record(courier).own == Record(supported_verified=1)


def test_only_the_cases_given_count(team: cast.Team, others: cast.Team, courier: Source) -> None:
    rule(team, spoken_about(team, courier), "verified")
    rule(others, spoken_about(others, courier), "rejected")
    seen = track_record_of(courier, investigations_for(others.viewer))
    assert seen.own == Record(supported_rejected=1)
    assert track_record_of(courier, investigations_for(team.outsider)).own == Record()

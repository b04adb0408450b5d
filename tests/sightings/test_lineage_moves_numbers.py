"""What is accepted or established on the floor below moves the numbers of the sightings that rest on it."""

from __future__ import annotations

import pytest

from osint.services.people import system_user
from sightings.models import Recomputation, Sighting
from sightings.services.assessments import recompute_due
from sources.models import DerivationSuggestion, Publication
from sources.services.sources import add_owner, establish_ownership, rate_source
from sources.services.suggesting import accept_suggestion, reject_suggestion, suggest_for
from tests import cast
from tests.pictured import keep, look, stored


def published(team: cast.Team, name: str, day: str) -> Publication:
    """A publication of a B source which is its own master."""
    source = cast.source(name=name)
    rate_source(source, actor=system_user(), reliability="B", reason="For the test.")
    owner = add_owner(actor=system_user(), name=f"{name} itself", kind="company")
    establish_ownership(source, actor=team.reviewer, owner=owner, reason="For the test.")
    return cast.publication(team, f"https://{name}.example/1", source=source, published=day)


@pytest.fixture
def claim(team: cast.Team) -> Sighting:
    """A sighting that rests on two publications which show the same file, and is up to date."""
    sighting, file = cast.sighting(team), stored("roof", look(0))
    for name, day in (("courier", "2023-01-18"), ("herald", "2023-01-20")):
        publication = published(team, name, day)
        keep(team, file, publication)
        cast.evidence(team, sighting, publication)
    recompute_due()
    return sighting


@pytest.fixture
def suggestion(claim: Sighting) -> DerivationSuggestion:
    (found,) = suggest_for(claim.evidence.order_by("pk")[0].publication)
    return found


def is_due(claim: Sighting) -> bool:
    return Recomputation.objects.filter(sighting=claim).exists()


def word_of(claim: Sighting) -> str:
    recompute_due()
    claim.refresh_from_db()
    return claim.word


def test_a_suggestion_alone_changes_nothing(claim: Sighting, suggestion: DerivationSuggestion) -> None:
    assert not is_due(claim)
    assert word_of(claim) == "very likely"


def test_accepting_a_suggestion_marks_what_rests_on_it_and_changes_the_number(
    team: cast.Team, claim: Sighting, suggestion: DerivationSuggestion
) -> None:
    assert claim.assessments.order_by("-pk")[0].probability == pytest.approx(0.8387, abs=0.0001)
    accept_suggestion(suggestion, actor=team.researcher)
    assert is_due(claim)
    assert word_of(claim) == "likely"
    assert claim.probability == pytest.approx(0.7561, abs=0.0001)
    assert not is_due(claim)


def test_accepting_it_as_an_observation_of_their_own_leaves_the_number(
    team: cast.Team, claim: Sighting, suggestion: DerivationSuggestion
) -> None:
    accept_suggestion(suggestion, actor=team.researcher, kind="same event")
    assert word_of(claim) == "very likely"
    assert claim.assessments.count() == 1


def test_rejecting_leaves_the_number(
    team: cast.Team, claim: Sighting, suggestion: DerivationSuggestion
) -> None:
    reject_suggestion(suggestion, actor=team.researcher)
    assert not is_due(claim)


def test_who_controls_a_source_moves_the_number(team: cast.Team, claim: Sighting) -> None:
    house = add_owner(actor=team.researcher, name="One house", kind="company")
    for item in claim.evidence.all():
        assert item.publication.source is not None
        establish_ownership(item.publication.source, actor=team.reviewer, owner=house, reason="Its imprint.")
    assert is_due(claim)
    assert word_of(claim) == "likely"
    assert claim.probability == pytest.approx(0.8058, abs=0.0001)

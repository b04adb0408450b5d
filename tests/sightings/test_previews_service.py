"""What a judgement of a source would change, computed without writing anything."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from osint.models import Change, User
from osint.services.people import system_user
from sightings.models import Assessment, Recomputation, Sighting
from sightings.services import previews
from sightings.services.assessments import recompute_due
from sightings.services.previews import Preview, Supposition, preview_judgement
from sightings.services.relations import relate
from sightings.services.sightings import withdraw_evidence
from sources.models import Source
from sources.services.publications import record_derivation
from sources.services.sources import add_owner, establish_ownership, rate_source
from tests import cast


@pytest.fixture
def courier(db: None) -> Source:
    return rated("courier", "B")


def rated(name: str, grade: str) -> Source:
    source = cast.source(name=name)
    rate_source(source, actor=system_user(), reliability=grade, reason="For the test.")
    return source


def resting_on(team: cast.Team, source: Source, number: int = 1, **values: Any) -> Sighting:
    """A claim that rests on one item of this source alone."""
    sighting = cast.sighting(team, title=f"Claim {number}")
    url = f"https://{source.name}.example/{team.case.slug}/{number}"
    cast.evidence(team, sighting, cast.publication(team, url, source=source), **values)
    return sighting


def preview(user: User, source: Source, grade: str | None = "E", **values: Any) -> Preview:
    return preview_judgement(user, Supposition(source, reliability=grade, **values))


def test_what_would_change_is_computed(team: cast.Team, courier: Source) -> None:
    claim = resting_on(team, courier)
    cast.sighting(team)
    found = preview(team.viewer, courier)
    (shift,) = found.shifts
    assert (shift.sighting, shift.changes_word) == (claim, True)
    assert (shift.before.word, shift.after.word) == ("likely", "insufficient information")
    assert (found.changed, found.words_changed, found.looked_at, found.is_complete) == (1, 1, 1, True)


def test_it_is_what_rating_the_source_then_leads_to(team: cast.Team, courier: Source) -> None:
    claims = [resting_on(team, courier, number, credibility=number) for number in (1, 2, 3, 6)]
    found = {shift.sighting.pk: shift.after for shift in preview(team.viewer, courier, "D").shifts}
    rate_source(courier, actor=team.reviewer, reliability="D", reason="Wrong before")
    recompute_due()
    for claim in claims:
        claim.refresh_from_db()
    assert {claim.pk: claim.probability for claim in claims[:3]} == {
        pk: opinion.probability for pk, opinion in found.items()
    }


def test_nothing_is_written(team: cast.Team, courier: Source) -> None:
    resting_on(team, courier)
    recompute_due()
    before = [model.objects.count() for model in (Assessment, Recomputation, Change)]
    with CaptureQueriesContext(connection) as queries:
        preview(team.viewer, courier)
    assert [model.objects.count() for model in (Assessment, Recomputation, Change)] == before
    assert not [query for query in queries if not query["sql"].startswith(("SELECT", "WITH"))]


def test_the_grade_in_force_changes_nothing(team: cast.Team, courier: Source) -> None:
    resting_on(team, courier)
    found = preview(team.viewer, courier, "B")
    assert (found.changed, found.looked_at) == (0, 1)


def test_a_relay_of_the_source_is_looked_at(team: cast.Team, courier: Source) -> None:
    root = cast.publication(team, "https://courier.example/", source=courier)
    herald = rated("herald", "A")
    claim = resting_on(team, herald)
    relay = claim.evidence.get().publication
    record_derivation(relay, actor=team.researcher, derives_from=root, kind="relays")
    assert [shift.sighting for shift in preview(team.viewer, courier).shifts] == [claim]


def test_what_the_evidence_is_merged_into_is_looked_at(team: cast.Team, courier: Source) -> None:
    claim, into = resting_on(team, courier), cast.sighting(team)
    relate(claim, actor=team.researcher, other=into, kind="same as", reason="One roof")
    assert {shift.sighting for shift in preview(team.viewer, courier).shifts} == {claim, into}


def test_withdrawn_evidence_rests_on_nothing(team: cast.Team, courier: Source) -> None:
    claim = resting_on(team, courier)
    withdraw_evidence(claim.evidence.get(), actor=team.researcher, reason="Another roof")
    assert preview(team.viewer, courier).looked_at == 0


def test_only_the_cases_of_whoever_asks_are_looked_into(
    team: cast.Team, others: cast.Team, courier: Source
) -> None:
    resting_on(team, courier)
    theirs = resting_on(others, courier)
    assert [shift.sighting for shift in preview(others.viewer, courier).shifts] == [theirs]
    assert preview(team.outsider, courier).looked_at == 0


def test_an_owner_can_be_supposed(team: cast.Team, courier: Source) -> None:
    herald = rated("herald", "B")
    trust = add_owner(actor=system_user(), name="The Trust", kind="company")
    alone = add_owner(actor=system_user(), name="Nobody else", kind="collective")
    establish_ownership(herald, actor=team.reviewer, owner=trust, reason="Its imprint")
    establish_ownership(courier, actor=team.reviewer, owner=alone, reason="Its imprint")
    claim = resting_on(team, courier)
    cast.evidence(team, claim, cast.publication(team, "https://herald.example/", source=herald))
    (shift,) = preview(team.viewer, courier, None, owner=trust).shifts
    assert (shift.before.word, shift.after.word) == ("very likely", "likely")


def test_changes_of_word_come_first_then_the_largest(team: cast.Team, courier: Source) -> None:
    small = resting_on(team, courier, 1, credibility=4)
    word = resting_on(team, courier, 2, credibility=2)
    shifts = preview(team.viewer, courier, "E").shifts
    assert [shift.sighting for shift in shifts] == [word, small]
    assert [shift.changes_word for shift in shifts] == [True, False]


def test_what_is_not_shown_is_counted(
    team: cast.Team, courier: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previews, "MOST_SHOWN", 2)
    for number in range(3):
        resting_on(team, courier, number)
    found = preview(team.viewer, courier)
    assert (len(found.shifts), found.changed, found.is_complete) == (2, 3, True)


def test_what_there_was_no_time_for_is_said(
    team: cast.Team, courier: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previews, "AT_ONCE", 1)
    for number in range(3):
        resting_on(team, courier, number)
    found = preview_judgement(team.viewer, Supposition(courier, reliability="E"), seconds=0)
    assert (found.looked_at, found.is_complete) == (1, False)


def test_more_than_is_looked_at_is_said(
    team: cast.Team, courier: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previews, "MOST_LOOKED_AT", 2)
    for number in range(3):
        resting_on(team, courier, number)
    found = preview(team.viewer, courier)
    assert (found.looked_at, found.is_complete) == (2, False)


def test_the_number_of_queries_does_not_grow(team: cast.Team, courier: Source) -> None:
    costs = []
    for start, amount in ((0, 1), (10, 5)):
        for number in range(amount):
            resting_on(team, courier, start + number)
        with CaptureQueriesContext(connection) as queries:
            preview(team.viewer, courier)
        costs.append(len(queries))
    assert costs[0] == costs[1]

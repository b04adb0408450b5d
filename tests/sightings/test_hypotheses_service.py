"""Putting up hypotheses that compete with a claim, and judging how evidence fits them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from osint.errors import ConflictError, ForbiddenError, NotFoundError
from sightings.competing import CLAIM, competition_about
from sightings.models import Evidence, HypothesisFit, Sighting
from sightings.services.hypotheses import (
    change_hypothesis,
    drop_hypothesis,
    judge_fit,
    judge_fits,
    propose_hypothesis,
    restore_hypothesis,
)
from sightings.services.sightings import withdraw_evidence
from tests import cast
from tests.records import actions_on, codes_of, last_change


@pytest.fixture
def claim(team: cast.Team) -> Sighting:
    return cast.sighting(team)


@pytest.fixture
def item(team: cast.Team, claim: Sighting) -> Evidence:
    return cast.evidence(team, claim, cast.publication(team))


def test_a_hypothesis_goes_on_record(team: cast.Team, claim: Sighting) -> None:
    decoy = propose_hypothesis(claim, actor=team.researcher, title="A decoy")
    change_hypothesis(decoy, actor=team.researcher, note="Of wood")
    drop_hypothesis(decoy, actor=team.researcher)
    restore_hypothesis(decoy, actor=team.researcher)
    assert actions_on(decoy) == [
        "hypothesis.proposed",
        "hypothesis.changed",
        "hypothesis.dropped",
        "hypothesis.restored",
    ]


def test_the_same_hypothesis_is_put_up_once(team: cast.Team, claim: Sighting) -> None:
    propose_hypothesis(claim, actor=team.researcher, title="A decoy")
    with pytest.raises(ValidationError) as refused:
        propose_hypothesis(claim, actor=team.researcher, title="A decoy")
    assert codes_of(refused.value) == ["hypothesis_exists"]


def test_a_viewer_puts_up_and_judges_nothing(team: cast.Team, item: Evidence) -> None:
    decoy = propose_hypothesis(item.sighting, actor=team.researcher, title="A decoy")
    for refused in (
        lambda: propose_hypothesis(item.sighting, actor=team.viewer, title="Old footage"),
        lambda: change_hypothesis(decoy, actor=team.viewer, title="Another"),
        lambda: drop_hypothesis(decoy, actor=team.viewer),
        lambda: restore_hypothesis(decoy, actor=team.viewer),
        lambda: judge_fit(item, actor=team.viewer, hypothesis=None, fit="+"),
        lambda: judge_fits(item.sighting, actor=team.viewer, fits={(item.pk, None): "+"}),
    ):
        with pytest.raises(ForbiddenError):
            refused()


def test_the_claim_itself_is_judged_without_a_hypothesis(team: cast.Team, item: Evidence) -> None:
    judge_fit(item, actor=team.researcher, hypothesis=None, fit="++")
    cell = HypothesisFit.objects.get()
    assert (cell.hypothesis, cell.fit, cell.judged_by) == (None, "++", team.researcher)


def test_a_second_judgement_takes_the_place_of_the_first_with_both_on_record(
    team: cast.Team, item: Evidence
) -> None:
    judge_fit(item, actor=team.researcher, hypothesis=None, fit="++")
    cell = judge_fit(item, actor=team.reviewer, hypothesis=None, fit="-")
    assert cell is not None
    assert HypothesisFit.objects.get().judged_by == team.reviewer
    assert last_change(cell).old == {"fit": "++", "judged_by_id": str(team.researcher.pk)}


def test_the_same_judgement_again_writes_nothing(team: cast.Team, item: Evidence) -> None:
    cell = judge_fit(item, actor=team.researcher, hypothesis=None, fit="+")
    judge_fit(item, actor=team.reviewer, hypothesis=None, fit="+")
    assert cell is not None
    assert actions_on(cell) == ["fit.judged"]


def test_a_judgement_is_taken_back(team: cast.Team, item: Evidence) -> None:
    cell = judge_fit(item, actor=team.researcher, hypothesis=None, fit="+")
    assert judge_fit(item, actor=team.researcher, hypothesis=None, fit=None) is None
    assert cell is not None
    assert not HypothesisFit.objects.exists()
    assert actions_on(cell) == ["fit.judged", "fit.taken_back"]


def test_what_was_never_judged_cannot_be_taken_back_and_nothing_happens(
    team: cast.Team, item: Evidence
) -> None:
    assert judge_fit(item, actor=team.researcher, hypothesis=None, fit=None) is None


def test_an_unknown_mark_is_refused(team: cast.Team, item: Evidence) -> None:
    with pytest.raises(ValidationError):
        judge_fit(item, actor=team.researcher, hypothesis=None, fit="?")


def test_a_hypothesis_of_another_sighting_does_not_exist_here(team: cast.Team, item: Evidence) -> None:
    other = propose_hypothesis(cast.sighting(team), actor=team.researcher, title="A decoy")
    with pytest.raises(NotFoundError):
        judge_fit(item, actor=team.researcher, hypothesis=other, fit="+")


def test_withdrawn_evidence_is_judged_no_more(team: cast.Team, item: Evidence) -> None:
    withdraw_evidence(item, actor=team.researcher, reason="Another roof")
    with pytest.raises(ConflictError):
        judge_fit(item, actor=team.researcher, hypothesis=None, fit="+")


def test_a_dropped_hypothesis_is_judged_no_more(team: cast.Team, item: Evidence) -> None:
    decoy = propose_hypothesis(item.sighting, actor=team.researcher, title="A decoy")
    drop_hypothesis(decoy, actor=team.researcher)
    with pytest.raises(ConflictError):
        judge_fit(item, actor=team.researcher, hypothesis=decoy, fit="+")


def test_several_cells_are_saved_together_or_not_at_all(team: cast.Team, item: Evidence) -> None:
    decoy = propose_hypothesis(item.sighting, actor=team.researcher, title="A decoy")
    with pytest.raises(ValidationError):
        judge_fits(
            item.sighting, actor=team.researcher, fits={(item.pk, None): "+", (item.pk, decoy.pk): "?"}
        )
    assert not HypothesisFit.objects.exists()
    assert (
        judge_fits(
            item.sighting, actor=team.researcher, fits={(item.pk, None): "+", (item.pk, decoy.pk): "-"}
        )
        == 2
    )
    assert set(HypothesisFit.objects.values_list("fit", flat=True)) == {"+", "-"}


def test_evidence_of_another_sighting_is_not_in_the_matrix(team: cast.Team, item: Evidence) -> None:
    with pytest.raises(NotFoundError):
        judge_fits(cast.sighting(team), actor=team.researcher, fits={(item.pk, None): "+"})


def test_the_matrix_holds_standing_evidence_against_claim_and_standing_hypotheses(
    team: cast.Team, item: Evidence
) -> None:
    claim = item.sighting
    telling = cast.evidence(team, claim, cast.publication(team, "https://herald.example/"))
    gone = cast.evidence(team, claim, cast.publication(team, "https://gone.example/"))
    withdraw_evidence(gone, actor=team.researcher, reason="Another roof")
    decoy = propose_hypothesis(claim, actor=team.researcher, title="A decoy")
    drop_hypothesis(propose_hypothesis(claim, actor=team.researcher, title="A tree"), actor=team.researcher)
    marks = {
        (item.pk, None): "+",
        (item.pk, decoy.pk): "+",
        (telling.pk, None): "++",
        (telling.pk, decoy.pk): "--",
    }
    judge_fits(claim, actor=team.researcher, fits=marks)

    matrix = competition_about(claim)

    assert [(line.evidence, line.diagnostic) for line in matrix.rows] == [(telling, 4), (item, 0)]
    assert [(column.title, column.inconsistent, column.has_least_against) for column in matrix.columns] == [
        (CLAIM, 0, True),
        ("A decoy", 1, False),
    ]


@pytest.mark.django_db(transaction=True)
def test_of_judgements_at_once_each_is_taken_and_one_stands(transactional_db: None) -> None:
    team = cast.team()
    item = cast.evidence(team, cast.sighting(team), cast.publication(team))
    together = Barrier(4)

    def attempt(fit: str) -> None:
        try:
            together.wait(timeout=10)
            judge_fit(item, actor=team.researcher, hypothesis=None, fit=fit)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(attempt, ["++", "+", "-", "--"]))

    assert len(actions_on(HypothesisFit.objects.get())) == 4

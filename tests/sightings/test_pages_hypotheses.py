"""The matrix page: seen by every member, filled in and added to by researchers."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sightings.models import Evidence, Hypothesis, HypothesisFit
from sightings.pages import hypotheses
from sightings.services.hypotheses import drop_hypothesis, judge_fit, propose_hypothesis
from sightings.services.sightings import withdraw_evidence
from tests import cast


def address(name: str, **kwargs: object) -> str:
    return reverse(name, kwargs={"slug": "roofs", **kwargs})


@pytest.fixture
def item(team: cast.Team) -> Evidence:
    return cast.evidence(team, cast.sighting(team), cast.publication(team, title="A roof"))


@pytest.fixture
def decoy(team: cast.Team, item: Evidence) -> Hypothesis:
    return propose_hypothesis(item.sighting, actor=team.researcher, title="A decoy", note="Of wood")


@pytest.fixture
def desk(client: Client, team: cast.Team) -> Client:
    """The browser of the researcher."""
    client.force_login(team.researcher)
    return client


def shown(client: Client, item: Evidence) -> Any:
    answer = client.get(address("sighting-matrix", pk=item.sighting_id))
    assert answer.status_code == 200
    return answer


def cells(answer: Any) -> list[str]:
    """The names of the fields of the matrix."""
    return [name for _, line in answer.context["rows"] for _, name in line]


def judge(client: Client, item: Evidence, **cells: str) -> Any:
    return client.post(address("matrix-judge", pk=item.sighting_id), cells, follow=True)


def test_a_viewer_sees_the_matrix_and_no_form(
    client: Client, team: cast.Team, item: Evidence, decoy: Hypothesis
) -> None:
    judge_fit(item, actor=team.researcher, hypothesis=decoy, fit="--")
    client.force_login(team.viewer)
    page = shown(client, item).content.decode()
    assert "very inconsistent" in page
    assert "A decoy" in page
    assert "<select" not in page
    assert "Put up the hypothesis" not in page


def test_a_viewer_changes_nothing(client: Client, team: cast.Team, item: Evidence, decoy: Hypothesis) -> None:
    client.force_login(team.viewer)
    for url in (
        address("sighting-matrix", pk=item.sighting_id),
        address("matrix-judge", pk=item.sighting_id),
        address("hypothesis-change", pk=decoy.pk),
        address("hypothesis-drop", pk=decoy.pk),
        address("hypothesis-restore", pk=decoy.pk),
    ):
        assert client.post(url, {"title": "Another"}).status_code == 403


def test_another_teams_matrix_does_not_exist(desk: Client, others: cast.Team) -> None:
    theirs = cast.sighting(others)
    hypothesis = propose_hypothesis(theirs, actor=others.researcher, title="A decoy")
    assert desk.get(address("sighting-matrix", pk=theirs.pk)).status_code == 404
    assert desk.post(address("matrix-judge", pk=theirs.pk)).status_code == 404
    assert desk.get(address("hypothesis-change", pk=hypothesis.pk)).status_code == 404
    assert desk.post(address("hypothesis-drop", pk=hypothesis.pk)).status_code == 404


def test_cells_are_saved_by_one_form(desk: Client, item: Evidence, decoy: Hypothesis) -> None:
    claim, other = cells(shown(desk, item))
    answer = judge(desk, item, **{claim: "++", other: "-"})
    assert "2 judgements saved." in answer.content.decode()
    fits = HypothesisFit.objects.values_list("hypothesis__title", "fit")
    assert set(fits) == {(None, "++"), ("A decoy", "-")}


def test_what_somebody_else_judged_meanwhile_is_not_put_back(
    desk: Client, team: cast.Team, item: Evidence, decoy: Hypothesis
) -> None:
    claim, other = cells(shown(desk, item))
    judge_fit(item, actor=team.reviewer, hypothesis=None, fit="--")
    judge(desk, item, **{claim: "", other: "-"})
    assert HypothesisFit.objects.get(hypothesis=None).fit == "--"


def test_a_judgement_is_taken_back_by_choosing_none(desk: Client, team: cast.Team, item: Evidence) -> None:
    judge_fit(item, actor=team.researcher, hypothesis=None, fit="+")
    (claim,) = cells(shown(desk, item))
    judge(desk, item, **{claim: ""})
    assert not HypothesisFit.objects.exists()


@pytest.mark.parametrize("sent", ["fit", "fit.", "fit.no.claim.", "fit.{item}.nobody.", "fot.{item}.claim."])
def test_what_is_no_cell_is_passed_over(desk: Client, item: Evidence, sent: str) -> None:
    answer = judge(desk, item, **{sent.format(item=item.pk): "+"})
    assert "0 judgements saved." in answer.content.decode()
    assert not HypothesisFit.objects.exists()


@pytest.mark.parametrize("mark", ["?", "\0", "+++"])
def test_an_unknown_mark_is_refused_in_words(desk: Client, item: Evidence, mark: str) -> None:
    (claim,) = cells(shown(desk, item))
    assert "notice-error" in judge(desk, item, **{claim: mark}).content.decode()
    assert not HypothesisFit.objects.exists()


def test_evidence_withdrawn_meanwhile_is_said(desk: Client, team: cast.Team, item: Evidence) -> None:
    (claim,) = cells(shown(desk, item))
    withdraw_evidence(item, actor=team.researcher, reason="Another roof")
    assert "Nothing was saved." in judge(desk, item, **{claim: "+"}).content.decode()


def test_the_most_telling_item_comes_first(
    desk: Client, team: cast.Team, item: Evidence, decoy: Hypothesis
) -> None:
    telling = cast.evidence(team, item.sighting, cast.publication(team, "https://herald.example/"))
    judge_fit(telling, actor=team.researcher, hypothesis=None, fit="++")
    judge_fit(telling, actor=team.researcher, hypothesis=decoy, fit="--")
    rows = shown(desk, item).context["rows"]
    assert [(line.evidence, line.diagnostic) for line, _ in rows] == [(telling, 4), (item, None)]


def test_what_a_form_cannot_hold_is_said(
    desk: Client, team: cast.Team, item: Evidence, decoy: Hypothesis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hypotheses, "MOST_CELLS", 2)
    cast.evidence(team, item.sighting, cast.publication(team, "https://herald.example/"))
    answer = shown(desk, item)
    assert (len(answer.context["rows"]), answer.context["beyond"]) == (1, 1)
    assert "1 item that tells less is not shown here" in answer.content.decode()


def test_a_hypothesis_is_put_up_and_one_that_is_there_is_said(desk: Client, item: Evidence) -> None:
    url = address("sighting-matrix", pk=item.sighting_id)
    assert desk.post(url, {"title": "Old footage", "note": ""}).status_code == 302
    answer = desk.post(url, {"title": "Old footage", "note": "Snow in July"})
    assert answer.status_code == 422
    assert "This hypothesis is there already." in answer.content.decode()
    assert "Snow in July" in answer.content.decode()


def test_a_hypothesis_is_corrected(desk: Client, decoy: Hypothesis) -> None:
    url = address("hypothesis-change", pk=decoy.pk)
    assert 'value="A decoy"' in desk.get(url).content.decode()
    assert desk.post(url, {"title": "An inflatable decoy", "note": "Of cloth"}).status_code == 302
    decoy.refresh_from_db()
    assert (decoy.title, decoy.note) == ("An inflatable decoy", "Of cloth")


def test_a_hypothesis_is_dropped_and_restored(desk: Client, item: Evidence, decoy: Hypothesis) -> None:
    desk.post(address("hypothesis-drop", pk=decoy.pk))
    answer = shown(desk, item)
    assert len(answer.context["competition"].columns) == 1
    assert "Restore" in answer.content.decode()
    desk.post(address("hypothesis-restore", pk=decoy.pk))
    assert len(shown(desk, item).context["competition"].columns) == 2


def test_the_sighting_names_what_else_it_could_be(
    desk: Client, team: cast.Team, item: Evidence, decoy: Hypothesis
) -> None:
    drop_hypothesis(
        propose_hypothesis(item.sighting, actor=team.researcher, title="A tree"), actor=team.researcher
    )
    page = desk.get(address("sighting", pk=item.sighting_id)).content.decode()
    assert "A decoy" in page
    assert "A tree" not in page
    assert address("sighting-matrix", pk=item.sighting_id) in page


def test_the_story_tells_of_hypotheses_and_judgements(
    desk: Client, team: cast.Team, item: Evidence, decoy: Hypothesis
) -> None:
    judge_fit(item, actor=team.researcher, hypothesis=decoy, fit="+")
    page = desk.get(address("changes")).content.decode()
    assert "put up the hypothesis" in page
    assert "judged how evidence fits" in page


def test_the_matrix_asks_no_more_often_because_there_is_more(
    desk: Client, team: cast.Team, item: Evidence
) -> None:
    costs = []
    for number in range(2):
        for more in range(1 + 3 * number):
            url = f"https://courier.example/{number}/{more}"
            source = cast.source(name=f"Courier {number} {more}")
            extra = cast.evidence(team, item.sighting, cast.publication(team, url, source=source))
            title = f"Hypothesis {number} {more}"
            other = propose_hypothesis(item.sighting, actor=team.researcher, title=title)
            judge_fit(extra, actor=team.researcher, hypothesis=other, fit="+")
        with CaptureQueriesContext(connection) as queries:
            shown(desk, item)
        costs.append(len(queries))
    assert costs[0] == costs[1]

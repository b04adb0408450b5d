"""On the page of a source: its record, and what a rating would change."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from osint.services.people import system_user
from sightings.models import CheckQuestion, Sighting
from sightings.services.reviews import decide
from sources.models import Source
from sources.services.sources import add_source, rate_source
from tests import cast


def address(name: str, **kwargs: object) -> str:
    return reverse(name, kwargs={"slug": "roofs", **kwargs})


@pytest.fixture
def courier(db: None) -> Source:
    source = cast.source()
    rate_source(source, actor=system_user(), reliability="B", reason="For the test.")
    return source


def spoken_about(team: cast.Team, source: Source, *, decision: str = "") -> Sighting:
    sighting = cast.sighting(team, title=f"A claim in {team.case.slug}")
    url = f"https://courier.example/{team.case.slug}"
    cast.evidence(team, sighting, cast.publication(team, url, source=source))
    if decision:
        checks = [{"question": question, "answer": "unknown"} for question in CheckQuestion.values]
        decide(sighting, actor=team.reviewer, decision=decision, reason="For the test", checks=checks)
    return sighting


def test_the_source_shows_its_record_in_this_case(
    client: Client, team: cast.Team, others: cast.Team, courier: Source
) -> None:
    spoken_about(team, courier, decision="verified")
    spoken_about(others, courier, decision="rejected")
    cast.let_in(others, team.viewer)
    client.force_login(team.viewer)
    page = client.get(address("source", pk=courier.pk)).content.decode()
    assert "1 of 1 borne out; too few to say (95 % interval 21 to 100 %)" in page
    assert address("source-record", pk=courier.pk) in page


def test_the_record_over_all_cases_is_over_those_of_the_reader(
    client: Client, team: cast.Team, others: cast.Team, courier: Source
) -> None:
    spoken_about(team, courier, decision="verified")
    spoken_about(others, courier, decision="rejected")
    client.force_login(team.viewer)
    url = address("source-record", pk=courier.pk)
    assert client.get(url).context["record"].own.decided == 1
    cast.let_in(others, team.viewer)
    page = client.get(url)
    assert page.context["record"].own.decided == 2
    assert "1 of 2 borne out" in page.content.decode()


def test_the_preview_lists_old_and_new_words_and_counts(
    client: Client, team: cast.Team, courier: Source
) -> None:
    claim = spoken_about(team, courier)
    client.force_login(team.reviewer)
    page = client.get(address("source-rating-preview", pk=courier.pk), {"reliability": "E"}).content.decode()
    assert "1 assessment would change, 1 of them in word" in page
    assert address("sighting", pk=claim.pk) in page
    assert "likely" in page
    assert "<b>insufficient information</b>" in page
    assert courier.ratings.count() == 1


def test_the_preview_leads_on_to_the_rating(client: Client, team: cast.Team, courier: Source) -> None:
    client.force_login(team.reviewer)
    page = client.get(address("source-rating-preview", pk=courier.pk), {"reliability": "C"}).content.decode()
    assert f'action="{address("source", pk=courier.pk)}"' in page
    assert 'name="reliability" value="C"' in page
    sent = {"reliability": "C", "rated_on": "", "reason": "Wrong before"}
    assert client.post(address("source", pk=courier.pk), sent).status_code == 302
    assert courier.reliability == "C"


def test_who_cannot_rate_sees_the_preview_and_no_form(
    client: Client, team: cast.Team, courier: Source
) -> None:
    client.force_login(team.researcher)
    page = client.get(address("source-rating-preview", pk=courier.pk), {"reliability": "C"}).content.decode()
    assert 'id="changes"' in page
    assert "Save the rating" not in page


@pytest.mark.parametrize("query", [{}, {"reliability": "G"}, {"reliability": ""}])
def test_without_a_grade_one_is_asked_for(
    client: Client, team: cast.Team, courier: Source, query: dict[str, str]
) -> None:
    client.force_login(team.reviewer)
    page = client.get(address("source-rating-preview", pk=courier.pk), query)
    assert page.context["preview"] is None
    assert 'id="changes"' not in page.content.decode()


@pytest.mark.parametrize("name", ["source-record", "source-rating-preview"])
def test_a_source_private_to_another_case_does_not_exist(
    client: Client, team: cast.Team, others: cast.Team, name: str
) -> None:
    private = add_source(actor=others.researcher, private_to=others.case, name="Confidant", kind="account")
    client.force_login(team.admin)
    assert client.get(address(name, pk=private.pk)).status_code == 404
    client.force_login(others.admin)
    assert client.get(address(name, pk=private.pk)).status_code == 404

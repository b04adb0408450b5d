"""Pages of sources and publications."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from sources.services.captures import request_capture
from sources.services.publications import record_derivation
from sources.services.sources import add_source, rate_source
from sources.templatetags.sources_tags import reliability
from tests import cast

pytestmark = pytest.mark.django_db


def address(name: str, **kwargs: object) -> str:
    return reverse(name, kwargs={"slug": "roofs", **kwargs})


def test_the_list_shows_cited_sources_and_on_demand_all(client: Client) -> None:
    team = cast.team()
    cast.publication(team, source=cast.source(name="The Courier"))
    cast.source(name="The Silent One")
    client.force_login(team.viewer)
    cited, everyone = client.get(address("sources")), client.get(address("sources"), {"all": "1"})
    assert [source.name for source in cited.context["page"].items] == ["The Courier"]
    assert [source.name for source in everyone.context["page"].items] == ["The Silent One", "The Courier"]


def test_a_source_private_to_another_case_does_not_exist(client: Client) -> None:
    team, other = cast.team(), cast.team("other")
    private = add_source(actor=other.researcher, private_to=other.case, name="Confidant", kind="account")
    client.force_login(team.admin)
    assert client.get(address("source", pk=private.pk)).status_code == 404


def test_a_source_shows_its_ratings_newest_first(client: Client) -> None:
    team, source = cast.team(), cast.source()
    rate_source(source, actor=team.reviewer, reliability="C", reason="First look.")
    rate_source(source, actor=team.reviewer, reliability="B", reason="Second look.")
    client.force_login(team.viewer)
    page = client.get(address("source", pk=source.pk))
    assert [rating.reliability for rating in page.context["ratings"]] == ["B", "C"]


def test_a_reviewer_rates_a_source(client: Client) -> None:
    team, source = cast.team(), cast.source()
    client.force_login(team.reviewer)
    answer = client.post(address("source", pk=source.pk), {"reliability": "B", "reason": "A good record."})
    assert answer.status_code == 302
    assert source.ratings.get().reliability == "B"


def test_a_rating_without_a_reason_keeps_what_was_chosen(client: Client) -> None:
    team, source = cast.team(), cast.source()
    client.force_login(team.reviewer)
    answer = client.post(address("source", pk=source.pk), {"reliability": "B", "reason": ""})
    assert answer.status_code == 422
    assert 'value="B"' in answer.content.decode()
    assert "checked" in answer.content.decode()
    assert not source.ratings.exists()


def test_a_researcher_cannot_rate(client: Client) -> None:
    team, source = cast.team(), cast.source()
    client.force_login(team.researcher)
    answer = client.post(address("source", pk=source.pk), {"reliability": "B", "reason": "A good record."})
    assert answer.status_code == 403
    assert not source.ratings.exists()


@pytest.mark.parametrize(
    ("grade", "token", "meaning"),
    [
        ("B", "B", "usually reliable"),
        ("F", "–", "reliability cannot be judged"),
        (None, "–", "not rated"),
    ],
)
def test_what_cannot_be_judged_is_drawn_as_a_blank(grade: str | None, token: str, meaning: str) -> None:
    drawn = reliability(grade)
    assert f">{token}</span>" in drawn
    assert f'<span class="heard">{meaning}</span>' in drawn


def test_publications_are_listed_with_how_they_are_preserved(client: Client) -> None:
    team = cast.team()
    publication = cast.publication(team, title="A roof")
    client.force_login(team.viewer)
    assert "not asked for" in client.get(address("publications")).content.decode()
    request_capture(publication, actor=team.researcher)
    assert "Waiting for a worker" in client.get(address("publications")).content.decode()


def test_an_empty_list_says_how_publications_come_about(client: Client) -> None:
    client.force_login(cast.team().viewer)
    assert "attaching evidence" in client.get(address("publications")).content.decode()


def test_a_publication_shows_both_ends_of_its_derivations(client: Client) -> None:
    team = cast.team()
    root = cast.publication(team, "https://root.example/1", title="The root")
    relay = cast.publication(team, "https://relay.example/1", title="The relay")
    record_derivation(relay, actor=team.researcher, derives_from=root, kind="relays", note="Word for word.")
    client.force_login(team.viewer)
    downwards = client.get(address("publication", pk=root.pk)).content.decode()
    upwards = client.get(address("publication", pk=relay.pk)).content.decode()
    assert "The relay" in downwards
    assert "a root." in downwards
    assert "The root" in upwards
    assert "Word for word." in upwards


def test_a_publication_shows_what_it_is_evidence_for(client: Client) -> None:
    team = cast.team()
    publication = cast.publication(team)
    cast.evidence(team, cast.sighting(team, title="A launcher on a roof"), publication)
    client.force_login(team.viewer)
    assert "A launcher on a roof" in client.get(address("publication", pk=publication.pk)).content.decode()


def test_text_by_strangers_stays_text(client: Client) -> None:
    team = cast.team()
    publication = cast.publication(team, title="<script>alert(1)</script>")
    client.force_login(team.viewer)
    page = client.get(address("publication", pk=publication.pk)).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_publication_of_another_case_does_not_exist(client: Client) -> None:
    team, other = cast.team(), cast.team("other")
    client.force_login(team.admin)
    assert client.get(address("publication", pk=cast.publication(other).pk)).status_code == 404


@pytest.mark.parametrize("name", ["sources", "publications", "captures"])
def test_a_lists_twin_answers(client: Client, name: str) -> None:
    client.force_login(cast.team().viewer)
    assert client.get(client.get(address(name)).context["twin"]).status_code == 200

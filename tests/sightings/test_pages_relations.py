"""Relations on the page of a sighting, and being asked about duplicates while logging one."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from sightings.models import Sighting, SightingRelation
from sightings.services.relations import relate, undo_relation
from tests import cast

ROOF = {"position": "55.7278, 37.5919", "radius_m": "150", "when": "2023-01-06"}


def address(name: str, **kwargs: object) -> str:
    return reverse(name, kwargs={"slug": "roofs", **kwargs})


@pytest.fixture
def desk(client: Client, team: cast.Team) -> Client:
    """The browser of the researcher."""
    client.force_login(team.researcher)
    return client


@pytest.fixture
def pair(team: cast.Team) -> tuple[Sighting, Sighting]:
    return cast.sighting(team, title="The first"), cast.sighting(team, title="The second")


def there(team: cast.Team, **values: Any) -> Sighting:
    """A sighting on the roof."""
    where: dict[str, Any] = {"latitude": 55.7278, "longitude": 37.5919, "radius_m": 150, "when": "2023-01-06"}
    return cast.sighting(team, title="Seen before", **where | values)


def log(client: Client, **values: str) -> Any:
    sent = {"title": "A launcher", "activity": "deployed", "status": "proposed", **values}
    return client.post(address("sighting-new"), sent)


@pytest.mark.parametrize(
    ("kind", "from_here", "from_there"),
    [
        ("same as", "The same as, and counts for", "Merged into this one, for which its evidence counts:"),
        ("follows", "Follows", "Is followed by"),
        ("contradicts", "Contradicts", "Is contradicted by"),
    ],
)
def test_a_relation_is_read_from_both_ends(
    client: Client,
    team: cast.Team,
    pair: tuple[Sighting, Sighting],
    kind: str,
    from_here: str,
    from_there: str,
) -> None:
    one, two = pair
    relate(one, actor=team.researcher, other=two, kind=kind, reason="See the antenna")
    client.force_login(team.viewer)
    for here, phrase, there in ((one, from_here, two), (two, from_there, one)):
        page = client.get(address("sighting", pk=here.pk)).content.decode()
        assert f'{phrase} <a href="{address("sighting", pk=there.pk)}">{there}</a>' in page
        assert "See the antenna" in page
        assert "Undo this relation" not in page


def test_an_undone_relation_stays_with_its_reason(
    desk: Client, team: cast.Team, pair: tuple[Sighting, Sighting]
) -> None:
    one, two = pair
    relation = relate(one, actor=team.researcher, other=two, kind="follows", reason="It moved")
    undo_relation(relation, actor=team.researcher, reason="It did not")
    page = desk.get(address("sighting", pk=one.pk)).content.decode()
    assert "Undone relations (1)" in page
    assert "It did not" in page


def test_the_list_shows_what_is_merged(
    desk: Client, team: cast.Team, pair: tuple[Sighting, Sighting]
) -> None:
    one, two = pair
    assert "merged: counts for" not in desk.get(address("sightings")).content.decode()
    relate(one, actor=team.researcher, other=two, kind="same as", reason="One roof")
    assert desk.get(address("sightings")).content.decode().count("merged: counts for") == 1


@pytest.mark.parametrize(
    "named", ["/cases/roofs/sightings/{pk}/", "http://localhost/cases/roofs/sightings/{pk}/#evidence", "{pk}"]
)
def test_a_sighting_is_related_by_address_or_id(
    desk: Client, pair: tuple[Sighting, Sighting], named: str
) -> None:
    one, two = pair
    sent = {"kind": "same as", "other": named.format(pk=two.pk), "reason": "One roof"}
    answer = desk.post(address("sighting-relate", pk=one.pk), sent)
    assert answer.status_code == 302
    relation = SightingRelation.objects.get()
    assert (relation.sighting, relation.kind, relation.other) == (one, "same as", two)


def test_what_is_no_sighting_of_the_case_is_said_and_what_was_typed_stays(
    desk: Client, others: cast.Team, pair: tuple[Sighting, Sighting]
) -> None:
    for other in ("the roof", str(cast.sighting(others).pk)):
        sent = {"kind": "follows", "other": other, "reason": "It moved"}
        answer = desk.post(address("sighting-relate", pk=pair[0].pk), sent)
        assert answer.status_code == 422
        assert "sighting_unknown" in [
            problem.code for problem in answer.context["form"].errors.as_data()["other"]
        ]
        assert "It moved" in answer.content.decode()


def test_a_chain_is_refused_in_words(desk: Client, team: cast.Team, pair: tuple[Sighting, Sighting]) -> None:
    one, two = pair
    relate(one, actor=team.researcher, other=two, kind="same as", reason="One roof")
    sent = {"kind": "same as", "other": str(one.pk), "reason": "One roof"}
    answer = desk.post(address("sighting-relate", pk=cast.sighting(team).pk), sent)
    assert answer.status_code == 422
    assert "itself counts for" in answer.content.decode()


def test_likely_ones_are_offered_and_chosen_by_a_link(desk: Client, team: cast.Team) -> None:
    here, other = there(team), there(team)
    page = desk.get(address("sighting-relate", pk=here.pk)).content.decode()
    assert "places that overlap, 0 m apart; dates that overlap, 6 January 2023" in page
    assert f"?other={other.pk}&amp;kind=same+as" in page
    chosen = desk.get(address("sighting-relate", pk=here.pk), {"other": str(other.pk), "kind": "same as"})
    assert f'value="{other.pk}"' in chosen.content.decode()
    assert "checked" in chosen.content.decode()


def test_a_relation_is_undone_with_a_reason(
    desk: Client, team: cast.Team, pair: tuple[Sighting, Sighting]
) -> None:
    one, two = pair
    relation = relate(one, actor=team.researcher, other=two, kind="follows", reason="It moved")
    url = address("relation-undo", pk=relation.pk)
    assert desk.get(url).status_code == 200
    assert desk.post(url, {"reason": ""}).status_code == 422
    assert desk.post(url, {"reason": "It did not"}).status_code == 302
    relation.refresh_from_db()
    assert relation.undone_reason == "It did not"


def test_a_viewer_and_another_team_relate_nothing(
    client: Client, team: cast.Team, others: cast.Team, pair: tuple[Sighting, Sighting]
) -> None:
    relation = relate(pair[0], actor=team.researcher, other=pair[1], kind="follows", reason="It moved")
    pages = [
        address("sighting-relate", pk=pair[0].pk),
        address("relation-undo", pk=relation.pk),
        address("sighting-duplicates"),
    ]
    for person, status in ((team.viewer, 403), (others.admin, 404)):
        client.force_login(person)
        assert [client.get(url).status_code for url in pages] == [status] * 3


def test_the_story_tells_of_relations(desk: Client, team: cast.Team, pair: tuple[Sighting, Sighting]) -> None:
    one, two = pair
    relation = relate(one, actor=team.researcher, other=two, kind="follows", reason="It moved")
    undo_relation(relation, actor=team.researcher, reason="It did not")
    page = desk.get(address("changes")).content.decode()
    assert "said that" in page
    assert "took back that" in page
    assert "“The first” follows “The second”" in page


def test_logging_what_is_like_another_is_asked_about_first(desk: Client, team: cast.Team) -> None:
    before = there(team)
    answer = log(desk, **ROOF, description="By the chimney")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert Sighting.objects.get() == before
    assert address("sighting", pk=before.pk) in page
    assert "places that overlap, 0 m apart" in page


def test_nothing_typed_is_lost_by_being_asked(desk: Client, team: cast.Team) -> None:
    there(team)
    page = log(desk, **ROOF, description="By the chimney", operator="The army").content.decode()
    for typed in ("A launcher", "By the chimney", "The army", "2023-01-06", "150", "55.7278, 37.5919"):
        assert typed in page


def test_it_is_logged_all_the_same_when_told_so(desk: Client, team: cast.Team) -> None:
    there(team)
    assert 'name="anyway"' in log(desk, **ROOF).content.decode()
    assert log(desk, **ROOF, anyway="yes").status_code == 302
    assert Sighting.objects.count() == 2


def test_what_is_like_nothing_is_logged_at_once(desk: Client, team: cast.Team) -> None:
    there(team, when="2023-03")
    assert log(desk, **ROOF).status_code == 302


def test_what_is_wrong_is_said_before_anything_is_asked(desk: Client, team: cast.Team) -> None:
    there(team)
    answer = log(desk, **ROOF | {"position": "on the roof"})
    assert answer.status_code == 422
    assert "anyway" not in answer.content.decode()


def test_hints_are_given_while_typing(desk: Client, team: cast.Team) -> None:
    before = there(team)
    fragment = desk.get(address("sighting-duplicates"), ROOF).content.decode()
    assert address("sighting", pk=before.pk) in fragment
    assert "<html" not in fragment


@pytest.mark.parametrize("typed", [{}, {"position": "on the", "when": "2023-01-06"}, {"equipment": "P\0"}])
def test_what_cannot_be_read_yet_gives_no_hint(desk: Client, team: cast.Team, typed: dict[str, str]) -> None:
    there(team)
    answer = desk.get(address("sighting-duplicates"), typed)
    assert (answer.status_code, answer.content.decode().strip()) == (200, "")

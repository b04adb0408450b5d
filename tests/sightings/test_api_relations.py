"""Relations between sightings over the API, and what may be logged already."""

from __future__ import annotations

from typing import Any

import pytest

from sightings.models import Sighting
from sightings.services.relations import relate
from tests import cast
from tests.clients import client_of, errors_of, ids_of, in_case

POINT: dict[str, Any] = {"latitude": 55.7278, "longitude": 37.5919, "radius_m": 150}


@pytest.fixture
def pair(team: cast.Team) -> tuple[Sighting, Sighting]:
    return cast.sighting(team, title="One"), cast.sighting(team, title="Two")


def ask(team: cast.Team, **query: Any) -> Any:
    return client_of(team.viewer).get(in_case(team.case, "sightings/duplicates/"), query)


def suggested(team: cast.Team, **query: Any) -> list[str]:
    answer = ask(team, **query)
    assert answer.status_code == 200, answer.content
    return [candidate["sighting"]["id"] for candidate in answer.json()["candidates"]]


def test_merging_shows_on_the_sighting_and_in_the_list(
    team: cast.Team, pair: tuple[Sighting, Sighting]
) -> None:
    one, two = pair
    body = {"sighting": str(one.pk), "kind": "same as", "other": str(two.pk), "reason": "One roof"}
    client = client_of(team.researcher)
    answer = client.post(in_case(team.case, "relations/"), body)
    assert answer.status_code == 201, answer.content
    assert client.get(in_case(team.case, f"sightings/{one.pk}/")).json()["merged_into"] == str(two.pk)
    listed = client.get(in_case(team.case, "sightings/")).json()["results"]
    assert [row["merged_into"] for row in listed] == [None, str(two.pk)]
    changed = client.patch(in_case(team.case, f"sightings/{one.pk}/"), {"title": "The first"})
    assert changed.json()["merged_into"] == str(two.pk)


def test_the_list_is_narrowed(team: cast.Team, pair: tuple[Sighting, Sighting]) -> None:
    one, two = pair
    client, path = client_of(team.researcher), in_case(team.case, "relations/")
    merged = relate(one, actor=team.researcher, other=two, kind="same as", reason="One roof")
    follows = relate(two, actor=team.researcher, other=one, kind="follows", reason="It moved")
    client.post(f"{path}{merged.pk}/undo/", {"reason": "Another roof"})
    assert ids_of(client.get(f"{path}?kind=follows")) == [str(follows.pk)]
    assert ids_of(client.get(f"{path}?sighting={one.pk}")) == [str(merged.pk)]
    assert ids_of(client.get(f"{path}?other={one.pk}")) == [str(follows.pk)]
    assert ids_of(client.get(f"{path}?undone=true")) == [str(merged.pk)]


def test_a_chain_is_in_conflict(team: cast.Team, pair: tuple[Sighting, Sighting]) -> None:
    one, two = pair
    relate(one, actor=team.researcher, other=two, kind="same as", reason="One roof")
    body = {"sighting": str(two.pk), "kind": "same as", "other": str(one.pk), "reason": "One roof"}
    answer = client_of(team.researcher).post(in_case(team.case, "relations/"), body)
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


def test_a_second_merge_is_refused_by_name(team: cast.Team, pair: tuple[Sighting, Sighting]) -> None:
    one, two = pair
    relate(one, actor=team.researcher, other=two, kind="same as", reason="One roof")
    third = cast.sighting(team)
    body = {"sighting": str(one.pk), "kind": "same as", "other": str(third.pk), "reason": "One roof"}
    answer = client_of(team.researcher).post(in_case(team.case, "relations/"), body)
    assert "merged_already" in errors_of(answer).values()


def test_an_undone_relation_stays_with_both_reasons(team: cast.Team, pair: tuple[Sighting, Sighting]) -> None:
    one, two = pair
    relation = relate(one, actor=team.researcher, other=two, kind="follows", reason="It moved")
    path = in_case(team.case, f"relations/{relation.pk}/")
    client_of(team.reviewer).post(f"{path}undo/", {"reason": "It did not"})
    shown = client_of(team.viewer).get(path).json()
    assert (shown["reason"], shown["undone_reason"]) == ("It moved", "It did not")
    assert shown["undone_by"]["username"] == team.reviewer.username


def test_duplicates_are_found_by_what_is_known_so_far(team: cast.Team) -> None:
    pantsir, roof = cast.equipment(), cast.place()
    there = cast.sighting(team, equipment=pantsir, place=roof, when="2023-01-06")
    query = {"equipment": "pantsir-s1", "place": "roof", "when": "2023-01"}
    (candidate,) = ask(team, **query).json()["candidates"]
    assert candidate["sighting"]["id"] == str(there.pk)
    assert candidate["reasons"] == [
        "the same equipment, Pantsir-S1",
        "the same place, The roof",
        "dates that overlap, 6 January 2023",
    ]
    assert suggested(team, equipment="pantsir-s1", **POINT) == [str(there.pk)]
    assert suggested(team, when="2023-01-06", **POINT | {"latitude": 56.5}) == []


def test_duplicates_are_found_by_publication_and_of_a_sighting(team: cast.Team) -> None:
    cited = cast.publication(team)
    here, there = cast.sighting(team), cast.sighting(team)
    for sighting in (here, there):
        cast.evidence(team, sighting, cited)
    assert set(suggested(team, publication=cited.pk)) == {str(here.pk), str(there.pk)}
    assert suggested(team, sighting=here.pk) == [str(there.pk)]


def test_another_cases_publication_or_sighting_does_not_exist(team: cast.Team, others: cast.Team) -> None:
    theirs = cast.sighting(others)
    assert ask(team, sighting=theirs.pk).status_code == 404
    assert ask(team, publication=cast.publication(others).pk).status_code == 404


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ({"equipment": "nothing"}, {"equipment": "does_not_exist"}),
        ({"place": "a\0b"}, {"place": "null_characters_not_allowed"}),
        ({"when": "6 January"}, {"when": "edtf_unparsable"}),
        ({"publication": "none"}, {"publication": "invalid"}),
        ({"latitude": "91"}, {"latitude": "max_value"}),
        ({"latitude": "55.7"}, {"": "position_incomplete"}),
        ({"latitude": "nan", "longitude": "37", "radius_m": "1"}, {"latitude": "invalid"}),
        ({"latitude": "55", "longitude": "37", "radius_m": "inf"}, {"radius_m": "invalid"}),
        ({"latitude": "55", "longitude": "37", "radius_m": "0"}, {"radius_m": "min_value"}),
    ],
)
def test_what_cannot_be_read_is_said(team: cast.Team, query: dict[str, str], codes: dict[str, str]) -> None:
    assert errors_of(ask(team, **query)) == codes


def test_a_circle_of_the_whole_earth_finds_nothing_and_breaks_nothing(team: cast.Team) -> None:
    cast.sighting(team, when="2023-01-06", **POINT)
    assert suggested(team, latitude=90, longitude=180, radius_m=1e300, when="2023-01-06") == []

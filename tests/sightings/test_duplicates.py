"""Which sightings a claim may repeat: found by indexes, compared exactly, said in words."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from osint.services.people import system_user
from sightings import duplicates
from sightings.duplicates import Claim, claim_of, likely_duplicates
from sightings.models import Equipment, Sighting
from sightings.services.catalogue import add_equipment
from sightings.services.relations import relate, undo_relation
from sightings.services.sightings import withdraw_evidence
from tests import cast
from tests.pictured import keep, look, stored

POINT: dict[str, Any] = {"latitude": 55.7278, "longitude": 37.5919, "radius_m": 150}
DAY: dict[str, Any] = {
    "when": "2023-01-06",
    "when_earliest": date(2023, 1, 6),
    "when_latest": date(2023, 1, 6),
}


@pytest.fixture
def pantsir(db: None) -> Equipment:
    return cast.equipment()


def found(team: cast.Team, claim: Claim) -> list[Sighting]:
    return [candidate.sighting for candidate in likely_duplicates(team.case, claim)]


def reasons(team: cast.Team, claim: Claim) -> list[str]:
    (candidate,) = likely_duplicates(team.case, claim)
    return candidate.reasons


def test_what_where_and_when_are_said_in_words(team: cast.Team, pantsir: Equipment) -> None:
    there = cast.sighting(team, equipment=pantsir, place=cast.place(), when="2023-01-06~")
    claim = Claim(equipment=pantsir, **(POINT | {"latitude": 55.7288}), **DAY)
    assert found(team, claim) == [there]
    assert reasons(team, claim) == [
        "the same equipment, Pantsir-S1",
        "places that overlap, 111 m apart",
        "dates that overlap, around 6 January 2023",
    ]


@pytest.mark.parametrize(
    ("values", "claim"),
    [
        ({**POINT, "when": "2023-01"}, {**POINT, **DAY}),
        ({"equipment": True, **POINT}, {"equipment": True, **POINT}),
        ({"equipment": True, "when": "2023-01-06"}, {"equipment": True, **DAY}),
        ({"equipment": True, "when": "2023-01-06"}, {"equipment": True, **POINT, **DAY}),
        ({"equipment": True, "when": "2023-01-06", **POINT}, {"equipment": True, **DAY}),
        ({"when": "2023-01-06", **POINT}, {"equipment": True, **POINT, **DAY}),
        (
            {"equipment": True, "when": "2023", **POINT, "radius_m": 60_000.0},
            {"equipment": True, **POINT, **DAY},
        ),
    ],
)
def test_two_that_agree_are_enough_where_the_third_is_unknown(
    team: cast.Team, pantsir: Equipment, values: dict[str, Any], claim: dict[str, Any]
) -> None:
    equipped = {"equipment": pantsir}
    there = cast.sighting(team, **values | (equipped if "equipment" in values else {}))
    assert found(team, Claim(**claim | (equipped if "equipment" in claim else {}))) == [there]


@pytest.mark.parametrize(
    "differing",
    [
        {"when": "2023-02"},
        {"latitude": 55.80},
        {"longitude": 37.70},
        {"equipment": "s-400"},
    ],
)
def test_one_that_differs_is_too_many(team: cast.Team, pantsir: Equipment, differing: dict[str, Any]) -> None:
    if "equipment" in differing:
        differing = {"equipment": add_equipment(actor=system_user(), slug="s-400", name="S-400")}
    cast.sighting(team, **{"equipment": pantsir, "when": "2023-01-06", **POINT} | differing)
    assert found(team, Claim(equipment=pantsir, **POINT, **DAY)) == []


def test_one_that_agrees_is_too_few(team: cast.Team, pantsir: Equipment) -> None:
    cast.sighting(team, equipment=pantsir)
    cast.sighting(team, **POINT)
    cast.sighting(team, when="2023-01-06")
    assert found(team, Claim(equipment=pantsir, **POINT, **DAY)) == []
    assert found(team, Claim()) == []


def test_the_branch_reaches_up_and_down_and_not_aside(team: cast.Team) -> None:
    root = add_equipment(actor=system_user(), slug="defence", name="Air defence", kind="category")
    middle = cast.equipment(parent=root)
    below = add_equipment(actor=system_user(), slug="s1m", name="Pantsir-S1M", parent=middle)
    aside = add_equipment(actor=system_user(), slug="s-400", name="S-400", parent=root)
    rows = {each: cast.sighting(team, equipment=each, **POINT) for each in (root, middle, below, aside)}
    assert set(found(team, Claim(equipment=middle, **POINT))) == {rows[root], rows[middle], rows[below]}


def test_circles_overlap_across_the_antimeridian(team: cast.Team, pantsir: Equipment) -> None:
    there = cast.sighting(team, equipment=pantsir, latitude=65.0, longitude=-179.999, radius_m=500)
    claim = Claim(equipment=pantsir, latitude=65.0, longitude=179.999, radius_m=500)
    assert found(team, claim) == [there]


def test_a_position_of_its_own_counts_before_the_place(team: cast.Team, pantsir: Equipment) -> None:
    cast.sighting(team, equipment=pantsir, place=cast.place(), **POINT | {"latitude": 56.5})
    assert found(team, Claim(equipment=pantsir, **POINT)) == []


def test_the_same_publication_is_a_reason(team: cast.Team, pantsir: Equipment) -> None:
    cited = cast.publication(team, title="A roof")
    there = cast.sighting(team)
    cast.evidence(team, there, cited)
    claim = Claim(publications=frozenset({cited.pk}))
    assert found(team, claim) == [there]
    assert reasons(team, claim) == ["the same publication, “A roof”"]


def test_of_much_in_common_some_is_named_and_the_rest_counted(team: cast.Team) -> None:
    there = cast.sighting(team)
    cited = [cast.publication(team, f"https://courier.example/{number}") for number in range(5)]
    for publication in cited:
        cast.evidence(team, there, publication)
    claim = Claim(publications=frozenset(publication.pk for publication in cited))
    assert len(reasons(team, claim)) == 4
    assert reasons(team, claim)[-1] == "2 more in common"


def test_withdrawn_evidence_is_no_reason(team: cast.Team) -> None:
    cited = cast.publication(team)
    item = cast.evidence(team, cast.sighting(team), cited)
    withdraw_evidence(item, actor=team.researcher, reason="Another roof")
    assert found(team, Claim(publications=frozenset({cited.pk}))) == []


def test_a_publication_about_two_other_things_is_no_reason(team: cast.Team, pantsir: Equipment) -> None:
    cited = cast.publication(team)
    other = add_equipment(actor=system_user(), slug="s-400", name="S-400")
    cast.evidence(team, cast.sighting(team, equipment=other, **POINT | {"latitude": 56.5}), cited)
    assert found(team, Claim(equipment=pantsir, **POINT, publications=frozenset({cited.pk}))) == []


def test_nearly_the_same_picture_is_a_reason(team: cast.Team) -> None:
    ours = cast.publication(team, "https://one.example/")
    theirs = cast.publication(team, "https://two.example/", title="Another roof")
    keep(team, stored("a", look(0)), ours)
    keep(team, stored("b", look(20)), theirs)
    there = cast.sighting(team)
    cast.evidence(team, there, theirs)
    claim = Claim(publications=frozenset({ours.pk}))
    assert found(team, claim) == [there]
    assert reasons(team, claim) == ["nearly the same picture, in “Another roof”"]


def test_a_picture_that_is_only_alike_is_no_reason(team: cast.Team) -> None:
    ours, theirs = (cast.publication(team, f"https://{name}.example/") for name in ("one", "two"))
    keep(team, stored("a", look(0)), ours)
    keep(team, stored("b", look(50)), theirs)
    cast.evidence(team, cast.sighting(team), theirs)
    assert found(team, Claim(publications=frozenset({ours.pk}))) == []


def test_the_one_with_more_reasons_comes_first_then_the_nearer(team: cast.Team, pantsir: Equipment) -> None:
    far = cast.sighting(team, equipment=pantsir, **POINT | {"latitude": 55.7298})
    near = cast.sighting(team, equipment=pantsir, **POINT)
    whole = cast.sighting(team, equipment=pantsir, when="2023-01-06", **POINT | {"latitude": 55.7288})
    assert found(team, Claim(equipment=pantsir, **POINT, **DAY)) == [whole, near, far]


def test_no_more_than_ten_are_suggested(team: cast.Team, pantsir: Equipment) -> None:
    for _ in range(12):
        cast.sighting(team, equipment=pantsir, **POINT)
    assert len(found(team, Claim(equipment=pantsir, **POINT))) == duplicates.MOST_SUGGESTED == 10


def test_another_case_is_not_looked_into(team: cast.Team, others: cast.Team, pantsir: Equipment) -> None:
    cast.sighting(others, equipment=pantsir, **POINT)
    assert found(team, Claim(equipment=pantsir, **POINT)) == []


def test_a_logged_sighting_is_compared_with_others_only(team: cast.Team, pantsir: Equipment) -> None:
    here, there = (cast.sighting(team, equipment=pantsir, when="2023-01-06", **POINT) for _ in range(2))
    assert found(team, claim_of(here)) == [there]


def test_what_is_related_already_is_not_suggested_until_that_is_undone(
    team: cast.Team, pantsir: Equipment
) -> None:
    here, there = (cast.sighting(team, equipment=pantsir, **POINT) for _ in range(2))
    relation = relate(there, actor=team.researcher, other=here, kind="follows", reason="A day later")
    assert found(team, claim_of(here)) == []
    undo_relation(relation, actor=team.researcher, reason="The same day")
    assert found(team, claim_of(here)) == [there]


def test_what_is_merged_is_not_suggested_beside_what_it_counts_for(
    team: cast.Team, pantsir: Equipment
) -> None:
    into, merged = (cast.sighting(team, equipment=pantsir, **POINT) for _ in range(2))
    relate(merged, actor=team.researcher, other=into, kind="same as", reason="One roof")
    assert found(team, Claim(equipment=pantsir, **POINT)) == [into]


def test_the_number_of_queries_does_not_grow(team: cast.Team, pantsir: Equipment) -> None:
    cited = cast.publication(team)
    claim = Claim(equipment=pantsir, **POINT, **DAY, publications=frozenset({cited.pk}))
    costs = []
    for amount in (1, 5):
        for _ in range(amount):
            cast.evidence(team, cast.sighting(team, equipment=pantsir, place=None, **POINT), cited)
        with CaptureQueriesContext(connection) as queries:
            likely_duplicates(team.case, claim)
        costs.append(len(queries))
    assert costs[0] == costs[1]

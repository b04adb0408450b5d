"""Equipment over the API."""

from __future__ import annotations

import pytest

from sightings.models import Equipment
from tests import cast
from tests.clients import API, client_of, errors_of, ids_of

EQUIPMENT = f"{API}/equipment/"


@pytest.fixture
def pantsir(db: None) -> Equipment:
    return cast.equipment(slug="pantsir-s1")


@pytest.mark.parametrize(
    "text", ["Панцирь-С1", "панцирь с1", "Pantsir-S1", "pantsir s1", "SA-22 Greyhound", "sa22", "greyhound"]
)
def test_any_name_in_any_script_finds_it(text: str, team: cast.Team, pantsir: Equipment) -> None:
    cast.equipment(slug="s-400", name="S-400", nato_name="SA-21 Growler", aliases=["С-400"])

    assert ids_of(client_of(team.viewer).get(EQUIPMENT, {"q": text})) == [str(pantsir.pk)]


def test_everybody_reads_the_catalogue(team: cast.Team, pantsir: Equipment) -> None:
    assert ids_of(client_of(team.outsider).get(EQUIPMENT)) == [str(pantsir.pk)]


def test_outsider_does_not_write_it(team: cast.Team) -> None:
    answer = client_of(team.outsider).post(EQUIPMENT, {"slug": "s-400", "name": "S-400"})

    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


def test_own_and_nato_name_are_among_the_names(team: cast.Team, pantsir: Equipment) -> None:
    shown = client_of(team.viewer).get(f"{EQUIPMENT}{pantsir.pk}/").json()

    assert set(shown["aliases"]) == {"Pantsir-S1", "SA-22 Greyhound", "Панцирь-С1"}


def test_name_is_kept_once_and_as_it_was_written(team: cast.Team, pantsir: Equipment) -> None:
    path = f"{EQUIPMENT}{pantsir.pk}/"

    shown = client_of(team.researcher).patch(path, {"aliases": ["PANTSIR S1", "Pantsyr", "Pantsyr "]}).json()

    assert sorted(shown["aliases"]) == [
        "PANTSIR S1",
        "Pantsir-S1",
        "Pantsyr",
        "SA-22 Greyhound",
        "Панцирь-С1",
    ]


def test_long_name_in_another_script_is_accepted(team: cast.Team) -> None:
    name = "装" * 200

    answer = client_of(team.researcher).post(EQUIPMENT, {"slug": "long", "name": name})

    assert answer.json()["aliases"] == [name]


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        ({"slug": "pantsir-s1"}, {"slug": "unique"}),
        ({"slug": "two words"}, {"slug": "invalid"}),
        ({"kind": "rumour"}, {"kind": "invalid_choice"}),
        ({"parent": "no-such-thing"}, {"parent": "does_not_exist"}),
        ({"parent": "a\x00b"}, {"parent": "null_characters_not_allowed"}),
        ({"parent": ["pantsir-s1"]}, {"parent": "invalid"}),
        ({"aliases": "one"}, {"aliases": "not_a_list"}),
        ({"aliases": ["x" * 201]}, {"aliases.0": "max_length"}),
    ],
    ids=lambda value: str(value)[:40],
)
def test_wrong_particulars_are_refused(
    values: dict[str, object], errors: dict[str, str], team: cast.Team, pantsir: Equipment
) -> None:
    answer = client_of(team.researcher).post(EQUIPMENT, {"slug": "new", "name": "New"} | values)

    assert errors_of(answer) == errors


def test_thing_does_not_lie_below_itself(team: cast.Team, pantsir: Equipment) -> None:
    child = cast.equipment(slug="pantsir-sm", name="Pantsir-SM", parent=pantsir)

    answer = client_of(team.researcher).patch(f"{EQUIPMENT}{pantsir.pk}/", {"parent": child.slug})

    assert errors_of(answer) == {"parent": "equipment_cycle"}


@pytest.mark.parametrize("query", ["kind=category", "parent=air-defence"])
def test_list_is_narrowed(query: str, team: cast.Team, pantsir: Equipment) -> None:
    above = cast.equipment(slug="air-defence", name="Air defence", nato_name="", kind="category", aliases=[])
    below = cast.equipment(slug="guns", name="Guns", nato_name="", parent=above, aliases=[])

    expected = {"kind=category": above, "parent=air-defence": below}[query]
    assert ids_of(client_of(team.viewer).get(f"{EQUIPMENT}?{query}")) == [str(expected.pk)]

"""Sightings of a case over the API."""

from __future__ import annotations

from typing import Any

import pytest

from sightings.models import Sighting
from sightings.services.reviews import decide
from tests import cast
from tests.clients import client_of, errors_of, ids_of, in_case

POINT = {"latitude": 55.7278, "longitude": 37.5919, "radius_m": 50}


def log(team: cast.Team, **values: Any) -> Any:
    given = {"title": "A launcher on a roof"} | values
    return client_of(team.researcher).post(in_case(team.case, "sightings/"), given)


def change(team: cast.Team, sighting: Sighting, **values: Any) -> Any:
    return client_of(team.researcher).patch(in_case(team.case, f"sightings/{sighting.pk}/"), values)


def found(team: cast.Team, query: str) -> list[str]:
    return ids_of(client_of(team.viewer).get(in_case(team.case, f"sightings/?{query}")))


def test_uncertain_date_is_shown_as_entered_beside_its_bounds(team: cast.Team) -> None:
    shown = log(team, when="2023-01-06~").json()

    assert shown["when"] == "2023-01-06~"
    assert shown["when_earliest"] <= "2023-01-06" <= shown["when_latest"]


def test_title_alone_leaves_everything_else_unknown(team: cast.Team) -> None:
    shown = log(team).json()

    unknown = ("equipment", "place", "quantity_min", "quantity_max", "latitude", "radius_m", "when_earliest")
    assert [shown[name] for name in unknown] == [None] * len(unknown)


def test_whoever_logs_it_is_named(team: cast.Team) -> None:
    assert log(team).json()["logged_by"]["username"] == team.researcher.username


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        ({"when": "last Tuesday"}, {"when": "edtf_unparsable"}),
        ({"when": "2023-13"}, {"when": "edtf_unparsable"}),
        ({"when": "2" * 121}, {"when": "max_length"}),
        ({"quantity_min": 3, "quantity_max": 2}, {"": "quantity_order"}),
        ({"quantity_min": 2**31}, {"quantity_min": "max_value"}),
        ({"quantity_min": 1.5}, {"quantity_min": "invalid"}),
        ({"latitude": 55}, {"": "position_incomplete"}),
        ({"latitude": 55, "longitude": 37}, {"": "position_incomplete"}),
        ({"latitude": 55, "longitude": 37, "radius_m": None}, {"": "position_incomplete"}),
        ({"radius_m": 10}, {"": "position_incomplete"}),
        ({**POINT, "latitude": 91}, {"latitude": "max_value"}),
        ({**POINT, "radius_m": 10**8}, {"radius_m": "max_value"}),
        ({**POINT, "longitude": "nan"}, {"longitude": "invalid"}),
        ({"equipment": "no-such-thing"}, {"equipment": "does_not_exist"}),
        ({"place": "no-such-place"}, {"place": "does_not_exist"}),
        ({"place": "\x00"}, {"place": "null_characters_not_allowed"}),
        ({"activity": "asleep"}, {"activity": "invalid_choice"}),
        ({"status": "verified"}, {"status": "invalid_choice"}),
    ],
    ids=lambda value: str(value)[:50],
)
def test_wrong_particulars_are_refused(
    values: dict[str, object], errors: dict[str, str], team: cast.Team
) -> None:
    assert errors_of(log(team, **values)) == errors
    assert not Sighting.objects.exists()


def test_message_quotes_the_date_that_was_typed(team: cast.Team) -> None:
    assert "last Tuesday" in log(team, when="last Tuesday").json()["errors"][0]["message"]


def test_part_of_a_position_is_not_taken_away(team: cast.Team) -> None:
    sighting = cast.sighting(team, **POINT)

    assert errors_of(change(team, sighting, radius_m=None)) == {"": "position_incomplete"}


def test_whole_position_is_taken_away(team: cast.Team) -> None:
    sighting = cast.sighting(team, **POINT)

    assert change(team, sighting, latitude=None, longitude=None, radius_m=None).json()["latitude"] is None


def test_change_of_one_thing_leaves_the_others(team: cast.Team) -> None:
    sighting = cast.sighting(team, when="2023-01", operator="Army")

    shown = change(team, sighting, title="Two launchers").json()

    assert (shown["title"], shown["when"], shown["operator"]) == ("Two launchers", "2023-01", "Army")


def test_status_of_a_reviewed_sighting_is_not_the_researchers(team: cast.Team) -> None:
    sighting = cast.sighting(team)
    decide(sighting, actor=team.reviewer, decision="rejected", reason="A drawing.")

    assert errors_of(change(team, sighting, status="draft")) == {"status": "status_by_review"}


def test_list_holds_a_branch_of_equipment(team: cast.Team) -> None:
    top = cast.equipment(slug="air-defence", name="Air defence", kind="category")
    middle = cast.equipment(slug="short-range", name="Short range", kind="category", parent=top)
    leaf = cast.equipment(slug="pantsir", name="Pantsir", parent=middle)
    wanted = cast.sighting(team, equipment=leaf)
    cast.sighting(team, equipment=cast.equipment(slug="kh-22", name="Kh-22"))

    assert found(team, "equipment=air-defence") == [str(wanted.pk)]


def test_unknown_equipment_is_no_filter(team: cast.Team) -> None:
    answer = client_of(team.viewer).get(in_case(team.case, "sightings/?equipment=no-such-thing"))

    assert errors_of(answer) == {"equipment": "invalid_choice"}


def test_list_is_narrowed_to_a_place(team: cast.Team) -> None:
    wanted = cast.sighting(team, place=cast.place())
    cast.sighting(team)

    assert found(team, "place=roof") == [str(wanted.pk)]


def test_list_holds_any_of_several_statuses(team: cast.Team) -> None:
    sightings = [cast.sighting(team, status=status) for status in ("draft", "proposed")]

    assert found(team, "status=draft&status=proposed") == [str(row.pk) for row in reversed(sightings)]


def test_list_is_narrowed_to_an_activity(team: cast.Team) -> None:
    wanted = cast.sighting(team, activity="firing")
    cast.sighting(team)

    assert found(team, "activity=firing") == [str(wanted.pk)]


@pytest.mark.parametrize(("filter_", "expected"), [("certainly_within", 1), ("possibly_within", 2)])
def test_period(filter_: str, expected: int, team: cast.Team) -> None:
    for when in ("2023-01-19", "2023", "2022-12-31", ""):
        cast.sighting(team, when=when)

    assert len(found(team, f"{filter_}_after=2023-01-01&{filter_}_before=2023-01-31")) == expected


@pytest.mark.parametrize("day", ["2023-02-30", "soon", "0000-01-01", "99999-01-01"])
def test_period_of_no_days_is_refused(day: str, team: cast.Team) -> None:
    answer = client_of(team.viewer).get(in_case(team.case, f"sightings/?possibly_within_after={day}"))

    assert list(errors_of(answer).values()) == ["invalid"]


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_first_and_last_day_of_all_can_be_asked_for(day: str, team: cast.Team) -> None:
    assert found(team, f"possibly_within_after={day}&possibly_within_before={day}") == []

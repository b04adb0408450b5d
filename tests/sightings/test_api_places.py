"""Places and the gazetteer over the API."""

from __future__ import annotations

import pytest

from sightings.models import Place
from tests import cast
from tests.clients import API, client_of, errors_of, ids_of

PLACES = f"{API}/places/"
POINT = {"latitude": 55.68, "longitude": 37.28, "radius_m": 2000}


@pytest.mark.parametrize("text", ["Заречье", "заречье", "Zareche", "Zarechye", "ZARECH"])
def test_any_name_in_any_script_finds_it(text: str, team: cast.Team) -> None:
    cast.place()
    wanted = cast.place(slug="zarechye", name="Zarechye", aliases=["Заречье"])

    assert ids_of(client_of(team.viewer).get(PLACES, {"q": text})) == [str(wanted.pk)]


def test_place_has_no_case_and_is_for_everybody(team: cast.Team) -> None:
    place = cast.place()

    assert ids_of(client_of(team.outsider).get(PLACES)) == [str(place.pk)]


@pytest.mark.parametrize("missing", ["latitude", "longitude", "radius_m"])
def test_place_without_a_whole_position_is_refused(missing: str, team: cast.Team) -> None:
    given = {name: value for name, value in POINT.items() if name != missing}

    answer = client_of(team.researcher).post(PLACES, {"slug": "park", "name": "Park"} | given)

    assert errors_of(answer) == {missing: "required"}


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("latitude", 90.1, "max_value"),
        ("latitude", "nan", "invalid"),
        ("longitude", -180.1, "min_value"),
        ("longitude", "inf", "invalid"),
        ("longitude", 10**400, "overflow"),
        ("radius_m", 0, "min_value"),
        ("radius_m", 1e12, "max_value"),
        ("radius_m", None, "null"),
        ("country", "Russia", "max_length"),
        ("country", "ru", "invalid"),
    ],
)
def test_wrong_particulars_are_refused(field: str, value: object, code: str, team: cast.Team) -> None:
    given = {"slug": "park", "name": "Park"} | POINT | {field: value}

    assert errors_of(client_of(team.researcher).post(PLACES, given)) == {field: code}


def test_corrected_name_is_found_under_both(team: cast.Team) -> None:
    place = cast.place(name="The roof")
    client = client_of(team.researcher)

    client.patch(f"{PLACES}{place.pk}/", {"name": "The ministry"})

    assert ids_of(client.get(PLACES, {"q": "roof"})) == ids_of(client.get(PLACES, {"q": "ministry"}))
    assert Place.objects.get().name == "The ministry"


def test_list_is_narrowed_to_a_country(team: cast.Team) -> None:
    cast.place()
    wanted = cast.place(slug="dnipro", name="Dnipro", country="UA")

    assert ids_of(client_of(team.viewer).get(f"{PLACES}?country=UA")) == [str(wanted.pk)]


@pytest.mark.no_cover  # reading the towns while being traced takes twice as long
def test_gazetteer_knows_towns_in_another_script(team: cast.Team) -> None:
    answer = client_of(team.viewer).get(f"{API}/gazetteer/", {"q": "Одинцово"})

    assert answer.json()[0]["name"] == "Odintsovo"


def test_gazetteer_asked_for_nothing_knows_nothing(team: cast.Team) -> None:
    assert client_of(team.viewer).get(f"{API}/gazetteer/").json() == []

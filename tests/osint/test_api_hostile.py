"""Nothing that a client sends is a fault of the server.

Where each string costs many queries, a test takes every second, third or fourth of them, each from another start.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from json import dumps

import pytest

from tests import cast
from tests.clients import API, client_of, client_with, in_case, send
from tests.deeds import LISTS, WITH_BODY, Deed, nowhere
from tests.osint.conftest import World

# They reach no line that other tests do not, and being traced they take twice as long.
pytestmark = pytest.mark.no_cover

NUMBERS = ["1e999", "-1e999", "NaN", "Infinity", "9" * 400, "9" * 5000, "-1", "1.5", "true", "2147483648"]
SHAPES = ["null", "[]", "{}", '[["a"]]', '{"a": {"b": []}}', "false", '""', '" "']
TEXTS = [r'"\u0000"', r'"a\u0000b"', r'"\ud800"', r'"a\udfffb"', r'"\u202e"', '"' + "x" * 9000 + '"']
QUERIES = [
    "%00",
    "a%00b",
    "%ff%fe",
    "%ud800",
    "\N{PILE OF POO}",
    "x" * 5000,
    "9" * 400,
    "null",
    "[]",
    "-1",
    "",
]
FILTERS = [
    "q", "name", "title", "kind", "parent", "country", "language", "source", "publication", "derives_from",
    "state", "ground", "verdict", "method", "equipment", "place", "status", "activity", "certainly_within_after",
    "possibly_within_before", "sighting", "stance", "credibility", "withdrawn", "limit", "cursor", "format",
    "flagged", "claim", "also_own", "reviewer", "decision", "standing",
    "subject_type", "subject_id", "assignee", "open", "unread", "investigation",
]  # fmt: skip
BODIES = [b"", b"{", b"[" * 100_000, b"\xff\xfe", b"nul", b'{"a":', b"\x00", b'{"' + b"9" * 5000 + b'": 1}']


def each(deeds: list[Deed]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("deed", deeds, ids=[deed.name for deed in deeds])


@each(WITH_BODY)
def test_no_value_in_a_body_is_a_fault(deed: Deed, worlds: Mapping[str, World]) -> None:
    world = worlds[deed.role]
    client, names = client_of(world.asker), world.names

    for body in hostile_bodies(deed, names):
        answer = send(client, deed.method, deed.path_for(names), body)
        assert answer.status_code < 500, (body[:200], answer.content)


@each(WITH_BODY)
def test_no_body_is_a_fault(deed: Deed, worlds: Mapping[str, World]) -> None:
    world = worlds[deed.role]
    client, names = client_of(world.asker), nowhere(world.team)

    statuses = [send(client, deed.method, deed.path_for(names), body).status_code for body in BODIES]

    assert set(statuses) <= {200, 400, 404}


@each(LISTS)
def test_no_query_is_a_fault(deed: Deed, worlds: Mapping[str, World]) -> None:
    client, path = client_of(worlds["admin"].asker), deed.path_for(worlds["admin"].names)

    asked = [(name, text) for number, name in enumerate(FILTERS) for text in QUERIES[number % 3 :: 3]]
    answers = {(name, text): client.get(f"{path}?{name}={text}") for name, text in asked}

    assert not {case: answer.content for case, answer in answers.items() if answer.status_code >= 500}


def test_no_naughty_string_in_a_sighting_is_a_fault(team: cast.Team, hostile: list[str]) -> None:
    client, path = client_of(team.researcher), in_case(team.case, "sightings/")

    for text in hostile:
        answer = client.post(path, dict.fromkeys(("title", "description", "operator", "when", "place"), text))
        assert answer.status_code == 400, (text, answer.content)


def test_naughty_strings_come_back_as_they_were(team: cast.Team, hostile: list[str]) -> None:
    client, path = client_of(team.researcher), in_case(team.case, "sightings/")

    for text in hostile[::4]:
        answer = client.post(path, {"title": "A launcher", "description": text})
        if answer.status_code == 201:
            assert answer.json()["description"] == text
        else:
            assert answer.json()["errors"][0]["code"] == "null_characters_not_allowed"


def test_no_naughty_name_is_a_fault(team: cast.Team, hostile: list[str]) -> None:
    client = client_of(team.researcher)

    for number, text in enumerate(hostile[1::4]):
        names = {"slug": f"thing-{number}", "name": text, "aliases": [text * 3]}
        answer = client.post(f"{API}/equipment/", names)
        assert answer.status_code in {201, 400}, (text, answer.content)


@pytest.mark.parametrize("path", ["equipment/", "places/", "gazetteer/", "sources/"])
def test_no_naughty_search_is_a_fault(path: str, team: cast.Team, hostile: list[str]) -> None:
    client = client_of(team.viewer)

    for text in hostile[::2]:
        answer = client.get(f"{API}/{path}", {"q": text, "name": text})
        assert answer.status_code in {200, 400}, (text, answer.content)


def test_no_naughty_address_is_a_fault(team: cast.Team, hostile: list[str]) -> None:
    client, path = client_of(team.researcher), in_case(team.case, "publications/")

    for text in hostile[2::4]:
        for url in (text, f"https://courier.example/{text}"):
            answer = client.post(path, {"url": url})
            assert answer.status_code in {200, 201, 400}, (url, answer.content)


def test_no_naughty_path_is_a_fault(team: cast.Team, hostile: list[str]) -> None:
    client = client_of(team.viewer)

    for text in hostile:
        quoted = "".join(f"%{byte:02x}" for byte in text.encode())
        answer = client.get(f"{API}/investigations/{quoted}/")
        assert answer.status_code in {200, 404}, (text, answer.content)


def test_no_naughty_token_is_a_fault(team: cast.Team, hostile: list[str]) -> None:
    for text in hostile:
        header = " ".join(text.split()).encode().decode("latin-1")  # bytes as a server hands them on
        answer = client_with(header).get(f"{API}/investigations/")
        assert answer.status_code == 401, (text, answer.content)


def hostile_bodies(deed: Deed, names: dict[str, str]) -> Iterator[str]:
    """The deed's body as JSON, with each value in turn replaced by each hostile one."""
    body = deed.body_for(names)
    for name in body:
        for value in NUMBERS + SHAPES + TEXTS:
            rest = dumps({other: body[other] for other in body if other != name})
            yield f'{{"{name}": {value}, {rest[1:]}' if rest != "{}" else f'{{"{name}": {value}}}'

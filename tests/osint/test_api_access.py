"""Who may do what: every deed of the API, by every kind of person."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from osint.api.problems import NOT_FOUND
from osint.models import Role
from osint.services.investigations import open_investigation
from tests.clients import client_of, client_with, nobody, token_of
from tests.deeds import CASE_DEEDS, DEEDS, READS, WRITES, Deed, nowhere
from tests.osint.conftest import World

Worlds = Mapping[str, World]

DOCUMENTS = {"GET schema/", "GET docs/"}


# They reach no line that other tests do not, and being traced they take twice as long.
pytestmark = pytest.mark.no_cover


def each(deeds: list[Deed]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("deed", deeds, ids=[deed.name for deed in deeds])


def only_below(role: Role) -> Role:
    return list(Role)[role.rank - 1]


@each(DEEDS)
def test_least_role_suffices(deed: Deed, worlds: Worlds) -> None:
    world = worlds[deed.role]

    answer = deed.by(client_of(world.asker), world.names)

    assert answer.status_code == deed.status, answer.content


@each(WRITES)
def test_role_below_is_forbidden(deed: Deed, worlds: Worlds) -> None:
    world = worlds[only_below(deed.role)]

    answer = deed.by(client_of(world.asker), world.names)

    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


@each(CASE_DEEDS)
def test_outsider_gets_the_same_as_for_a_missing_case(deed: Deed, worlds: Worlds) -> None:
    client, names = client_of(worlds["outsider"].asker), worlds["outsider"].names

    answers = deed.by(client, names), deed.by(client, names | {"case": "no-such-case"})

    assert [(answer.status_code, answer.json()) for answer in answers] == [(404, NOT_FOUND)] * 2


@each([deed for deed in CASE_DEEDS if deed.has_object])
def test_object_of_another_case_is_the_same_as_a_missing_one(deed: Deed, worlds: Worlds) -> None:
    team = worlds["viewer"].team
    theirs = worlds["admin"].names | {"case": team.case.slug}
    missing = nowhere(team)
    client = client_of(team.admin)

    answers = deed.by(client, theirs), deed.by(client, missing)

    assert [(answer.status_code, answer.json()) for answer in answers] == [(404, NOT_FOUND)] * 2


@each(DEEDS)
def test_no_credentials_are_challenged(deed: Deed, worlds: Worlds) -> None:
    answer = deed.by(nobody(), nowhere(worlds["admin"].team))

    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Bearer realm="sightline"')
    assert answer.json()["code"] == "not_authenticated"


@each(CASE_DEEDS)
def test_token_for_another_case_finds_nothing(deed: Deed, worlds: Worlds) -> None:
    world = worlds["admin"]
    elsewhere = open_investigation(actor=world.asker, slug="elsewhere", title="Elsewhere")

    answer = deed.by(client_with(token_of(world.asker, elsewhere)), world.names)

    assert (answer.status_code, answer.json()) == (404, NOT_FOUND)


@each(READS)
def test_other_methods_are_refused(deed: Deed, worlds: Worlds) -> None:
    world = worlds["admin"]

    answer = client_of(world.asker).put(deed.path_for(nowhere(world.team)), {})

    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


@each(READS)
def test_options_describe_what_is_there(deed: Deed, worlds: Worlds) -> None:
    world = worlds["admin"]

    answer = client_of(world.asker).options(deed.path_for(nowhere(world.team)))

    assert answer.status_code == 200


def test_table_names_every_route() -> None:
    assert {deed.name.split("?")[0] for deed in DEEDS} | DOCUMENTS == set(routes_of_the_api())


def routes_of_the_api() -> list[str]:
    """Each method and address, with the variable parts called as in the table."""
    patterns = get_resolver().url_patterns
    return [route for entry in patterns if str(entry.pattern) == "api/v1/" for route in _routes(entry, "")]


VARIABLES = {
    "investigations/<slug:slug>": "investigations/{case}",
    "sources/<uuid:source_pk>": "sources/{source}",
    "equipment/<uuid:pk>": "equipment/{equipment_id}",
    "places/<uuid:pk>": "places/{place_id}",
    "publications/<uuid:pk>/compare": "publications/{relay}/compare",
    "publications/<uuid:pk>": "publications/{publication}",
    "evidence/<uuid:pk>": "evidence/{evidence}",
    "hypotheses/<uuid:pk>": "hypotheses/{hypothesis}",
    "sightings/<uuid:sighting>": "sightings/{sighting}",
    "sightings/<uuid:pk>/give-back": "sightings/{claimed}/give-back",
    "sightings/<uuid:pk>/reopen": "sightings/{rejected}/reopen",
    "reviews/<uuid:pk>": "reviews/{review}",
    "invalidations/<uuid:pk>": "invalidations/{invalidation}",
    "batches/<uuid:pk>": "batches/{batch}",
    "captures/<uuid:pk>/cancel": "captures/{waiting}/cancel",
    "captures/<uuid:pk>/release": "captures/{quarantined}/release",
    "watches/<uuid:pk>": "watches/{watch}",
    "watches/<uuid:watch_pk>": "watches/{watch}",
} | {f"{name}s/<uuid:pk>": f"{name}s/{{{name}}}" for name in (
    "membership", "token", "source", "derivation", "capture", "file", "sighting",
    "upload", "owner", "suggestion", "relation", "comment", "assignment", "notice",
)}  # fmt: skip


def _routes(entry: URLResolver | URLPattern, before: str) -> list[str]:
    if isinstance(entry, URLResolver):
        here = before if before or str(entry.pattern) == "api/v1/" else str(entry.pattern)
        return [route for inner in entry.url_patterns for route in _routes(inner, here)]
    path = before + str(entry.pattern)
    for variable, name in VARIABLES.items():
        path = path.replace(variable, name)
    actions = getattr(entry.callback, "actions", None) or {"get": "get"}
    paths = [path]
    if "<graphformat:format>" in path:
        paths = [path.replace("<graphformat:format>", ending) for ending in ("json", "ndjson")]
    return [f"{method.upper()} {each_path}" for method in actions if method != "head" for each_path in paths]

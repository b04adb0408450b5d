"""Lists are read by key."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from sources.services.captures import request_capture
from tests import cast
from tests.clients import API, client_of, ids_of, in_case
from tests.deeds import LISTS, Deed, names_of

#: Session, user, case, role, rows, and what is fetched for all rows together.
MOST_QUERIES = 9


def pages(client: APIClient, path: str) -> list[list[str]]:
    """The keys on each page, followed by the links from one to the next."""
    found, following = [], path
    for _ in count():
        answer = client.get(following)
        found.append(ids_of(answer))
        if (following := answer.json()["next"]) is None:
            break
    return found


@pytest.fixture
def five(team: cast.Team) -> list[str]:
    return [str(cast.sighting(team, title=f"Launcher {number}").pk) for number in range(5)]


def test_pages_hold_every_row_once_newest_first(team: cast.Team, five: list[str]) -> None:
    found = pages(client_of(team.viewer), in_case(team.case, "sightings/?limit=2"))

    assert found == [[five[4], five[3]], [five[2], five[1]], [five[0]]]


def test_rows_made_meanwhile_do_not_shift_the_pages(team: cast.Team, five: list[str]) -> None:
    client = client_of(team.viewer)
    following = client.get(in_case(team.case, "sightings/?limit=2")).json()["next"]
    cast.sighting(team)

    assert ids_of(client.get(following)) == [five[2], five[1]]


def test_page_before_leads_back(team: cast.Team, five: list[str]) -> None:
    client = client_of(team.viewer)
    first = client.get(in_case(team.case, "sightings/?limit=2"))
    second = client.get(first.json()["next"])

    assert ids_of(client.get(second.json()["previous"])) == ids_of(first)


def test_links_keep_the_filters(team: cast.Team, five: list[str]) -> None:
    found = pages(client_of(team.viewer), in_case(team.case, "sightings/?limit=1&status=draft"))

    assert found == [[]]


def test_limit_is_capped(team: cast.Team, monkeypatch: pytest.MonkeyPatch, five: list[str]) -> None:
    monkeypatch.setattr("osint.api.pagination.KeysetPagination.max_page_size", 3)

    answer = client_of(team.viewer).get(in_case(team.case, "sightings/?limit=1000000"))

    assert len(ids_of(answer)) == 3


@pytest.mark.parametrize("limit", ["0", "-1", "many", "", "1.5"])
def test_limit_that_is_none_is_the_usual_one(limit: str, team: cast.Team, five: list[str]) -> None:
    answer = client_of(team.viewer).get(in_case(team.case, f"sightings/?limit={limit}"))

    assert len(ids_of(answer)) == 5


@pytest.mark.parametrize("cursor", ["rubbish", "cD1hYmM=", "cj0xJnA9MQ==", "bz0tMQ=="])
def test_cursor_that_is_none_is_refused(cursor: str, team: cast.Team) -> None:
    answer = client_of(team.viewer).get(in_case(team.case, f"sightings/?cursor={cursor}"))

    assert answer.status_code in {400, 404}


@pytest.mark.no_cover  # being traced it takes twice as long
@pytest.mark.parametrize("deed", LISTS, ids=[deed.name for deed in LISTS])
def test_queries_do_not_grow_with_the_rows(
    deed: Deed, team: cast.Team, django_assert_max_num_queries: Any
) -> None:
    client, path = client_of(team.admin), deed.path_for(names_of(team, team.admin))
    client.get(path)  # the first answer also fills caches
    with CaptureQueriesContext(connection) as before:
        client.get(path)
    for number in range(4):
        grow(team, number)

    with django_assert_max_num_queries(len(before)):
        client.get(path)

    assert len(before) <= MOST_QUERIES


def grow(team: cast.Team, number: int) -> None:
    """One more of everything, each with a source private to the case."""
    source = cast.source(name=f"Source {number}", private_to=team.case)
    publication = cast.publication(team, f"https://herald.example/{number}", source=source)
    parent = cast.equipment(slug=f"branch-{number}", name=f"Branch {number}")
    cast.equipment(slug=f"type-{number}", name=f"Type {number}", parent=parent)
    cast.place(slug=f"place-{number}", name=f"Place {number}")
    cast.evidence(team, cast.sighting(team), publication)
    request_capture(publication, actor=team.researcher)


def test_list_of_nothing_is_an_empty_page(team: cast.Team) -> None:
    answer = client_of(team.viewer).get(f"{API}/equipment/")

    assert answer.json() == {"next": None, "previous": None, "results": []}

"""No page asks the database more often because there is more to show."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sightings.models import Sighting
from sources.services.captures import request_capture
from tests import cast
from tests.cast import Team

pytestmark = pytest.mark.django_db

PAGES = ["case", "sightings", "publications", "sources", "captures", "changes"]


def grow(team: Team, about: Sighting, number: int) -> None:
    """One more of everything that lists show."""
    publication = cast.publication(
        team, f"https://courier.example/{number}", source=cast.source(name=f"Courier {number}")
    )
    request_capture(publication, actor=team.researcher)
    cast.evidence(team, about, publication)
    cast.sighting(
        team,
        place=cast.place(slug=f"place-{number}", latitude=55 + number / 100),
        equipment=cast.equipment(slug=f"type-{number}", name=f"Type {number}"),
    )


@pytest.mark.parametrize("name", [*PAGES, "sighting"])
def test_a_page_costs_the_same_however_much_it_shows(client: Client, name: str) -> None:
    team = cast.team()
    about = cast.sighting(team)
    kwargs = {"slug": "roofs", "pk": about.pk} if name == "sighting" else {"slug": "roofs"}
    client.force_login(team.researcher)
    costs = []
    for amount in (1, 4):
        for number in range(amount):
            grow(team, about, 10 * amount + number)
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse(name, kwargs=kwargs))
        costs.append(len(queries))
    assert costs[1] <= costs[0]

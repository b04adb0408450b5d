"""The cast of the tests: one team with each role, an outsider, and the smallest things they work with.

Everything is made through the services that users use; nothing reaches around them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from osint.models import Investigation, Role, User
from osint.services.investigations import grant_membership, open_investigation
from osint.services.people import change_user, create_user, system_user
from sightings.models import Equipment, Evidence, Place, Sighting
from sightings.services.catalogue import add_equipment, add_place
from sightings.services.sightings import attach_evidence, log_sighting
from sources.models import Publication, Source
from sources.services.publications import add_publication
from sources.services.sources import add_source

PASSWORD = "correct horse battery staple"


@dataclass(frozen=True)
class Team:
    """A case with one member of each role, and somebody who is not on it."""

    case: Investigation
    viewer: User
    researcher: User
    reviewer: User
    admin: User
    outsider: User


def person(username: str, *, made_by: User | None = None, **values: Any) -> User:
    """An account with the password of the whole cast."""
    return create_user(actor=made_by or system_user(), username=username, password=PASSWORD, **values)


def team(slug: str = "roofs") -> Team:
    """A fresh case and its people, whose usernames begin with the case's slug."""
    system = system_user()
    founder = person(f"{slug}-admin", made_by=system, is_staff=True)
    case = open_investigation(actor=founder, slug=slug, title=f"The case of {slug}")
    admin = change_user(founder, actor=system, is_staff=False)
    members = {
        role: person(f"{slug}-{role.value}", made_by=system)
        for role in (Role.VIEWER, Role.RESEARCHER, Role.REVIEWER)
    }
    for role, user in members.items():
        grant_membership(case, actor=admin, user=user, role=role)
    return Team(
        case,
        members[Role.VIEWER],
        members[Role.RESEARCHER],
        members[Role.REVIEWER],
        admin,
        outsider=person(f"{slug}-outsider", made_by=system),
    )


def let_in(team: Team, user: User) -> None:
    """Make the user a viewer of the team's case."""
    grant_membership(team.case, actor=team.admin, user=user, role=Role.VIEWER)


def source(**values: Any) -> Source:
    """A source of the shared catalogue."""
    return add_source(actor=system_user(), **{"name": "The Courier", "kind": "outlet"} | values)


def publication(team: Team, url: str = "https://courier.example/roof", **values: Any) -> Publication:
    """A publication of the team's case."""
    return add_publication(team.case, actor=team.researcher, url=url, **values)[0]


def equipment(**values: Any) -> Equipment:
    """A type of equipment with names in two scripts."""
    names: dict[str, Any] = {
        "slug": "pantsir-s1",
        "name": "Pantsir-S1",
        "nato_name": "SA-22 Greyhound",
        "aliases": ["Панцирь-С1"],
    }
    return add_equipment(actor=system_user(), **names | values)


def place(**values: Any) -> Place:
    """A place with a radius."""
    where: dict[str, Any] = {
        "slug": "roof",
        "name": "The roof",
        "latitude": 55.7278,
        "longitude": 37.5919,
        "radius_m": 150,
    }
    return add_place(actor=system_user(), **where | values)


def sighting(team: Team, **values: Any) -> Sighting:
    """A claim in the team's case."""
    return log_sighting(team.case, actor=team.researcher, **{"title": "A launcher on a roof"} | values)


def evidence(team: Team, about: Sighting, cites: Publication, **values: Any) -> Evidence:
    """A link between the two."""
    given: dict[str, Any] = {"stance": "supports", "credibility": 2} | values
    return attach_evidence(about, actor=team.researcher, publication=cites, **given)

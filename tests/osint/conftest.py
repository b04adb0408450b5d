"""Worlds in which everything is there once, for the many tests that do one thing in one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from osint.models import User
from sightings import gazetteer
from tests import cast
from tests.deeds import names_of

ASKERS = ("viewer", "researcher", "reviewer", "admin", "outsider")


@dataclass(frozen=True)
class World:
    """A team with one of everything in its case, and the names of these for `asker`."""

    team: cast.Team
    asker: User
    names: dict[str, str]


@pytest.fixture(scope="module", autouse=True)
def gazetteer_of_larger_towns() -> Iterator[None]:
    """Half the towns: reading all of them takes long, and what is asked here could be answered with one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gazetteer, "MIN_POPULATION", 15_000)
        yield
    gazetteer._loaded.cache_clear()


@pytest.fixture(scope="module")
def standing(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Mapping[str, World]]:
    """A world for each kind of person, by their role: made once, as that takes longer than what is done in it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield {asker: _world(asker) for asker in ASKERS}
        transaction.set_rollback(True)


@pytest.fixture
def worlds(standing: Mapping[str, World], db: None) -> Mapping[str, World]:
    """The same; whatever a test does in them is taken back when it ends."""
    return standing


def _world(asker: str) -> World:
    team = cast.team(f"of-{asker}s")
    person: User = getattr(team, asker)
    return World(team, person, names_of(team, person))

"""Fixtures that the tests of all floors share."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from osint.models import User
from tests import cast

HOSTILE = Path(__file__).resolve().parents[2] / "shared" / "data" / "hostile" / "blns.json"


@pytest.fixture
def team(db: None) -> cast.Team:
    """The team of the case `roofs`."""
    return cast.team()


@pytest.fixture
def others(db: None) -> cast.Team:
    """Another team, on the case `fields`."""
    return cast.team("fields")


@pytest.fixture
def root(db: None) -> User:
    """A superuser who is on no case."""
    return cast.person("root", is_staff=True, is_superuser=True)


@pytest.fixture(scope="session")
def hostile() -> list[str]:
    """The Big List of Naughty Strings."""
    if not HOSTILE.is_file():
        pytest.skip("needs the list of hostile strings beside the checkout")
    strings: list[str] = json.loads(HOSTILE.read_text(encoding="utf-8"))
    return strings

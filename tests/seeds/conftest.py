"""Shared by the tests of the seed files."""

from __future__ import annotations

import pytest

from seeds.model import CaseFile
from seeds.read import read_case
from seeds.standins.build import CASE


@pytest.fixture(scope="session")
def case() -> CaseFile:
    return read_case(CASE)

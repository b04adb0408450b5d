"""What the fault tests share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sources import storage
from tests.faults.scene import Scene
from tests.webserver import Server


@pytest.fixture
def scene(child_environment: dict[str, str], tmp_path: Path) -> Iterator[Scene]:
    """A slow site, and an archive that is empty before, whatever other tests left in it, and afterwards."""
    _empty_the_archive()
    server = Server()
    yield Scene(server, child_environment, tmp_path)
    server.close()
    _empty_the_archive()


def _empty_the_archive() -> None:
    for digest in list(storage.kept_digests()):
        storage.drop(digest)

"""One examiner for all tests, and files for it to read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sources.archiving.examining.examiner import Examiner
from sources.archiving.examining.tasks import Examined, Kind, Task
from sources.archiving.signatures import media_type_of

Examine = Callable[..., Examined]


@pytest.fixture(scope="session")
def examiner() -> Iterator[Examiner]:
    """Processes that read files, with their libraries loaded."""
    with Examiner(warm=True) as running:
        yield running


@pytest.fixture
def examine(examiner: Examiner, tmp_path: Path) -> Examine:
    """Have ``data`` examined as a file."""

    def run(data: bytes, kind: Kind = Kind.MEDIUM, **values: str) -> Examined:
        path, folder = tmp_path / "file", tmp_path / "results"
        path.write_bytes(data)
        folder.mkdir()
        media_type = media_type_of(path)
        return examiner.examine(Task(kind, path, folder, **{"media_type": media_type, **values}))

    return run

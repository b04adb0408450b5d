"""A real Chromium behind the proxy of the tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from config.embedded.browser import chromium_arguments, chromium_executable
from config.embedded.errors import BinaryUnavailableError
from sources.archiving.browser import archive_in_browser
from sources.archiving.browser.browsers import KEEPER
from sources.archiving.collect import Progress
from sources.archiving.deadlines import Deadline
from sources.archiving.harvest import Harvest
from sources.archiving.policy import BrowserProgram, FetchPolicy
from tests.webserver import Server

Capture = Callable[..., Harvest]


@pytest.fixture(scope="session")
def program() -> BrowserProgram:
    """The Chromium of this machine."""
    try:
        return BrowserProgram(chromium_executable(), tuple(chromium_arguments()))
    except BinaryUnavailableError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session", autouse=True)
def _no_browser_stays() -> Iterator[None]:
    yield
    KEEPER.end()


@pytest.fixture
def policy(policy: FetchPolicy, program: BrowserProgram) -> FetchPolicy:
    """As for the plain client, with a browser."""
    return replace(policy, browser=program)


@pytest.fixture
def capture(server: Server, policy: FetchPolicy, tmp_path: Path) -> Capture:
    """Capture a path of ``server`` in the browser; keywords override policy fields."""
    times = iter(range(1000))

    def run(
        path: str = "/", *, seconds: float = 60, on_progress: Progress | None = None, **changed: object
    ) -> Harvest:
        workdir = tmp_path / f"work{next(times)}"
        workdir.mkdir()
        changes = replace(policy, **changed)  # type: ignore[arg-type]  # field values as the tests give them
        deadline = Deadline.after(seconds)
        return archive_in_browser(
            server.url(path), policy=changes, workdir=workdir, deadline=deadline, on_progress=on_progress
        )

    return run

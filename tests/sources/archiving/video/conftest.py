"""What the tests of the media method share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sources.archiving.deadlines import Deadline
from sources.archiving.harvest import Harvest
from sources.archiving.policy import FetchPolicy
from sources.archiving.video.method import archive_media
from tests.webserver import Server

Archive = Callable[..., Harvest]


@pytest.fixture
def archive(server: Server, policy: FetchPolicy, workdir: Path) -> Archive:
    """Archive the media at a path of ``server``."""

    def run(path: str = "/", *, seconds: float = 60.0, policy: FetchPolicy = policy) -> Harvest:
        return archive_media(
            server.url(path), policy=policy, workdir=workdir, deadline=Deadline.after(seconds)
        )

    return run

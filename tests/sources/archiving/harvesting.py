"""Archiving from a test's server."""

from __future__ import annotations

from pathlib import Path

from sources.archiving.deadlines import Deadline
from sources.archiving.harvest import Harvest, HarvestedFile, Role
from sources.archiving.http_method import archive_page
from sources.archiving.policy import FetchPolicy
from tests.webserver import Server


def archive(server: Server, policy: FetchPolicy, workdir: Path, path: str = "/") -> Harvest:
    """Archive one path of ``server``."""
    return archive_page(server.url(path), policy=policy, workdir=workdir, deadline=Deadline.after(60))


def files(harvest: Harvest, role: Role) -> list[HarvestedFile]:
    """The harvested files in one role."""
    return [file for file in harvest.files if file.role is role]

"""What is kept is what was served, byte for byte, and each capture fetched all of it itself.

One of the archivers that we were measured against rewrote every video, another took most of a page from the cache
of its browser: over the pages of the same site, ours may do neither.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest

from benchmarks.floors import served
from benchmarks.site import paths_of
from sources.archiving.browser import archive_in_browser
from sources.archiving.deadlines import Deadline
from sources.archiving.harvest import Harvest, Role
from sources.archiving.http_method import archive_page
from sources.archiving.policy import FetchPolicy
from sources.archiving.video.method import archive_media
from tests.sources.archiving.harvesting import files
from tests.way_out import allowed

METHODS: dict[str, Callable[..., Harvest]] = {
    "http": archive_page,
    "browser": archive_in_browser,
    "media": archive_media,
}
MEDIA = (".jpg", ".mp4")


@dataclass(frozen=True)
class Site:
    """A running site, which counts what it is asked for."""

    address: str
    pages: int

    def asked(self) -> Counter[str]:
        """How often each path was requested so far."""
        return Counter(json.loads(self._body("/asked")))

    def digest(self, path: str) -> str:
        """SHA-256 of what is served at ``path``."""
        return hashlib.sha256(self._body(path)).hexdigest()

    def _body(self, path: str) -> bytes:
        with urlopen(self.address + path, timeout=10) as answer:
            body: bytes = answer.read()
        return body


@pytest.fixture(
    scope="module", params=[2, pytest.param(50, marks=[pytest.mark.long, pytest.mark.timeout(1800)])]
)
def site(request: pytest.FixtureRequest) -> Iterator[Site]:
    with served(request.param, sys.executable) as address:
        parts = urlsplit(address)
        with allowed(parts.hostname or "", parts.port or 0):
            yield Site(address, request.param)


def paths_by(method: str, number: int) -> list[str]:
    """What of a page the method is there to preserve."""
    return [path for path in paths_of(number) if method != "media" or path.endswith((".mp4", "/"))]


@pytest.mark.parametrize("method", METHODS)
def test_what_is_kept_is_what_was_served_to_this_capture(
    method: str, site: Site, policy: FetchPolicy, tmp_path: Path
) -> None:
    for turn in ("first", "second"):  # in the second nothing may come from the first
        for number in range(site.pages):
            workdir = tmp_path / f"{turn}-{number}"
            workdir.mkdir()
            before = site.asked()
            harvest = METHODS[method](
                f"{site.address}/{number}/", policy=policy, workdir=workdir, deadline=Deadline.after(60)
            )
            fetched = site.asked() - before
            paths = paths_by(method, number)
            kept = {file.url: file.sha256 for file in files(harvest, Role.MEDIUM)}
            assert kept == {site.address + path: site.digest(path) for path in paths if path.endswith(MEDIA)}
            assert all(
                hashlib.sha256(file.path.read_bytes()).hexdigest() == file.sha256
                for file in files(harvest, Role.MEDIUM)
            )
            assert set(paths) <= set(fetched)

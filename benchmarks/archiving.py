"""How fast pages are archived with full custody, against other archivers and against what the machine gives.

Everything runs on loopback, on the same pages, in the same run, one after the other. A peer that is not installed
is skipped, and the table says so.
"""

from __future__ import annotations

import argparse
import socket
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.floors import bare_browsing, bare_fetching, served
from benchmarks.ours import Archiver, running_archiver
from benchmarks.peers import (
    Outcome,
    PeerMissingError,
    archivebox,
    archivebox_with_chrome,
    auto_archiver,
    auto_archiver_with_browser,
)

WARMING = 4
BROWSER_PEER_PAGES = 4  # they take ten seconds and more for each
PROCESSES = 2


@dataclass(frozen=True)
class Row:
    """One line of the table: who, on what, how fast, and how our rate compares with what was asked for."""

    name: str
    outcome: Outcome | None
    note: str = ""
    ours: Outcome | None = None
    wanted: float | None = None

    def line(self) -> str:
        """The row as text."""
        if self.outcome is None:
            return f"{self.name:<44} {'skipped':>10}   {self.note}"
        bound = "< " if self.outcome.was_ended else ""
        rate = f"{self.name:<44} {f'{bound}{self.outcome.rate:.2f}':>10}"
        if self.ours is None or self.wanted is None:
            return f"{rate}   {self.note}"
        ratio = self.ours.rate / self.outcome.rate
        word = "yes" if ratio >= self.wanted else "NO"
        return f"{rate}   ours is {ratio:6.2f} × (wanted {self.wanted:g} ×: {word}) {self.note}"


def main() -> int:
    """Run what is asked for and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=50, help="pages of the site (default 50)")
    parser.add_argument("--processes", type=int, default=PROCESSES, help="of our worker (default 2)")
    parser.add_argument(
        "--earlier", type=int, default=10_000, help="captures in the database (default 10000)"
    )
    parser.add_argument("--only", choices=["http", "browser"], help="one method alone")
    arguments = parser.parse_args()
    with (
        served(arguments.pages + WARMING, sys.executable) as address,
        running_archiver(address, processes=arguments.processes) as archiver,
    ):
        rows = []
        if arguments.only != "browser":
            rows += _http(address, archiver, arguments)
        if arguments.only != "http":
            rows += _browser(address, archiver, arguments)
    print(f"\n{'archiving':<44} {'pages/s':>10}")  # noqa: T201  # the table is what the command is for
    for row in rows:
        print(row.line())  # noqa: T201  # as above
    return 0


def _http(address: str, archiver: Archiver, arguments: argparse.Namespace) -> list[Row]:
    pages = range(arguments.pages)
    floor = _in_folder(lambda folder: bare_fetching(address, pages, folder))
    archiver.archive(range(arguments.pages, arguments.pages + WARMING), "http")
    archiver.fill_with(100)
    ours = archiver.archive(pages, "http")
    archiver.fill_with(arguments.earlier - 100, first=100)
    again = archiver.archive(pages, "http")
    memory = max(archiver.resident_bytes()) / 1e6
    named = [f"{_by_name(address)}/{number}/" for number in pages]
    return [
        Row("ours, http, full custody", ours, f"largest process {memory:.0f} MB"),
        Row(f"ours, after {arguments.earlier} captures", again, f"{again.rate / ours.rate:.2f} × the first"),
        Row("bare loop: fetch, hash, write, 8 threads", floor, "", ours, 0.3),
        _peer("auto-archiver, generic extractor", lambda folder: auto_archiver(named, folder), ours, 10),
        _peer("ArchiveBox without Chrome", lambda folder: archivebox(named, folder), ours, 40),
    ]


def _browser(address: str, archiver: Archiver, arguments: argparse.Namespace) -> list[Row]:
    pages = range(arguments.pages)
    floor = _in_folder(lambda folder: bare_browsing(address, pages, folder))
    archiver.archive(range(arguments.pages, arguments.pages + WARMING), "browser")
    ours = archiver.archive(pages, "browser")
    memory = max(archiver.resident_bytes()) / 1e6
    named = [f"{_by_name(address)}/{number}/" for number in pages[:BROWSER_PEER_PAGES]]
    note = f"on {len(named)} pages"
    return [
        Row("ours, browser: WARC, picture, PDF, text", ours, f"largest process {memory:.0f} MB"),
        Row("bare loop: full-page screenshots", floor, "", ours, 0.5),
        _peer(
            "auto-archiver, browser enricher",
            lambda folder: auto_archiver_with_browser(named, folder),
            ours,
            10,
            note,
        ),
        _peer("ArchiveBox with Chrome", lambda folder: archivebox_with_chrome(named, folder), ours, 10, note),
    ]


def _peer(name: str, run: Callable[[Path], Outcome], ours: Outcome, wanted: float, note: str = "") -> Row:
    try:
        return Row(name, _in_folder(run), note, ours, wanted)
    except PeerMissingError as error:
        return Row(name, None, str(error))


def _in_folder(run: Callable[[Path], Outcome]) -> Outcome:
    with tempfile.TemporaryDirectory(prefix="sightline-bench-") as name:
        return run(Path(name))


def _by_name(address: str) -> str:
    """The address with a name in it: one of the peers refuses loopback addresses, and not names of the same."""
    return address.replace("127.0.0.1", socket.gethostname())


if __name__ == "__main__":
    sys.exit(main())

"""What the machine gives without custody: the floors that archiving is measured against in the same run."""

from __future__ import annotations

import hashlib
import http.client
import subprocess
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import sync_playwright

from benchmarks.peers import Outcome
from benchmarks.site import paths_of
from config.embedded.browser import chromium_arguments, chromium_executable

THREADS = 8


@contextmanager
def served(pages: int, *python: str) -> Iterator[str]:
    """The address of a running site in a process of its own. `python` is the command of the interpreter."""
    command = [*python, "-m", "benchmarks.site", "--pages", str(pages)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603  # our own module
        try:
            yield next(process.stdout or iter(())).strip()
        finally:
            process.terminate()


def bare_fetching(address: str, pages: Sequence[int], folder: Path) -> Outcome:
    """Fetch, hash and write every file of every page on eight threads, with kept connections; nothing else."""
    started = time.monotonic()
    with ThreadPoolExecutor(THREADS) as pool:
        kept = sum(pool.map(lambda number: _fetch_page(address, number, folder), pages))
    return Outcome(time.monotonic() - started, len(pages), kept)


def _fetch_page(address: str, number: int, folder: Path) -> int:
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port)
    kept = 0
    for path in paths_of(number):
        connection.request("GET", path)
        body = connection.getresponse().read()
        (folder / hashlib.sha256(body).hexdigest()).write_bytes(body)
        kept += len(body)
    connection.close()
    return kept


def bare_browsing(address: str, pages: Sequence[int], folder: Path) -> Outcome:
    """One persistent headless browser that opens each page and takes a full-page screenshot; nothing else."""
    executable, arguments = str(chromium_executable()), chromium_arguments()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=arguments)
        page = browser.new_page()
        page.goto("about:blank")
        started = time.monotonic()
        kept = 0
        for number in pages:
            page.goto(f"{address}/{number}/", wait_until="load")
            picture = page.screenshot(full_page=True)
            (folder / f"{number}.png").write_bytes(picture)
            kept += len(picture)
        seconds = time.monotonic() - started
        browser.close()
    return Outcome(seconds, len(pages), kept)

"""Our own archiver as it runs in an instance: real services, the way out, real workers, every row and file.

PostgreSQL runs with its usual durability, files are synced to the disk, and every byte passes the proxy.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import django
import psutil  # type: ignore[import-untyped]  # has no types of its own

from benchmarks.peers import Outcome
from config.embedded.browser import chromium_executable
from config.embedded.postgres import start_postgres, stop_postgres
from config.embedded.redis import free_port
from config.instance import worker_command
from config.supervision.programs import Child, Program, fresh_log
from config.supervision.throwaway import redis
from config.supervision.warden import Warden
from sources.archiving.policy import Egress

if TYPE_CHECKING:
    from sources.models import Capture

ROOT = Path(__file__).resolve().parent.parent
LONGEST_SECONDS = 900
GLANCE_SECONDS = 0.1
ROWS_AT_ONCE = 1000


@contextmanager
def running_archiver(address: str, *, processes: int) -> Iterator[Archiver]:
    """An instance for the bench alone, below a temporary folder, allowed to fetch from `address`."""
    with (
        tempfile.TemporaryDirectory(prefix="sightline-bench-", dir=ROOT / "var") as name,
        ExitStack() as stack,
    ):
        folder = Path(name)
        warden = Warden(keep_open=[])
        stack.callback(warden.dismiss)
        environment = _services(folder, warden, address, stack)
        os.environ.update(environment)
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
        django.setup()
        _migrate()

        def keep(label: str, *arguments: str) -> Child:
            log = fresh_log(folder, label)
            child = Child(Program(label, [sys.executable, *arguments], dict(os.environ), log), warden)
            stack.callback(child.stop)
            return child

        keep("egress", "-m", "sources.archiving.egress")
        worker = keep("archiver", *worker_command("archiver", queue="captures", processes=processes))
        yield Archiver(address, worker)


class Archiver:
    """A running archiver with a case to archive for."""

    def __init__(self, address: str, worker: Child) -> None:
        from tests import cast  # only once Django is set up

        self._address = address
        self._worker = worker
        self._team = cast.team()

    def archive(self, pages: Sequence[int], method: str) -> Outcome:
        """Ask for the pages and wait for all of them. Raises AssertionError when one did not succeed."""
        from sources.services.captures import request_capture
        from tests import cast

        publications = [cast.publication(self._team, f"{self._address}/{number}/") for number in pages]
        started = time.monotonic()
        captures = [
            request_capture(publication, actor=self._team.researcher, method=method)
            for publication in publications
        ]
        self._wait(captures)
        return Outcome(time.monotonic() - started, len(pages), self._kept(captures))

    def fill_with(self, count: int, *, first: int = 0) -> None:
        """Put so many ended captures of earlier days into the database, numbered from `first`, nine files each."""
        from sources.models import Capture, CaptureFile, Publication, StoredFile

        case, person = self._team.case, self._team.researcher
        for start in range(first, first + count, ROWS_AT_ONCE):
            numbers = range(start, min(start + ROWS_AT_ONCE, first + count))
            urls = [f"https://earlier.example/{number}" for number in numbers]
            publications = Publication.objects.bulk_create(
                Publication(investigation=case, url=url, canonical_url=url) for url in urls
            )
            captures = Capture.objects.bulk_create(
                Capture(
                    investigation=case,
                    publication=publication,
                    requested_by=person,
                    url=publication.url,
                    host="earlier.example",
                    state="succeeded",
                    verdict="complete",
                )
                for publication in publications
            )
            files = StoredFile.objects.bulk_create(
                StoredFile(sha256=f"{number:060x}{index:04x}", size=100_000, media_type="image/jpeg")
                for number in numbers
                for index in range(9)
            )
            CaptureFile.objects.bulk_create(
                CaptureFile(capture=captures[index // 9], file=file, role="medium")
                for index, file in enumerate(files)
            )

    def resident_bytes(self) -> list[int]:
        """Memory of each of the worker's processes, browsers left out."""
        processes = [psutil.Process(self._worker.pid)]
        processes += processes[0].children(recursive=True)
        return [process.memory_info().rss for process in processes if "chrom" not in process.name().lower()]

    def _wait(self, captures: Sequence[Capture]) -> None:
        from osint.models import ENDED
        from sources.models import Capture as Row

        rows = Row.objects.filter(pk__in=[capture.pk for capture in captures])
        deadline = time.monotonic() + LONGEST_SECONDS
        while rows.exclude(state__in=ENDED).exists():
            if time.monotonic() > deadline:
                raise SystemExit("the captures did not end")
            time.sleep(GLANCE_SECONDS)
        lost = list(rows.exclude(state="succeeded").values_list("url", "error_code", "error_detail"))
        if lost:
            raise SystemExit(f"expected every capture to succeed, got {lost[:3]}")

    def _kept(self, captures: Sequence[Capture]) -> int:
        from sources.models import CaptureFile

        return sum(CaptureFile.objects.filter(capture__in=captures).values_list("file__size", flat=True))


def _services(folder: Path, warden: Warden, address: str, stack: ExitStack) -> dict[str, str]:
    data = folder / "postgres"
    warden.adopt_postgres(data)
    stack.callback(stop_postgres, data)
    database = start_postgres(data).url
    broker = stack.enter_context(redis(folder, ROOT / "var", warden))
    parts = urlsplit(address)
    return {
        "DATABASE_URL": database,
        "REDIS_URL": broker,
        "EGRESS_PROXY": Egress("127.0.0.1", free_port(), password="a password for the bench alone").url,  # noqa: S106  # of a proxy that lives for minutes
        "ALLOWED_LOOPBACK": f"{parts.hostname}:{parts.port}",
        "SIGHTLINE_VAR": str(folder),
        "SIGHTLINE_LOCAL": "1",
        "SECRET_KEY": "a key for the bench alone",
        **_browser(),
    }


def _browser() -> Mapping[str, str]:
    return {"CHROMIUM": str(chromium_executable())}


def _migrate() -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)

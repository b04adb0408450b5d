"""The whole product for a browser: a database of its own with the demonstration case, web server, worker, site.

Everything but the stand-in site runs in processes of its own; the test only looks through the browser and REST.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import psycopg
from psycopg.sql import SQL, Identifier

from config.embedded.redis import free_port
from config.instance import replay_command, web_command
from config.supervision.reachable import answers_ok
from seeds.standins.build import build
from seeds.standins.server import StandinServer
from tests.processes import ROOT, Celery, wait_until
from tests.way_out import allowed

CASE = "moscow-air-defence"
DATABASE = "sightline_in_the_browser"
ENDED = frozenset({"succeeded", "failed", "quarantined"})
ANSWER_SECONDS = 10
CAPTURE_PATIENCE = 180.0  # behind those of the demonstration case
# Under a name of its own: the machine's has no place in screenshots.
WORKER = (
    *("worker", "--hostname=worker@demo", "--queues=celery,captures,examinations", "--concurrency=2"),
    *("--loglevel=WARNING", "--without-mingle"),
)


@dataclass(frozen=True)
class Stage:
    """A running product: its address, the stand-in site's and its folder, and how to log in."""

    url: str
    site: str
    site_folder: Path
    token: str
    users: Mapping[str, Mapping[str, str]]

    def ask(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """The answer of the API to the researcher: a GET, or a POST where there is a body."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        request = Request(f"{self.url}/api/v1/{path}", data=data, headers=headers)
        with urlopen(request, timeout=ANSWER_SECONDS) as answer:
            return json.load(answer)

    def rows(self, path: str) -> list[dict[str, Any]]:
        """The first rows of a list of the demonstration case."""
        found: list[dict[str, Any]] = self.ask(f"investigations/{CASE}/{path}/")["results"]
        return found

    def one(self, path: str, **values: str) -> dict[str, Any]:
        """The newest row of that list with these values."""
        return next(row for row in self.rows(path) if all(row[key] == values[key] for key in values))

    def wait_for_captures(self) -> None:
        """Wait until the worker has tried every publication of the case, and examined what it kept."""
        wait_until(lambda: all(row["settled"] for row in self.rows("captures")), "all captures are examined")

    def archive(self, address: str) -> str:
        """Have an address of the site preserved by the HTTP client; returns the id of the capture."""
        case = f"investigations/{CASE}"
        asked = self.ask(f"{case}/captures/", {"url": address, "method": "http"})
        capture: str = asked["captures"][0]["id"]
        path = f"{case}/captures/{capture}/"
        wait_until(lambda: self.ask(path)["state"] in ENDED, "the capture has ended", CAPTURE_PATIENCE)
        return capture

    def page(self, path: str = "") -> str:
        """The address of a page of the demonstration case."""
        return f"{self.url}/cases/{CASE}/{path}"


@contextmanager
def running_stage(folder: Path) -> Iterator[Stage]:
    """Set up everything below `folder`, and take it down again."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with ExitStack() as stack:
        site = stack.enter_context(standin_site(folder.with_name("standins")))
        database = stack.enter_context(fresh_database())
        environment = environment_of(folder, database, site)
        for command in ("migrate", "load_seed"):
            manage(environment, folder / f"{command}.log", command)
        stack.enter_context(Celery(environment, folder / "worker.log", *WORKER))
        port = stack.enter_context(web_server(environment, folder / "web.log"))
        stack.enter_context(replay_server(environment, folder / "replay.log"))
        wait_until(lambda: answers_ok(port, "/health/ready"), "/health/ready says yes")
        log_ins = json.loads((folder / "demo.json").read_text(encoding="utf-8"))
        yield Stage(
            f"http://127.0.0.1:{port}", site, folder.with_name("standins"), log_ins["token"], log_ins["users"]
        )


@contextmanager
def standin_site(folder: Path) -> Iterator[str]:
    """Yield the address of the site that the demonstration case is archived from."""
    build(folder)
    with StandinServer(folder) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            with allowed("127.0.0.1", server.server_address[1]):
                yield server.url.rstrip("/")
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def fresh_database() -> Iterator[str]:
    """Yield the URL of an empty database beside the one of the other tests."""
    beside = os.environ["DATABASE_URL"]
    drop = SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(DATABASE))
    with psycopg.connect(beside, autocommit=True) as connection:
        connection.execute(drop)
        connection.execute(SQL("CREATE DATABASE {}").format(Identifier(DATABASE)))
        try:
            yield urlsplit(beside)._replace(path=f"/{DATABASE}").geturl()
        finally:
            connection.execute(drop)


def environment_of(folder: Path, database: str, site: str) -> dict[str, str]:
    """What the processes of the stage are told; their bells ring in a Redis database of their own."""
    return {
        **os.environ,
        "DATABASE_URL": database,
        "REDIS_URL": urlsplit(os.environ["REDIS_URL"])._replace(path="/1").geturl(),
        "SIGHTLINE_VAR": str(folder),
        "SIGHTLINE_STORAGE": str(folder / "archive"),
        "SIGHTLINE_WORK": str(folder / "work"),
        "SIGHTLINE_STANDINS": site,
        "REPLAY_ORIGIN": f"http://{{capture}}.localhost:{free_port()}",
    }


def manage(environment: Mapping[str, str], log: Path, *arguments: str) -> None:
    """Run a command of manage.py. Raises CalledProcessError."""
    with log.open("wb") as sink:
        command = [sys.executable, "manage.py", *arguments]
        subprocess.run(command, cwd=ROOT, env=environment, stdout=sink, stderr=sink, check=True)


@contextmanager
def web_server(environment: Mapping[str, str], log: Path) -> Iterator[int]:
    """Yield the port of a web server, which may not answer yet."""
    port = free_port()
    with process(environment, log, *web_command(port)):
        yield port


@contextmanager
def replay_server(environment: Mapping[str, str], log: Path) -> Iterator[None]:
    """Serve the replay origin of the environment."""
    port = urlsplit(environment["REPLAY_ORIGIN"]).port
    assert port is not None
    with process(environment, log, *replay_command(port)):
        yield


@contextmanager
def process(environment: Mapping[str, str], log: Path, *arguments: str) -> Iterator[None]:
    """Run Python with these arguments until the end of the block."""
    with log.open("wb") as sink:
        command = [sys.executable, *arguments]
        with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=sink, stderr=sink) as running:
            try:
                yield
            finally:
                running.terminate()

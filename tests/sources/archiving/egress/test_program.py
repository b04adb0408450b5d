"""The proxy as a program of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from config.embedded.redis import free_port
from sources.archiving.deadlines import Deadline
from sources.archiving.egress.client import open_tunnel, take_connections
from sources.archiving.errors import AddressRefusedError
from sources.archiving.fetch import fetch
from sources.archiving.policy import Egress, FetchPolicy
from tests.processes import ROOT, wait_until
from tests.webserver import Server

PROGRAM = (sys.executable, "-m", "sources.archiving.egress")


def environment(**values: str) -> dict[str, str]:
    others = {
        name: value for name, value in os.environ.items() if name not in ("EGRESS_PROXY", "ALLOWED_LOOPBACK")
    }
    return {**others, **values}


@contextmanager
def killable(log: Path, *ports: int, **values: str) -> Iterator[tuple[Egress, subprocess.Popen[bytes]]]:
    """The program on a free port, once it answers; with exceptions for these ports of loopback."""
    egress = Egress("127.0.0.1", free_port(), "capture", "s3cret/@:")
    given = environment(EGRESS_PROXY=replace(egress, user="").url, **values)
    exceptions = [argument for port in ports for argument in ("--allow-loopback", f"127.0.0.1:{port}")]
    with (
        log.open("w") as out,
        subprocess.Popen([*PROGRAM, *exceptions], cwd=ROOT, env=given, stdout=out) as program,
    ):
        try:
            wait_until(lambda: take_connections(egress) is not None, "the program answers")
            yield egress, program
        finally:
            program.send_signal(signal.SIGTERM)


@contextmanager
def running(log: Path, *ports: int, **values: str) -> Iterator[Egress]:
    """The same, which ends by SIGTERM with status 0."""
    with killable(log, *ports, **values) as (egress, program):
        yield egress
    assert program.returncode == 0


def reached(egress: Egress, port: int) -> str:
    tunnel = open_tunnel(egress, "127.0.0.1", port, deadline=Deadline.after(10), seconds=10)
    tunnel.connection.close()
    return tunnel.remote_address


def test_it_refuses_loopback_by_default_and_logs_it(server: Server, tmp_path: Path) -> None:
    with running(tmp_path / "log") as egress, pytest.raises(AddressRefusedError):
        reached(egress, server.port)
    (line,) = (tmp_path / "log").read_text().splitlines()
    assert json.loads(line)["code"] == "address_refused"


def test_exceptions_come_from_the_command_line(server: Server, tmp_path: Path) -> None:
    with running(tmp_path / "log", server.port) as egress:
        assert reached(egress, server.port) == "127.0.0.1"


def test_exceptions_come_from_the_environment(server: Server, tmp_path: Path) -> None:
    listed = f"127.0.0.1:1, 127.0.0.1:{server.port}"
    with running(tmp_path / "log", ALLOWED_LOOPBACK=listed) as egress:
        assert reached(egress, server.port) == "127.0.0.1"


def test_a_body_cut_by_the_death_of_the_proxy_is_not_whole(server: Server, tmp_path: Path) -> None:
    """Sent without a length it ends with its connection, and a killed program's connections end in order."""

    def half(to: socket.socket) -> None:
        to.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + bytes(1_000_000))
        server.stopping.wait()

    server.routes["/"] = half
    with killable(tmp_path / "log", server.port) as (egress, program), ThreadPoolExecutor(1) as pool:
        policy = FetchPolicy(egress=egress)
        fetching = pool.submit(
            fetch, server.url(), policy=policy, deadline=Deadline.after(30), directory=tmp_path
        )
        wait_until(
            lambda: any(path.stat().st_size for path in tmp_path.glob("*.body")), "the half has arrived"
        )
        program.kill()
        exchange = fetching.result()
    assert exchange.truncated == "disconnect"


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"EGRESS_PROXY": "http://127.0.0.1:3128"},
        {"EGRESS_PROXY": "nonsense"},
        {"EGRESS_PROXY": "http://:hunter2@127.0.0.1:3128", "ALLOWED_LOOPBACK": "localhost"},
    ],
)
def test_without_what_it_needs_it_does_not_start(values: dict[str, str]) -> None:
    done = subprocess.run(
        PROGRAM, cwd=ROOT, env=environment(**values), capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 2
    assert "expected" in done.stderr
    assert "hunter2" not in done.stderr
    assert "Traceback" not in done.stderr

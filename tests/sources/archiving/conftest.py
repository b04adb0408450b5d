"""A loopback web server that can misbehave, and the policy that lets it be fetched."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sources.archiving.deadlines import ByteBudget, Deadline
from sources.archiving.exchange import Exchange
from sources.archiving.fetch import fetch
from sources.archiving.policy import FetchPolicy
from tests.way_out import way_out
from tests.webserver import Server

PEM = Path(__file__).parent / "tls" / "loopback.pem"

Get = Callable[..., Exchange]


@pytest.fixture
def server() -> Iterator[Server]:
    """A plain HTTP server."""
    running = Server()
    yield running
    running.close()


@pytest.fixture
def tls_server() -> Iterator[Server]:
    """An HTTPS server whose certificate only its own authority vouches for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(PEM)
    running = Server(context)
    yield running
    running.close()


@pytest.fixture
def policy(server: Server) -> FetchPolicy:
    """Goes out through the proxy of the tests, which lets ``server`` be fetched, and nothing else on loopback."""
    return FetchPolicy(egress=way_out().egress(), idle_seconds=5.0)


@pytest.fixture
def deadline() -> Deadline:
    """Far enough away not to matter."""
    return Deadline.after(60)


@pytest.fixture
def get(server: Server, policy: FetchPolicy, deadline: Deadline, tmp_path: Path) -> Get:
    """Fetch a path from ``server``; keywords override policy fields."""

    def run(
        path: str = "/", *, deadline: Deadline = deadline, budget: ByteBudget | None = None, **changed: object
    ) -> Exchange:
        changes = replace(policy, **changed)  # type: ignore[arg-type]  # field values as the tests give them
        return fetch(server.url(path), policy=changes, deadline=deadline, directory=tmp_path, budget=budget)

    return run


@pytest.fixture
def workdir(tmp_path: Path) -> Path:
    """An empty directory."""
    path = tmp_path / "work"
    path.mkdir()
    return path

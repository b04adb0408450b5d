"""One egress proxy for a run of the tests, in a thread, which is told what of loopback may be reached."""

from __future__ import annotations

import asyncio
import io
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pytest
import uvloop

from sources.archiving.addresses import Rules
from sources.archiving.egress.journal import Journal
from sources.archiving.egress.proxy import Limits, Proxy
from sources.archiving.policy import Egress

PASSWORD = "a password for tests alone"


@dataclass
class WayOut:
    """A running proxy. ``allowed`` is read anew for each connection; ``log`` is what it writes."""

    rules: Rules
    allowed: set[tuple[str, int]]
    limits: Limits = field(default_factory=Limits)
    log: io.StringIO = field(default_factory=io.StringIO)
    port: int = 0

    def egress(self, user: str = "a-capture") -> Egress:
        """The proxy as fetchers are told of it."""
        return Egress("127.0.0.1", self.port, user, PASSWORD)

    @property
    def url(self) -> str:
        """The proxy as a setting."""
        return self.egress("").url

    def start(self) -> None:
        """Serve in a thread; returns once it listens."""
        self._loop = uvloop.new_event_loop()
        self._stop = asyncio.Event()
        listening = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(listening,), name="way-out", daemon=True)
        self._thread.start()
        assert listening.wait(10)

    def close(self) -> None:
        """Break off everything, and wait for the thread."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def _run(self, listening: threading.Event) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve(listening))

    async def _serve(self, listening: threading.Event) -> None:
        proxy = Proxy(PASSWORD, self.rules, Journal(self.log), self.limits)
        async with await proxy.start("127.0.0.1", 0) as server:
            self.port = server.sockets[0].getsockname()[1]
            listening.set()
            await self._stop.wait()
            await proxy.stop()


@contextmanager
def running_way_out(limits: Limits | None = None, rules: Rules | None = None) -> Iterator[WayOut]:
    """A proxy of a test's own."""
    allowed: set[tuple[str, int]] = set()
    found = WayOut(rules or Rules(allowed_loopback=allowed), allowed, limits or Limits())
    found.start()
    try:
        yield found
    finally:
        found.close()


@cache
def way_out() -> WayOut:
    """The proxy of this run; it ends with the process."""
    allowed: set[tuple[str, int]] = set()
    found = WayOut(Rules(allowed_loopback=allowed), allowed)
    found.start()
    return found


@contextmanager
def allowed(host: str, port: int) -> Iterator[None]:
    """Let this pair be fetched meanwhile."""
    way_out().allowed.add((host, port))
    try:
        yield
    finally:
        way_out().allowed.discard((host, port))


@contextmanager
def name_resolves(name: str, *answers: list[str]) -> Iterator[None]:
    """Each look-up of ``name`` gives the next of ``answers``; all other names are looked up as ever."""
    remaining = iter(answers)
    original = socket.getaddrinfo

    def look_up(host: Any, port: Any, *args: Any, **options: Any) -> Any:
        if host != name or options.get("flags"):
            return original(host, port, *args, **options)
        families = {
            address: socket.AF_INET6 if ":" in address else socket.AF_INET for address in next(remaining)
        }
        return [(family, 1, 6, "", (address, port)) for address, family in families.items()]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", look_up)
        yield

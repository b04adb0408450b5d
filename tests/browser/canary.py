"""Somebody on the live web, who hears when an archived page tries to reach out."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

GLANCE = 0.1


class Canary:
    """Hears connections and datagrams on loopback."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self._stop = threading.Event()
        self._streams = socket.create_server(("127.0.0.1", 0))
        self._datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._datagrams.bind(("127.0.0.1", 0))
        for listener in (self._streams, self._datagrams):
            listener.settimeout(GLANCE)
        listening: tuple[Callable[[], None], ...] = (self._accept, self._receive)
        self._threads = [threading.Thread(target=self._listen, args=(hear,)) for hear in listening]
        for thread in self._threads:
            thread.start()

    @property
    def url(self) -> str:
        """Where it listens for connections."""
        return f"http://127.0.0.1:{self._streams.getsockname()[1]}"

    @property
    def datagrams(self) -> str:
        """Where it listens for datagrams, as host:port."""
        return f"127.0.0.1:{self._datagrams.getsockname()[1]}"

    def close(self) -> None:
        """Stop listening."""
        self._stop.set()
        for thread in self._threads:
            thread.join()
        self._streams.close()
        self._datagrams.close()

    def _listen(self, hear: Callable[[], None]) -> None:
        while not self._stop.is_set():
            try:
                hear()
            except TimeoutError:
                continue

    def _accept(self) -> None:
        connection, _ = self._streams.accept()
        with connection:
            connection.settimeout(GLANCE)
            self.heard.append("connection")
            connection.recv(1024)

    def _receive(self) -> None:
        self._datagrams.recv(1024)
        self.heard.append("datagram")


@contextmanager
def listening() -> Iterator[Canary]:
    """Yield a canary, and close it."""
    canary = Canary()
    try:
        yield canary
    finally:
        canary.close()

"""A conversation with the proxy, word by word."""

from __future__ import annotations

import socket
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from tests.way_out import PASSWORD, WayOut, running_way_out

Speak = Callable[..., socket.socket]


@pytest.fixture
def door() -> Iterator[WayOut]:
    """A proxy of the test's own."""
    with running_way_out() as found:
        yield found


def credentials(user: str = "capture", password: str = PASSWORD) -> str:
    """The header line that names a user."""
    return f"Proxy-Authorization: Basic {b64encode(f'{user}:{password}'.encode()).decode()}"


def speak(door: WayOut, line: str, *fields: str, body: bytes = b"") -> socket.socket:
    """A connection on which a request has been made."""
    connection = socket.create_connection(("127.0.0.1", door.port), timeout=10)
    connection.sendall("\r\n".join([f"{line} HTTP/1.1", *fields, "", ""]).encode() + body)
    return connection


def answer(connection: socket.socket) -> bytes:
    """All that is said until the connection ends."""
    with closing(connection):
        said = b""
        while data := connection.recv(65536):
            said += data
        return said

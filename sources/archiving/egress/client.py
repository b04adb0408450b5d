"""The fetcher's side of the door: a tunnel to an origin, and the list of what was connected to."""

from __future__ import annotations

import json
import socket
from base64 import b64encode
from dataclasses import dataclass, replace
from typing import Any

from ..deadlines import Deadline
from ..errors import ArchivingError, ConnectError, DeadlineError, EgressError
from ..policy import Egress
from ..wire import Head, Wire, read_body, read_head
from .answers import ADDRESS_HEADER, CODE_HEADER, JOURNAL_PATH, OWN_HOST, journal_password, understood

HEAD_BYTES = 64 * 1024
REFUSAL_BYTES = 64 * 1024
LIST_BYTES = 8 * 1024 * 1024
LIST_SECONDS = 5.0


@dataclass(frozen=True)
class Tunnel:
    """A connection to an origin through the proxy.

    ``remote_address`` is the origin's, empty if the proxy does not say; ``early`` is what the origin sent unasked.
    """

    connection: socket.socket
    remote_address: str
    early: bytes


def open_tunnel(egress: Egress | None, host: str, port: int, *, deadline: Deadline, seconds: float) -> Tunnel:
    """A tunnel to ``port`` of ``host`` within ``seconds``.

    Raises AddressRefusedError, UnsupportedUrlError, DnsError, ConnectError and DeadlineError as the proxy reports
    them, EgressError when there is no proxy or it would not serve us.
    """
    if egress is None:
        raise EgressError("expected a way out (EGRESS_PROXY), got none")
    authority = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    connection = _reach(egress, deadline, seconds)
    try:
        wire = _ask(connection, egress, f"CONNECT {authority}", authority, deadline, seconds)
        head = _agreed(wire)
    except BaseException:
        connection.close()
        raise
    return Tunnel(connection, _header(head, ADDRESS_HEADER) or "", wire.unread)


def _agreed(wire: Wire) -> Head:
    head = read_head(wire, HEAD_BYTES)
    if 200 <= head.status < 300:
        return head
    raise understood(head.status, _header(head, CODE_HEADER), _body(wire, head, REFUSAL_BYTES))


def take_connections(egress: Egress) -> list[dict[str, Any]] | None:
    """What the proxy has connected to for the user of ``egress`` since it was last asked.

    None if it keeps no such list, as other proxies do not, or cannot be reached.
    """
    deadline = Deadline.after(LIST_SECONDS)
    egress = replace(egress, password=journal_password(egress.password))
    try:
        with _reach(egress, deadline, LIST_SECONDS) as connection:
            target = f"GET http://{OWN_HOST}{JOURNAL_PATH}"
            wire = _ask(connection, egress, target, OWN_HOST, deadline, LIST_SECONDS)
            head = read_head(wire, HEAD_BYTES)
            found = json.loads(_body(wire, head, LIST_BYTES)) if head.status == 200 else None
    except (ArchivingError, ValueError):
        return None
    return found if isinstance(found, list) else None


def _reach(egress: Egress, deadline: Deadline, seconds: float) -> socket.socket:
    try:
        return socket.create_connection((egress.host, egress.port), timeout=deadline.remaining(seconds))
    except TimeoutError as error:
        raise DeadlineError("expected the way out to answer, got nothing") from error
    except OSError as error:
        raise EgressError(f"expected the way out to accept a connection, got: {error}") from error


def _ask(
    connection: socket.socket, egress: Egress, what: str, authority: str, deadline: Deadline, seconds: float
) -> Wire:
    token = b64encode(f"{egress.user}:{egress.password}".encode()).decode()
    head = f"{what} HTTP/1.1\r\nHost: {authority}\r\nProxy-Authorization: Basic {token}\r\n\r\n"
    try:
        connection.settimeout(deadline.remaining(seconds))
        connection.sendall(head.encode("ascii"))
    except OSError as error:
        raise EgressError(f"expected the way out to take a request, got: {error}") from error
    return Wire(connection, deadline.sooner(seconds), seconds)


def _body(wire: Wire, head: Head, limit: int) -> bytes:
    body = b""
    for piece in read_body(wire, head):
        body += b"" if piece.is_framing else piece.data
        if len(body) > limit:
            raise ConnectError(f"expected the way out to say at most {limit} bytes, got more")
    return body


def _header(head: Head, wanted: str) -> str | None:
    return next((value for name, value in head.headers if name.lower() == wanted.lower()), None)

"""Connections to origins, each a tunnel through the one way out, kept open within one capture."""

from __future__ import annotations

import hashlib
import select
import socket
import ssl
import sys
import threading
from collections import defaultdict
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Self

import certifi

from .deadlines import Deadline
from .egress.client import Tunnel, open_tunnel
from .errors import ConnectError, DeadlineError, TlsError
from .exchange import TlsFacts
from .policy import FetchPolicy
from .urls import Target

Origin = tuple[str, str, int]


@dataclass(frozen=True)
class Connection:
    """A connected socket and what is known of the other end; ``early`` was sent by it before it was asked."""

    socket: socket.socket
    remote_address: str
    tls: TlsFacts | None = None
    early: bytes = b""

    def close(self) -> None:
        """Hang up."""
        self.socket.close()


class Connections:
    """The open connections of one capture, by origin; safe to use from several threads."""

    def __init__(self) -> None:
        self._kept: dict[Origin, list[Connection]] = defaultdict(list)
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def take(self, target: Target) -> Connection | None:
        """A connection to the origin of ``target`` that still seems to stand, or None."""
        while connection := self._pop(target):
            if not _has_news(connection):
                return connection
            connection.close()
        return None

    def keep(self, target: Target, connection: Connection) -> None:
        """Keep ``connection``, on which nothing is awaited, for the next request to the same origin."""
        with self._lock:
            self._kept[_origin(target)].append(replace(connection, early=b""))

    def close(self) -> None:
        """Hang up on all."""
        with self._lock:
            kept = [connection for found in self._kept.values() for connection in found]
            self._kept.clear()
        for connection in kept:
            connection.close()

    def _pop(self, target: Target) -> Connection | None:
        with self._lock:
            kept = self._kept[_origin(target)]
            return kept.pop() if kept else None


def _origin(target: Target) -> Origin:
    return target.scheme, target.host, target.port


def _has_news(connection: Connection) -> bool:
    """Unasked, an origin has nothing to say but that it hangs up."""
    poll = select.poll()
    poll.register(connection.socket, select.POLLIN)
    return bool(poll.poll(0))


def open_connection(target: Target, policy: FetchPolicy, deadline: Deadline) -> Connection:
    """A connection to the origin of ``target``, secured if it is https.

    Raises what ``open_tunnel`` raises, and TlsError.
    """
    tunnel = open_tunnel(
        policy.egress, target.host, target.port, deadline=deadline, seconds=policy.connect_seconds
    )
    if target.scheme == "http":
        return Connection(tunnel.connection, tunnel.remote_address, early=tunnel.early)
    with tunnel.connection:  # the secured socket takes it over, and leaves nothing to close
        secured = _secured(tunnel, target.host, policy, deadline)
    return Connection(secured, tunnel.remote_address, _tls_facts(secured))


def _secured(tunnel: Tunnel, host: str, policy: FetchPolicy, deadline: Deadline) -> ssl.SSLSocket:
    if tunnel.early:
        raise TlsError(f"expected {host} to wait for a TLS handshake, but it spoke first")
    plain = tunnel.connection
    plain.settimeout(deadline.remaining(policy.connect_seconds))
    try:
        # A stream that ends without TLS's own farewell may have been cut by anyone: it must not look whole.
        return _tls_context(policy.trust).wrap_socket(plain, server_hostname=host, suppress_ragged_eofs=False)
    except TimeoutError as error:
        raise DeadlineError(f"expected a TLS handshake in {policy.connect_seconds} s, got none") from error
    except ssl.SSLEOFError as error:
        raise ConnectError(f"expected a TLS handshake, but the connection was closed: {error}") from error
    except ssl.SSLError as error:
        raise TlsError(f"expected {host} to prove itself over TLS, got: {error}") from error
    except OSError as error:
        raise ConnectError(f"expected a TLS handshake, but the connection broke: {error}") from error


@lru_cache(maxsize=4)
def _tls_context(trust: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    if trust is not None:
        context.load_verify_locations(trust)
    return context


def _tls_facts(connection: ssl.SSLSocket) -> TlsFacts:
    cipher = connection.cipher()
    return TlsFacts(
        version=connection.version() or "",
        cipher=cipher[0] if cipher else "",
        chain_sha256=tuple(hashlib.sha256(certificate).hexdigest() for certificate in _chain(connection)),
    )


def _chain(connection: ssl.SSLSocket) -> list[bytes]:
    """The verified certificates as DER. Before Python 3.13 only the object beneath the socket knows them."""
    if sys.version_info >= (3, 13):
        return connection.get_verified_chain()
    ask = getattr(getattr(connection, "_sslobj", None), "get_verified_chain", None)
    if ask is None:
        own = connection.getpeercert(binary_form=True)
        return [own] if own else []
    found = ask()
    return [ssl.PEM_cert_to_DER_cert(certificate.public_bytes()) for certificate in found]

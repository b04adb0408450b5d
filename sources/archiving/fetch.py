"""One HTTP/1.1 GET through the guard, recorded byte for byte.

The connection goes to the address that was checked; the name is never resolved again. Proxies from the
environment are not used, and nothing is kept between two fetches: no cookies, no cache, no open connection.
"""

from __future__ import annotations

import hashlib
import socket
import ssl
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from urllib.parse import urljoin

import certifi

from .addresses import resolve
from .deadlines import ByteBudget, Deadline
from .errors import (
    ArchivingError,
    ConnectError,
    DeadlineError,
    HttpProtocolError,
    TlsError,
    TooManyRedirectsError,
)
from .exchange import Exchange, TlsFacts
from .policy import FetchPolicy
from .recorder import Recorder
from .urls import Target, parse_target
from .wire import Head, Wire, read_body, read_head

# Only codings that the standard library decodes are offered.
OFFERED_CODINGS = "gzip, deflate"
ACCEPTED_TYPES = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"


def fetch(
    url: str,
    *,
    policy: FetchPolicy,
    deadline: Deadline,
    directory: Path,
    budget: ByteBudget | None = None,
    codings: str = OFFERED_CODINGS,
) -> Exchange:
    """GET ``url`` and record it in new files under ``directory``.

    A response cut short after its headers (ceiling, budget, deadline, lost connection) is returned with
    ``truncated`` set; anything that goes wrong earlier raises an ArchivingError and leaves no file.
    """
    target = parse_target(url)
    request = _request(target, policy, codings)
    started = datetime.now(UTC)
    with _connected(target, policy, deadline) as (connection, remote_address):
        tls = _tls_facts(connection)
        _send(connection, request, deadline, policy)
        wire = Wire(connection, deadline, policy.idle_seconds)
        head = read_head(wire, policy.header_bytes)
        recorder, truncated = _record(wire, head, directory, policy, budget or ByteBudget(policy.body_bytes))
    request_path = recorder.body.path.with_suffix(".request")
    request_path.write_bytes(request)
    return Exchange(
        url=target.url,
        request_path=request_path,
        response_path=recorder.response.path,
        response_sha256=recorder.response.sha256,
        response_length=recorder.response.length,
        status=head.status,
        reason=head.reason,
        headers=head.headers,
        remote_address=remote_address,
        started=started,
        ended=datetime.now(UTC),
        body_path=recorder.body.path,
        body_sha256=recorder.body.sha256,
        body_length=recorder.body.length,
        truncated=truncated,
        tls=tls,
    )


def fetch_following(
    url: str,
    *,
    policy: FetchPolicy,
    deadline: Deadline,
    directory: Path,
    budget: ByteBudget | None = None,
    codings: str = OFFERED_CODINGS,
) -> list[Exchange]:
    """GET ``url`` and follow its redirects, each through the guard; the last exchange is the answer.

    Raises what ``fetch`` raises, and TooManyRedirectsError beyond ``policy.redirects``.
    """
    chain: list[Exchange] = []
    for _ in range(policy.redirects + 1):
        exchange = fetch(
            url, policy=policy, deadline=deadline, directory=directory, budget=budget, codings=codings
        )
        chain.append(exchange)
        if exchange.location is None:
            return chain
        url = _redirected(exchange.url, exchange.location)
    raise TooManyRedirectsError(f"expected at most {policy.redirects} redirects, got one more, to {url}")


def _redirected(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError as error:
        raise HttpProtocolError(f"expected a redirect to a URL, got {location[:200]!r}: {error}") from error


def _request(target: Target, policy: FetchPolicy, codings: str) -> bytes:
    lines = (
        f"GET {target.path} HTTP/1.1",
        f"Host: {target.authority}",
        f"User-Agent: {policy.user_agent}",
        f"Accept: {ACCEPTED_TYPES}",
        f"Accept-Encoding: {codings}",
        "Connection: close",
    )
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode("ascii")


@contextmanager
def _connected(
    target: Target, policy: FetchPolicy, deadline: Deadline
) -> Iterator[tuple[socket.socket, str]]:
    addresses = resolve(
        target.host,
        target.port,
        policy.allowed_loopback,
        ports=policy.ports,
        timeout=deadline.remaining(policy.connect_seconds),
    )
    plain, address = _connect(addresses, target.port, policy, deadline)
    with plain:
        if target.scheme == "http":
            yield plain, address
        else:
            with _secured(plain, target.host, policy, deadline) as connection:
                yield connection, address


def _connect(
    addresses: list[tuple[socket.AddressFamily, str]], port: int, policy: FetchPolicy, deadline: Deadline
) -> tuple[socket.socket, str]:
    error: ArchivingError = ConnectError("expected an address to connect to, got none")
    for family, address in addresses:
        connection = socket.socket(family, socket.SOCK_STREAM)
        try:
            connection.settimeout(deadline.remaining(policy.connect_seconds))
            connection.connect((address, port))
        except TimeoutError:
            error = DeadlineError(f"expected {address} to answer in {policy.connect_seconds} s, got nothing")
        except OSError as problem:
            error = ConnectError(f"expected {address} port {port} to accept a connection, got: {problem}")
        except DeadlineError as problem:
            error = problem
        else:
            return connection, address
        connection.close()
    raise error


def _secured(plain: socket.socket, host: str, policy: FetchPolicy, deadline: Deadline) -> ssl.SSLSocket:
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


def _tls_facts(connection: socket.socket) -> TlsFacts | None:
    if not isinstance(connection, ssl.SSLSocket):
        return None
    cipher = connection.cipher()
    certificate = connection.getpeercert(binary_form=True) or b""
    return TlsFacts(
        version=connection.version() or "",
        cipher=cipher[0] if cipher else "",
        peer_certificate_sha256=hashlib.sha256(certificate).hexdigest(),
    )


def _send(connection: socket.socket, request: bytes, deadline: Deadline, policy: FetchPolicy) -> None:
    connection.settimeout(deadline.remaining(policy.idle_seconds))
    try:
        connection.sendall(request)
    except TimeoutError as error:
        raise DeadlineError("expected the request to be taken, but the peer stalled") from error
    except (ssl.SSLError, OSError) as error:
        raise ConnectError(f"expected the request to be taken, got: {error}") from error


def _record(
    wire: Wire, head: Head, directory: Path, policy: FetchPolicy, budget: ByteBudget
) -> tuple[Recorder, str | None]:
    """Record head and body; with the reason of truncation if the body is not whole."""
    name = directory / uuid.uuid4().hex
    files = name.with_suffix(".response"), name.with_suffix(".body")
    with Recorder(*files, ceiling=policy.body_bytes, budget=budget) as recorder:
        recorder.add_head(head)
        return recorder, _record_body(wire, head, recorder)


def _record_body(wire: Wire, head: Head, recorder: Recorder) -> str | None:
    try:
        whole = all(recorder.add(piece) for piece in read_body(wire, head))
    except DeadlineError:
        return "time"
    except ConnectError:
        return "disconnect"
    except HttpProtocolError:
        return "unspecified"
    return None if whole else "length"

"""One HTTP/1.1 GET through the one way out, recorded byte for byte.

There is no other way: every connection is a tunnel of the egress proxy, which checks the address. Proxies from the
environment are not used. Nothing is kept between two captures: no cookies, no cache, no open connection.
"""

from __future__ import annotations

import socket
import ssl
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urljoin

from .connections import Connection, Connections, open_connection
from .deadlines import ByteBudget, Deadline
from .errors import ConnectError, DeadlineError, HttpProtocolError, TooManyRedirectsError
from .exchange import Exchange
from .policy import FetchPolicy
from .recorder import Recorder
from .urls import Target, parse_target
from .wire import Head, Wire, read_body, read_head

# Only codings that can be decoded within a ceiling are offered.
OFFERED_CODINGS = "gzip, deflate, br"
ACCEPTED_TYPES = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"


@dataclass(frozen=True)
class Ask:
    """One request and what it may cost."""

    target: Target
    request: bytes
    policy: FetchPolicy
    deadline: Deadline
    directory: Path
    budget: ByteBudget


def fetch(
    url: str,
    *,
    policy: FetchPolicy,
    deadline: Deadline,
    directory: Path,
    budget: ByteBudget | None = None,
    codings: str = OFFERED_CODINGS,
    connections: Connections | None = None,
) -> Exchange:
    """GET ``url`` and record it in new files under ``directory``.

    With ``connections`` one that was kept from an earlier request to the same origin is used, and kept again.
    A response cut short after its headers (ceiling, budget, deadline, lost connection) is returned with
    ``truncated`` set; anything that goes wrong earlier raises an ArchivingError and leaves no file.
    """
    target = parse_target(url)
    request = _request(target, policy, codings, is_last=connections is None)
    ask = Ask(target, request, policy, deadline, directory, budget or ByteBudget(policy.body_bytes))
    kept = connections.take(target) if connections else None
    if kept is not None:
        try:
            return _exchange(ask, kept, connections)
        except (ConnectError, HttpProtocolError):
            pass  # the origin had given the connection up meanwhile: that says nothing of the request
    return _exchange(ask, open_connection(target, policy, deadline), connections)


def _exchange(ask: Ask, connection: Connection, connections: Connections | None) -> Exchange:
    try:
        exchange, is_reusable = _answered(ask, connection)
    except BaseException:
        connection.close()
        raise
    if connections is not None and is_reusable:
        connections.keep(ask.target, connection)
    else:
        connection.close()
    return exchange


def _answered(ask: Ask, connection: Connection) -> tuple[Exchange, bool]:
    """The exchange, and whether another may follow on the same connection."""
    policy = ask.policy
    started = datetime.now(UTC)
    _send(connection.socket, ask.request, ask.deadline, policy)
    wire = Wire(connection.socket, ask.deadline, policy.idle_seconds, connection.early)
    head = read_head(wire, policy.header_bytes)
    recorder, truncated = _record(wire, head, ask.directory, policy, ask.budget)
    exchange = Exchange(
        url=ask.target.url,
        request=ask.request,
        head=head.raw,
        response_sha256=recorder.sha256,
        response_length=recorder.length,
        status=head.status,
        reason=head.reason,
        headers=head.headers,
        remote_address=connection.remote_address,
        started=started,
        ended=datetime.now(UTC),
        body_path=recorder.body.path,
        framed_path=recorder.framed.path if recorder.framed else None,
        body_sha256=recorder.body.sha256,
        body_length=recorder.body.length,
        truncated=truncated,
        tls=connection.tls,
    )
    return exchange, truncated is None and head.is_persistent and not wire.unread


def fetch_following(
    url: str,
    *,
    policy: FetchPolicy,
    deadline: Deadline,
    directory: Path,
    budget: ByteBudget | None = None,
    codings: str = OFFERED_CODINGS,
    connections: Connections | None = None,
) -> list[Exchange]:
    """GET ``url`` and follow its redirects, each through the guard; the last exchange is the answer.

    Raises what ``fetch`` raises, and TooManyRedirectsError beyond ``policy.redirects``.
    """
    chain: list[Exchange] = []
    for _ in range(policy.redirects + 1):
        exchange = fetch(
            url,
            policy=policy,
            deadline=deadline,
            directory=directory,
            budget=budget,
            codings=codings,
            connections=connections,
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


def _request(target: Target, policy: FetchPolicy, codings: str, *, is_last: bool) -> bytes:
    lines = [
        f"GET {target.path} HTTP/1.1",
        f"Host: {target.authority}",
        f"User-Agent: {policy.user_agent}",
        f"Accept: {ACCEPTED_TYPES}",
        f"Accept-Encoding: {codings}",
        *(["Connection: close"] if is_last else []),
    ]
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode("ascii")


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
    path = directory / f"{uuid.uuid4().hex}.body"
    with Recorder(path, head, ceiling=policy.body_bytes, budget=budget) as recorder:
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

"""The proxy: who asks, and what for? Then one look-up, a check, a connection to what was checked, a line about it."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from ..addresses import Rules
from ..errors import ArchivingError, DeadlineError, EgressError, HttpProtocolError, UnsupportedUrlError
from .answers import (
    JOURNAL_PATH,
    OWN_HOST,
    CredentialsError,
    joined,
    journal_password,
    refusal,
    response,
    seal_of,
)
from .journal import Entry, Journal
from .names import connect, look_up
from .relay import HeadTooLongError, Side, relay
from .requests import Request, parse_request

SETTLE_SECONDS = 1.0


@dataclass(frozen=True)
class Limits:
    """Bytes, seconds, and connections at a time.

    ``connect_seconds`` covers look-up and all attempts; it is less than what fetchers wait, so that they hear why.
    """

    head_bytes: int = 64 * 1024
    head_seconds: float = 10.0
    connect_seconds: float = 9.0
    idle_seconds: float = 120.0
    connections: int = 512


class Arrival(Side):
    """A fetcher's connection, which is served from the moment it stands."""

    def __init__(self, serve: Callable[[Side], None]) -> None:
        super().__init__()
        self._serve = serve

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the loop."""
        super().connection_made(transport)
        self._serve(self)


class Proxy:
    """Serves whoever knows ``password``, under any user name, within ``rules``."""

    def __init__(self, password: str, rules: Rules, journal: Journal, limits: Limits | None = None) -> None:
        if not password:
            raise ValueError("expected a password, got none")
        self._password = password
        self._seal = seal_of(password)
        self._rules = rules
        self._journal = journal
        self._limits = limits or Limits()
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self, host: str, port: int) -> asyncio.Server:
        """Listen. Raises OSError."""
        loop = asyncio.get_running_loop()
        return await loop.create_server(lambda: Arrival(self._begin), host, port, backlog=512)

    async def stop(self) -> None:
        """Break off what is under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _begin(self, fetcher: Side) -> None:
        if len(self._tasks) >= self._limits.connections:
            error = EgressError(f"expected fewer than {self._limits.connections} connections at a time")
            return _say(fetcher, refusal(error, self._seal))
        task = asyncio.get_running_loop().create_task(self._serve(fetcher))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return None

    async def _serve(self, fetcher: Side) -> None:
        try:
            raw = await self._head(fetcher)
            if raw is not None:
                await self._carry_out(self._admitted(raw), fetcher)
        except ArchivingError as error:
            _say(fetcher, refusal(error, self._seal))
        finally:
            fetcher.transport.close()

    async def _head(self, fetcher: Side) -> bytes | None:
        limits = self._limits
        try:
            async with asyncio.timeout(limits.head_seconds):
                return await fetcher.head(limits.head_bytes)
        except TimeoutError:
            raise DeadlineError(f"expected a request within {limits.head_seconds} s, got none") from None
        except HeadTooLongError:
            raise HttpProtocolError(
                f"expected headers of at most {limits.head_bytes} bytes, got more"
            ) from None

    def _admitted(self, raw: bytes) -> Request:
        request = parse_request(raw)
        if not _is(request.password, self._password) and not self._is_asked_for_list(request):
            raise CredentialsError("expected a user name and the password of this instance, got others")
        return request

    async def _carry_out(self, request: Request, fetcher: Side) -> None:
        if self._is_asked_for_list(request):
            return await self._tell(request, fetcher)
        entry = Entry(request.user, request.method, request.host, request.port)
        self._journal.begin(entry)
        try:
            await self._pass_on(request, fetcher, entry)
        finally:
            self._journal.end(entry)

    def _is_asked_for_list(self, request: Request) -> bool:
        return request.host == OWN_HOST and _is(request.password, journal_password(self._password))

    async def _tell(self, request: Request, fetcher: Side) -> None:
        if (request.method, request.path) != ("GET", JOURNAL_PATH):
            raise UnsupportedUrlError(
                f"expected GET of {JOURNAL_PATH}, got {request.method} {request.path[:80]}"
            )
        _say(fetcher, response(HTTPStatus.OK, await self._journal.take(request.user, SETTLE_SECONDS)))

    async def _pass_on(self, request: Request, fetcher: Side, entry: Entry) -> None:
        """Raises ArchivingError where no connection was made; what goes wrong later is for the journal alone."""
        try:
            origin = await self._connected(request, entry)
        except ArchivingError as error:
            entry.blame(error)
            raise
        try:
            if fetcher.ended.done():
                return  # meanwhile: nobody is there to ask for
            _join(request, fetcher, origin, entry.address or "")
            await relay(fetcher, origin, self._limits.idle_seconds)
        except ArchivingError as error:
            entry.blame(error)
        finally:
            origin.transport.abort()
            entry.up, entry.down = len(request.head) + fetcher.received, origin.received

    async def _connected(self, request: Request, entry: Entry) -> Side:
        seconds = self._limits.connect_seconds
        try:
            async with asyncio.timeout(seconds):
                return await self._origin(request, entry, seconds)
        except TimeoutError:
            raise DeadlineError(f"expected a connection to {request.host} in {seconds} s, got none") from None

    async def _origin(self, request: Request, entry: Entry, seconds: float) -> Side:
        host, port = request.host, request.port
        if host == OWN_HOST:
            raise UnsupportedUrlError("expected an address on the net, got the way out's own name")
        self._rules.check_port(host, port)
        loop = asyncio.get_running_loop()
        over = loop.time() + seconds
        addresses = await look_up(host, port)
        self._rules.check_answers(host, port, (address for _, address in addresses))
        connection, entry.address = await connect(addresses, port, over - loop.time())
        try:
            _, origin = await loop.create_connection(Side, sock=connection)
        except BaseException:
            connection.close()
            raise
        return origin


def _is(password: str, expected: str) -> bool:
    return hmac.compare_digest(password.encode(), expected.encode())


def _join(request: Request, fetcher: Side, origin: Side, address: str) -> None:
    if request.is_tunnel:
        fetcher.transport.write(joined(address))
        fetcher.join(origin)
    else:
        origin.transport.write(request.head)
        fetcher.join(origin, allowance=request.body_length)
    origin.join(fetcher)


def _say(fetcher: Side, answer: bytes) -> None:
    fetcher.transport.write(answer)
    fetcher.transport.close()

"""Looking a host up once, and connecting to one of the addresses found, never to the name."""

from __future__ import annotations

import asyncio
import socket
import threading
from contextlib import suppress

from ..errors import ConnectError, DeadlineError, DnsError

Address = tuple[socket.AddressFamily, str]


async def look_up(host: str, port: int) -> list[Address]:
    """All addresses of ``host``, in the system's order. Raises DnsError.

    A look-up cannot be interrupted; when its caller is cancelled its thread is abandoned to its own time-out.
    """
    with suppress(socket.gaierror):
        return _addresses(host, port, socket.AI_NUMERICHOST)  # whatever spelling, it asks nobody
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[list[Address]] = loop.create_future()
    threading.Thread(target=_answer, args=(host, port, loop, answer), daemon=True, name="look-up").start()
    return await answer


def _answer(
    host: str, port: int, loop: asyncio.AbstractEventLoop, answer: asyncio.Future[list[Address]]
) -> None:
    found: list[Address] | DnsError
    try:
        found = _addresses(host, port, 0)
    except (OSError, UnicodeError) as error:
        found = DnsError(f"expected {host} to resolve, got: {error}")
    with suppress(RuntimeError):  # the loop has been closed meanwhile: nobody waits any more
        loop.call_soon_threadsafe(_settle, answer, found)


def _settle(answer: asyncio.Future[list[Address]], found: list[Address] | DnsError) -> None:
    if answer.done():
        return
    if isinstance(found, DnsError):
        answer.set_exception(found)
    else:
        answer.set_result(found)


def _addresses(host: str, port: int, flags: int) -> list[Address]:
    kind, protocol = socket.SOCK_STREAM, socket.IPPROTO_TCP
    try:
        found = socket.getaddrinfo(host, port, type=kind, proto=protocol, flags=flags)
    except UnicodeError as error:
        raise socket.gaierror(socket.EAI_NONAME, f"not a host name: {error}") from error
    return list(dict.fromkeys((family, str(sockaddr[0])) for family, *_, sockaddr in found))


async def connect(addresses: list[Address], port: int, seconds: float) -> tuple[socket.socket, str]:
    """A connection to the first of ``addresses`` that accepts one, and that address.

    ``seconds`` is shared among them, so that one that is silent leaves time for the next.
    Raises ConnectError, DeadlineError.
    """
    loop = asyncio.get_running_loop()
    over = loop.time() + seconds
    problem: ConnectError | DeadlineError = ConnectError("expected an address to connect to, got none")
    for left, address in zip(range(len(addresses), 0, -1), addresses, strict=True):
        try:
            return await _connect(address, port, (over - loop.time()) / left), address[1]
        except (ConnectError, DeadlineError) as error:
            problem = error
    raise problem


async def _connect(address: Address, port: int, seconds: float) -> socket.socket:
    family, number = address
    connection = socket.socket(family, socket.SOCK_STREAM)
    connection.setblocking(False)
    try:
        async with asyncio.timeout(seconds):
            await asyncio.get_running_loop().sock_connect(connection, (number, port))
    except TimeoutError as error:
        connection.close()
        raise DeadlineError(f"expected {number} to answer in {seconds:.1f} s, got nothing") from error
    except OSError as error:
        connection.close()
        raise ConnectError(f"expected {number} port {port} to accept a connection, got: {error}") from error
    except BaseException:
        connection.close()
        raise
    return connection

"""Passing bytes on between two connections, unchanged."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import cast

from ..errors import ConnectError, DeadlineError

HIGH_WATER = 1024 * 1024
HOLD_BYTES = 128 * 1024
RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER: on, for no time
ORDINARY_CLOSE = struct.pack("ii", 0, 0)


class Side(asyncio.Protocol):
    """One end of a relay. Until it is joined with a peer it holds back what arrives."""

    def __init__(self) -> None:
        self.received = 0
        self.active = 0.0
        self.ended: asyncio.Future[Exception | None] = asyncio.get_running_loop().create_future()
        self._clock = asyncio.get_running_loop().time
        self._held = bytearray()
        self._arrived = asyncio.Event()
        self._peer: Side | None = None
        self._allowance: int | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the loop."""
        self.transport = cast(asyncio.Transport, transport)
        self.transport.set_write_buffer_limits(high=HIGH_WATER)
        self.active = self._clock()

    def data_received(self, data: bytes) -> None:
        """Called by the loop."""
        self.received += len(data)
        self.active = self._clock()
        if self._peer is None:
            self._hold(data)
        elif self._peer.transport.is_closing():
            return  # nobody is there to take it
        elif self._allowance is None:
            self._peer.transport.write(data)
        else:
            self._pass_within_allowance(self._peer, data)

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by the loop."""
        self._arrived.set()
        if not self.ended.done():
            self.ended.set_result(exc)

    def pause_writing(self) -> None:
        """Called by the loop when this side takes less than its peer sends."""
        if self._peer is not None:
            self._peer.transport.pause_reading()

    def resume_writing(self) -> None:
        """Called by the loop."""
        if self._peer is not None:
            self._peer.active = self._clock()
            self._peer.transport.resume_reading()

    async def head(self, limit: int) -> bytes | None:
        """What arrives up to and with an empty line; None if the connection ends before. Raises HeadTooLongError."""
        while (end := self._held.find(b"\r\n\r\n", 0, limit)) < 0:
            if len(self._held) >= limit:
                raise HeadTooLongError
            if self.ended.done():
                return None
            self._arrived.clear()
            await self._arrived.wait()
        head = bytes(self._held[: end + 4])
        del self._held[: end + 4]
        return head

    def join(self, peer: Side, allowance: int | None = None) -> None:
        """From now on pass everything on to ``peer``, what was held back first; ``received`` counts from here.

        With ``allowance``, so many bytes and no more: what else the fetcher says is not for this origin.
        """
        self._peer, self._allowance = peer, allowance
        self.received = 0
        held, self._held = bytes(self._held), bytearray()
        if held:
            self.data_received(held)
        self.transport.resume_reading()

    def set_linger(self, option: bytes) -> None:
        """Choose how the connection will look to the other end when it is closed."""
        connection = self.transport.get_extra_info("socket")
        if connection is not None:  # None once the other end has hung up
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, option)

    def _hold(self, data: bytes) -> None:
        self._held += data
        self._arrived.set()
        if len(self._held) > HOLD_BYTES:
            self.transport.pause_reading()

    def _pass_within_allowance(self, peer: Side, data: bytes) -> None:
        granted = data[: self._allowance]
        self._allowance = (self._allowance or 0) - len(granted)
        peer.transport.write(granted)
        if len(granted) < len(data):
            self.transport.abort()


class HeadTooLongError(Exception):
    """No empty line within the bytes allowed for a head."""


async def relay(fetcher: Side, origin: Side, idle_seconds: float) -> None:
    """Wait until both joined sides are over. Raises ConnectError if the origin broke off, DeadlineError.

    The fetcher sees an end only where the origin made one; all else, the proxy's own death too, looks to it like
    a broken connection, as a body that ends with its connection must not pass for whole. Closes the fetcher's side;
    the origin's is the caller's to close.
    """
    try:
        fetcher.set_linger(RESET_ON_CLOSE)
        await _until(origin.ended, fetcher.ended, fetcher, origin, idle_seconds)
        if fetcher.ended.done():
            return
        if (broken := origin.ended.result()) is not None:
            raise ConnectError(f"expected more bytes, but the connection broke: {broken}")
        fetcher.set_linger(ORDINARY_CLOSE)
        fetcher.transport.close()  # what is still to be written goes first
        await _until(fetcher.ended, fetcher.ended, fetcher, fetcher, idle_seconds)
    finally:
        fetcher.transport.abort()


async def _until(
    one: asyncio.Future[Exception | None],
    other: asyncio.Future[Exception | None],
    fetcher: Side,
    origin: Side,
    idle_seconds: float,
) -> None:
    clock = asyncio.get_running_loop().time
    left = idle_seconds
    while left > 0:
        done, _ = await asyncio.wait({one, other}, timeout=left, return_when=asyncio.FIRST_COMPLETED)
        if done:
            return
        left = max(fetcher.active, origin.active) + idle_seconds - clock()
    raise DeadlineError(f"expected more bytes within {idle_seconds} s, got none")

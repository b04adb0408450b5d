"""Messages over a pair of pipes: JSON, each ended by a NUL, as Chromium's --remote-debugging-pipe wants them."""

from __future__ import annotations

import fcntl
import json
import os
import re
import select
from contextlib import suppress
from typing import Any

import orjson

from sources.archiving.deadlines import Deadline

from .errors import BrowserCrashedError, BrowserError

PIECE = 1024 * 1024
MESSAGE_BYTES = 256 * 1024 * 1024
LONGEST_WAIT = 3600.0
SURROGATE = re.compile("[\ud800-\udfff]")

Message = dict[str, Any]


class Pipe:
    """One end of a conversation: ``incoming`` and ``outgoing`` are file descriptors, which it owns."""

    def __init__(self, incoming: int, outgoing: int) -> None:
        self._incoming = incoming
        self._outgoing = outgoing
        self._buffer = bytearray()
        self._searched = 0
        for descriptor in (incoming, outgoing):
            os.set_blocking(descriptor, False)
        widen(incoming)

    def send(self, message: Message, deadline: Deadline) -> None:
        """Write one message. Raises BrowserCrashedError, DeadlineError."""
        data = memoryview(orjson.dumps(message) + b"\0")
        while data:
            _, ready, _ = select.select([], [self._outgoing], [], deadline.remaining(LONGEST_WAIT))
            if ready:
                data = data[self._write(data) :]

    def receive(self, timeout: float) -> Message | None:
        """The next message, or None if none came within ``timeout`` seconds. Raises BrowserError.

        What has arrived is not a message until it is whole: None may also mean that part of one came.
        """
        message = self._next()
        if message is None and self._wait(timeout):
            self._fill()
            message = self._next()
        return message

    def close(self) -> None:
        """Close both ends, which also ends a Chromium at the other side."""
        for descriptor in (self._incoming, self._outgoing):
            with suppress(OSError):
                os.close(descriptor)

    def _write(self, data: memoryview) -> int:
        try:
            return os.write(self._outgoing, data)
        except BlockingIOError:
            return 0
        except OSError as error:
            raise BrowserCrashedError(f"expected the browser to listen, got: {error}") from error

    def _wait(self, timeout: float) -> bool:
        ready, _, _ = select.select([self._incoming], [], [], timeout)
        return bool(ready)

    def _fill(self) -> None:
        try:
            data = os.read(self._incoming, PIECE)
        except BlockingIOError:
            return
        except OSError as error:
            raise BrowserCrashedError(f"expected the browser to speak, got: {error}") from error
        if not data:
            raise BrowserCrashedError("expected the browser to speak, but it is gone")
        self._buffer += data
        if len(self._buffer) > MESSAGE_BYTES:
            raise BrowserCrashedError(f"expected messages of at most {MESSAGE_BYTES} bytes, got a longer one")

    def _next(self) -> Message | None:
        end = self._buffer.find(b"\0", self._searched)
        if end < 0:
            self._searched = len(self._buffer)
            return None
        try:
            with memoryview(self._buffer)[:end] as text:
                return _understood(text)
        finally:  # what cannot be read must not stand before all that follows
            del self._buffer[: end + 1]
            self._searched = 0


def _understood(text: memoryview) -> Message:
    try:
        message: Message = orjson.loads(text)
    except orjson.JSONDecodeError:
        message = _mended(bytes(text))
    return message


def _mended(text: bytes) -> Message:
    """The message with U+FFFD for each half of a surrogate pair: scripts cut emoji in two, and Chromium passes it on.

    Raises BrowserError for what is no message at all.
    """
    try:
        whole = json.dumps(json.loads(text), ensure_ascii=False)
        message: Message = orjson.loads(SURROGATE.sub("\ufffd", whole))
    except (ValueError, RecursionError) as error:
        raise BrowserError(f"expected a message as JSON, got: {error}") from error
    return message


def widen(descriptor: int) -> None:
    """Let the pipe hold 1 MB where the system allows it: bodies come through it."""
    size = getattr(fcntl, "F_SETPIPE_SZ", None)
    if size is not None:
        with suppress(OSError):
            fcntl.fcntl(descriptor, size, PIECE)

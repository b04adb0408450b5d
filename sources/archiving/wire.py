"""Reading HTTP/1.1 responses (RFC 9112) byte for byte from a socket."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass

from .deadlines import Deadline
from .errors import ConnectError, DeadlineError, HttpProtocolError

PIECE = 64 * 1024
CHUNK_LINE_LIMIT = 4096
STATUS_LINE = re.compile(rb"HTTP/1\.[01] ([1-9][0-9]{2})(?: ([^\r\n]*))?\r?\n")
CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n]*)?\r?\n")
# A longer number is no length of anything, and Python refuses to read one of thousands of digits.
CONTENT_LENGTH = re.compile(r"[0-9]{1,18}")
BODILESS_STATUSES = frozenset({204, 304})

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Head:
    """Status line and headers, parsed and as received (``raw``, with the empty line)."""

    status: int
    reason: str
    headers: Headers
    raw: bytes

    @property
    def is_framed(self) -> bool:
        """Whether the body comes in a transfer coding."""
        return any(name.lower() == "transfer-encoding" for name, _ in self.headers)

    @property
    def is_persistent(self) -> bool:
        """Whether the peer awaits another request on the connection, once the body has been read (RFC 9112, 9.3)."""
        if (
            not self.raw.startswith(b"HTTP/1.1")
            or self.status < 200
            or "close" in _values(self, "connection")
        ):
            return False
        ends_by_itself = self.status in BODILESS_STATUSES or _values(self, "transfer-encoding")
        return bool(ends_by_itself or _values(self, "content-length"))


@dataclass(frozen=True)
class Piece:
    """Some bytes of the body as received. Framing belongs to the wire but not to the entity body."""

    data: bytes
    is_framing: bool = False


class Wire:
    """A buffered reader over a connected socket that gives back exactly the bytes consumed.

    ``early`` are bytes of the same stream that were read before.
    """

    def __init__(
        self, connection: socket.socket, deadline: Deadline, idle_seconds: float, early: bytes = b""
    ) -> None:
        self._connection = connection
        self._deadline = deadline
        self._idle_seconds = idle_seconds
        self._buffer = bytearray(early)

    @property
    def unread(self) -> bytes:
        """What has arrived and was not taken yet."""
        return bytes(self._buffer)

    def take(self, limit: int) -> bytes:
        """Between 1 and ``limit`` bytes, or none at the end of the stream."""
        if not self._buffer:
            return self._received(min(limit, PIECE))  # the bulk of a body: straight on, without a copy
        return self._consume(limit)

    def take_line(self, limit: int) -> bytes:
        """The next line with its line feed. Raises HttpProtocolError beyond ``limit`` bytes."""
        while (end := self._buffer.find(b"\n", 0, limit)) < 0:
            if len(self._buffer) >= limit:
                raise HttpProtocolError(f"expected a line of at most {limit} bytes, got a longer one")
            if not self._fill():
                raise ConnectError("expected a whole line, but the connection was closed")
        return self._consume(end + 1)

    def _consume(self, count: int) -> bytes:
        data = bytes(self._buffer[:count])
        del self._buffer[:count]
        return data

    def _fill(self) -> bool:
        data = self._received(PIECE)
        self._buffer += data
        return bool(data)

    def _received(self, limit: int) -> bytes:
        self._connection.settimeout(self._deadline.remaining(self._idle_seconds))
        try:
            return self._connection.recv(limit)
        except TimeoutError as error:
            raise DeadlineError(f"expected more bytes within {self._idle_seconds} s, got none") from error
        except (ssl.SSLError, OSError) as error:
            raise ConnectError(f"expected more bytes, but the connection broke: {error}") from error


def read_head(wire: Wire, limit: int) -> Head:
    """The final response's head of at most ``limit`` bytes; interim (1xx) responses are passed over.

    Raises HttpProtocolError, ConnectError, DeadlineError.
    """
    while True:
        head = _read_one_head(wire, limit)
        limit -= len(head.raw)
        if head.status >= 200:
            return head


def _read_one_head(wire: Wire, limit: int) -> Head:
    raw = wire.take_line(limit)
    match = STATUS_LINE.fullmatch(raw)
    if match is None:
        raise HttpProtocolError(f"expected an HTTP/1.x status line, got {raw[:80]!r}")
    lines: list[bytes] = []
    while (line := wire.take_line(limit - len(raw))).rstrip(b"\r\n"):
        raw += line
        lines.append(line)
    return Head(int(match[1]), (match[2] or b"").decode("latin-1"), _parse_headers(lines), raw + line)


def _parse_headers(lines: list[bytes]) -> Headers:
    headers: list[tuple[str, str]] = []
    for line in lines:
        text = line.decode("latin-1")
        if text[0] in " \t" and headers:  # a folded line, obsolete but still served
            name, value = headers.pop()
            headers.append((name, f"{value} {text.strip()}"))
            continue
        name, colon, value = text.partition(":")
        if colon:  # other lines are passed over, as browsers do; the raw head keeps them
            headers.append((name.strip(), value.strip()))
    return tuple(headers)


def read_body(wire: Wire, head: Head) -> Iterator[Piece]:
    """The body in pieces, framed as RFC 9112 section 6.3 says.

    Raises HttpProtocolError for broken framing, ConnectError when the body ends too early, DeadlineError.
    """
    if head.status in BODILESS_STATUSES:
        return iter(())
    codings = _values(head, "transfer-encoding")
    if codings:
        if codings != {"chunked"}:
            raise HttpProtocolError(f"expected transfer coding chunked, got {sorted(codings)}")
        return _read_chunks(wire)
    lengths = _values(head, "content-length")
    if not lengths:
        return _read_until_close(wire)
    if len(lengths) > 1 or not CONTENT_LENGTH.fullmatch(length := lengths.pop()):
        got = str(sorted(_values(head, "content-length")))
        raise HttpProtocolError(f"expected one Content-Length of at most 18 digits, got {got[:200]}")
    return _read_exactly(wire, int(length))


def _values(head: Head, wanted: str) -> set[str]:
    joined = ",".join(value for name, value in head.headers if name.lower() == wanted)
    return {value.strip().lower() for value in joined.split(",")} - {""}


def _read_until_close(wire: Wire) -> Iterator[Piece]:
    while data := wire.take(PIECE):
        yield Piece(data)


def _read_exactly(wire: Wire, length: int) -> Iterator[Piece]:
    while length:
        data = wire.take(min(length, PIECE))
        if not data:
            raise ConnectError(f"expected {length} more bytes of body, but the connection was closed")
        length -= len(data)
        yield Piece(data)


def _read_chunks(wire: Wire) -> Iterator[Piece]:
    while True:
        line = wire.take_line(CHUNK_LINE_LIMIT)
        yield Piece(line, is_framing=True)
        match = CHUNK_SIZE.fullmatch(line)
        if match is None:
            raise HttpProtocolError(f"expected a chunk size, got {line[:80]!r}")
        size = int(match[1], 16)
        if not size:
            break
        yield from _read_exactly(wire, size)
        yield _chunk_end(wire)
    yield from _read_trailers(wire)


def _chunk_end(wire: Wire) -> Piece:
    line = wire.take_line(CHUNK_LINE_LIMIT)
    if line.rstrip(b"\r\n"):
        raise HttpProtocolError(f"expected the end of a chunk, got {line[:80]!r}")
    return Piece(line, is_framing=True)


def _read_trailers(wire: Wire) -> Iterator[Piece]:
    while True:
        line = wire.take_line(CHUNK_LINE_LIMIT)
        yield Piece(line, is_framing=True)
        if not line.rstrip(b"\r\n"):
            return

"""Undoing the content coding of a body, with a ceiling on what comes out."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from .errors import BodyUndecodableError, DecodedTooLargeError, UnsupportedCodingError
from .exchange import Exchange
from .recorder import HashingFile

PIECE = 64 * 1024
GZIP_WINDOW = 16 + zlib.MAX_WBITS
KNOWN_CODINGS = frozenset({"gzip", "x-gzip", "deflate"})


def decoded_body(exchange: Exchange, ceiling: int) -> bytes:
    """The body without content coding.

    Raises DecodedTooLargeError beyond ``ceiling`` bytes, UnsupportedCodingError, BodyUndecodableError.
    """
    return b"".join(iter_decoded(exchange, ceiling))


def decoded_file(exchange: Exchange, ceiling: int) -> tuple[Path, str, int]:
    """Path, SHA-256 (hex) and length (bytes) of the body without content coding.

    It is the body's own file unless there was a coding. Raises as ``decoded_body``; leaves no partial file.
    """
    if not _codings(exchange):
        return exchange.body_path, exchange.body_sha256, exchange.body_length
    file = HashingFile(exchange.body_path.with_suffix(".decoded"))
    try:
        for data in iter_decoded(exchange, ceiling):
            file.write(data)
    except BaseException:
        file.close()
        file.path.unlink()
        raise
    file.close()
    return file.path, file.sha256, file.length


def iter_decoded(exchange: Exchange, ceiling: int) -> Iterator[bytes]:
    """The body without content coding, in pieces. Raises as ``decoded_body``."""
    stream: Iterator[bytes] = _read(exchange.body_path)
    for coding in reversed(_codings(exchange)):
        stream = _decode(stream, coding)
    for data in stream:
        ceiling -= len(data)
        if ceiling < 0:
            raise DecodedTooLargeError("expected the body to decode to no more than the ceiling, got more")
        yield data


def _codings(exchange: Exchange) -> list[str]:
    values = (value for name, value in exchange.headers if name.lower() == "content-encoding")
    codings = [coding.strip().lower() for coding in ",".join(values).split(",")]
    wanted = [coding for coding in codings if coding not in ("", "identity")]
    if unknown := set(wanted) - KNOWN_CODINGS:
        raise UnsupportedCodingError(f"expected gzip or deflate, got {sorted(unknown)}")
    return wanted


def _read(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while data := file.read(PIECE):
            yield data


def _decode(stream: Iterable[bytes], coding: str) -> Iterator[bytes]:
    source = iter(stream)
    first = next(source, b"")
    window = _deflate_window(first) if coding == "deflate" else GZIP_WINDOW
    try:
        yield from _inflate(_chain(first, source), window)
    except zlib.error as error:
        raise BodyUndecodableError(f"expected a body in {coding}, got: {error}") from error


def _chain(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _deflate_window(start: bytes) -> int:
    """RFC 9110 means zlib by "deflate", but some servers send the bare stream: the zlib header decides."""
    is_zlib = len(start) >= 2 and start[0] & 0x0F == 8 and int.from_bytes(start[:2], "big") % 31 == 0
    return zlib.MAX_WBITS if is_zlib else -zlib.MAX_WBITS


def _inflate(stream: Iterator[bytes], window: int) -> Iterator[bytes]:
    """Inflate in bounded pieces, so that a bomb meets the ceiling before it fills the memory."""
    inflater = zlib.decompressobj(window)
    for data in stream:
        while data:
            if inflater.eof:
                if window != GZIP_WINDOW or not data.startswith(b"\x1f"):
                    return  # padding after the end, which browsers pass over too
                inflater = zlib.decompressobj(window)
            yield inflater.decompress(data, PIECE)
            data = inflater.unconsumed_tail or inflater.unused_data
    if not inflater.eof:
        yield inflater.flush()

"""Undoing the content coding of a body, with a ceiling on what comes out."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import brotli

from .errors import BodyUndecodableError, DecodedTooLargeError, UnsupportedCodingError
from .exchange import Exchange
from .recorder import HashingFile

PIECE = 64 * 1024
GZIP_WINDOW = 16 + zlib.MAX_WBITS
KNOWN_CODINGS = frozenset({"gzip", "x-gzip", "deflate", "br"})
MOST_CODINGS = 3  # stacked on each other: a server that means well uses one


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
        # Each layer has the ceiling: an inner one may swallow what an outer bomb pours out, for hours.
        stream = _limited(_decode(stream, coding), ceiling)
    return _limited(stream, ceiling)


def _limited(stream: Iterable[bytes], ceiling: int) -> Iterator[bytes]:
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
        raise UnsupportedCodingError(f"expected gzip, deflate or br, got {sorted(unknown)}")
    if len(wanted) > MOST_CODINGS:
        raise UnsupportedCodingError(f"expected at most {MOST_CODINGS} codings, got {len(wanted)}")
    return wanted


def _read(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while data := file.read(PIECE):
            yield data


def _decode(stream: Iterable[bytes], coding: str) -> Iterator[bytes]:
    try:
        yield from _unbrotli(stream) if coding == "br" else _unzip(stream, coding)
    except (zlib.error, brotli.error) as error:
        raise BodyUndecodableError(f"expected a body in {coding}, got: {error}") from error


def _unzip(stream: Iterable[bytes], coding: str) -> Iterator[bytes]:
    source = iter(stream)
    first = next(source, b"")
    window = _deflate_window(first) if coding == "deflate" else GZIP_WINDOW
    return _inflate(_chain(first, source), window)


def _unbrotli(stream: Iterable[bytes]) -> Iterator[bytes]:
    """Bounded pieces here too: what a piece of input decodes to is drawn bit by bit (Brotli 1.2 and later)."""
    decoder = brotli.Decompressor()
    for data in stream:
        decoded = decoder.process(data, output_buffer_limit=PIECE)
        while decoded or not decoder.can_accept_more_data():
            yield decoded
            decoded = decoder.process(b"", output_buffer_limit=PIECE)


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

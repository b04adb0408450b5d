"""Undoing content codings."""

from __future__ import annotations

import gzip
import hashlib
import re
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path

import brotli
import pytest

from sources.archiving.decoding import decoded_body, decoded_file, iter_decoded
from sources.archiving.errors import BodyUndecodableError, DecodedTooLargeError, UnsupportedCodingError
from tests.webserver import Server, response

from .conftest import Get

TEXT = b"observed near the river " * 5000


def zipped(data: bytes) -> bytes:
    """Without the time of day: these bytes are in the names of tests, which processes must agree on."""
    return gzip.compress(data, mtime=0)


@pytest.mark.parametrize(
    ("coding", "data"),
    [
        ("gzip", zipped(TEXT)),
        ("x-gzip", zipped(TEXT[:7]) + zipped(TEXT[7:])),
        ("GZIP", zipped(TEXT) + b"padding"),
        ("deflate", zlib.compress(TEXT)),
        ("deflate", zlib.compress(TEXT, wbits=-15)),
        ("deflate, gzip", zipped(zlib.compress(TEXT))),
        ("br", brotli.compress(TEXT)),
        ("gzip, br", brotli.compress(zipped(TEXT))),
        ("identity", TEXT),
    ],
)
def test_a_content_coding_is_undone(server: Server, get: Get, coding: str, data: bytes) -> None:
    server.routes["/"] = response(data, Content_Encoding=coding)
    exchange = get()
    assert exchange.body_path.read_bytes() == data
    assert decoded_body(exchange, len(TEXT)) == TEXT


def test_the_decoded_file_is_hashed(server: Server, get: Get) -> None:
    server.routes["/"] = response(gzip.compress(TEXT), Content_Encoding="gzip")
    path, sha256, length = decoded_file(get(), len(TEXT))
    assert (path.read_bytes(), sha256, length) == (TEXT, hashlib.sha256(TEXT).hexdigest(), len(TEXT))


def test_a_body_without_coding_is_its_own_decoded_file(server: Server, get: Get) -> None:
    server.routes["/"] = response(TEXT)
    exchange = get()
    assert decoded_file(exchange, 1)[0] == exchange.body_path


@pytest.mark.parametrize(
    ("coding", "bomb"),
    [
        ("gzip", zipped(bytes(50_000_000))),
        ("br", brotli.compress(bytes(50_000_000))),
        ("gzip, gzip", zipped(zipped(bytes(50_000_000)))),
        ("gzip, br", brotli.compress(zipped(bytes(50_000_000)))),
    ],
)
def test_a_decompression_bomb_meets_the_ceiling(
    server: Server, get: Get, tmp_path: Path, coding: str, bomb: bytes
) -> None:
    server.routes["/"] = response(bomb, Content_Encoding=coding)
    with pytest.raises(DecodedTooLargeError):
        decoded_file(get(), 1_000_000)
    assert not list(tmp_path.glob("*.decoded"))


def test_a_bomb_that_the_next_coding_swallows_meets_the_ceiling(server: Server, get: Get) -> None:
    """Empty gzip members decode to nothing, however many: only the layer between them grows."""
    many_empty = gzip.compress(gzip.compress(b"") * 500_000)
    server.routes["/"] = response(many_empty, Content_Encoding="gzip, gzip")
    with pytest.raises(DecodedTooLargeError):
        decoded_body(get(), 1_000_000)


@pytest.mark.parametrize(("coding", "compress"), [("gzip", gzip.compress), ("br", brotli.compress)])
def test_a_bomb_does_not_fill_the_memory(
    server: Server, get: Get, coding: str, compress: Callable[[bytes], bytes]
) -> None:
    server.routes["/"] = response(compress(bytes(50_000_000)), Content_Encoding=coding)
    exchange = get()
    tracemalloc.start()
    try:
        assert sum(len(data) for data in iter_decoded(exchange, 60_000_000)) == 50_000_000
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_a_coding_that_was_not_offered_is_an_error(server: Server, get: Get) -> None:
    server.routes["/"] = response(b"x", Content_Encoding="zstd")
    exchange = get()
    assert b"zstd" not in re.findall(rb"Accept-Encoding: (.*)\r", server.requests[0])[0]
    with pytest.raises(UnsupportedCodingError, match="zstd"):
        decoded_body(exchange, 10)


def test_codings_stacked_without_end_are_an_error(server: Server, get: Get) -> None:
    server.routes["/"] = response(b"x", Content_Encoding=", ".join(["gzip"] * 2000))
    with pytest.raises(UnsupportedCodingError, match="at most 3"):
        decoded_body(get(), 10)


@pytest.mark.parametrize("coding", ["gzip", "br"])
def test_a_body_that_is_not_what_it_says_is_an_error(server: Server, get: Get, coding: str) -> None:
    server.routes["/"] = response(b"\xffnot that at all", Content_Encoding=coding)
    with pytest.raises(BodyUndecodableError):
        decoded_body(get(), 100)


def test_a_truncated_coding_gives_what_there_is(server: Server, get: Get) -> None:
    server.routes["/"] = response(zlib.compress(TEXT)[:-20], Content_Encoding="deflate")
    assert TEXT.startswith(decoded_body(get(), len(TEXT)))

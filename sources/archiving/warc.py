"""Exchanges as WARC 1.1 records (ISO 28500:2017), each a gzip member of its own.

Written here and not by a library because the block has to be the very bytes of the wire, streamed from disk;
libraries parse the HTTP head and write it anew. Media that are compressed already go into members of
stored blocks (gzip level 0): every reader takes them, and no time is spent on squeezing what does not
shrink.
"""

from __future__ import annotations

import hashlib
import uuid
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from .exchange import Exchange

PIECE = 64 * 1024
COMPRESSED_TYPES = (
    "image/",
    "video/",
    "audio/",
    "font/",
    "application/zip",
    "application/gzip",
    "application/pdf",
)
UNCOMPRESSED_TYPES = frozenset({"image/svg+xml", "image/bmp", "audio/wav"})
TEXT_LEVEL = 6

Fields = list[tuple[str, str]]


@dataclass(frozen=True)
class Located:
    """Where an exchange's response record lies in the file: bytes from the start, bytes long, compressed."""

    exchange: Exchange
    offset: int
    length: int


def write_warc(
    path: Path, exchanges: Iterable[Exchange], software: Mapping[str, str], now: datetime
) -> list[Located]:
    """Write ``warcinfo``, then a response and a request record for each exchange, to a new file.

    ``now`` (UTC) dates the file; ``software`` maps field names to values for the warcinfo record.
    """
    with path.open("xb") as out:
        _write_info(out, path.name, software, now)
        return [_write_exchange(out, exchange) for exchange in exchanges]


def warc_date(moment: datetime) -> str:
    """``moment`` (UTC) as a WARC-Date with microseconds."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _write_info(out: BinaryIO, filename: str, software: Mapping[str, str], now: datetime) -> None:
    block = "".join(f"{name}: {value}\r\n" for name, value in software.items()).encode()
    fields = [
        ("WARC-Type", "warcinfo"),
        ("WARC-Record-ID", _record_id()),
        ("WARC-Date", warc_date(now)),
        ("WARC-Filename", filename),
        ("WARC-Block-Digest", f"sha256:{hashlib.sha256(block).hexdigest()}"),
        ("Content-Type", "application/warc-fields"),
        ("Content-Length", str(len(block))),
    ]
    _write_record(out, fields, [block], TEXT_LEVEL)


def _write_exchange(out: BinaryIO, exchange: Exchange) -> Located:
    response_id = _record_id()
    start = out.tell()
    level = 0 if _is_compressed(exchange) else TEXT_LEVEL
    _write_record(out, _response_fields(exchange, response_id), _pieces(exchange.response_path), level)
    located = Located(exchange, start, out.tell() - start)
    request = exchange.request_path.read_bytes()
    _write_record(out, _request_fields(exchange, request, response_id), [request], TEXT_LEVEL)
    return located


def _response_fields(exchange: Exchange, record_id: str) -> Fields:
    fields = [
        ("WARC-Type", "response"),
        *_common_fields(exchange, record_id),
        ("WARC-Block-Digest", f"sha256:{exchange.response_sha256}"),
        ("Content-Type", "application/http; msgtype=response"),
        ("Content-Length", str(exchange.response_length)),
    ]
    if not exchange.is_chunked:
        # The standard digests the body without transfer coding, the common checkers digest it with; where
        # the two differ the optional field is left out (the index carries the standard's value).
        fields.append(("WARC-Payload-Digest", f"sha256:{exchange.body_sha256}"))
    if exchange.truncated is not None:
        fields.append(("WARC-Truncated", exchange.truncated))
    return fields


def _request_fields(exchange: Exchange, request: bytes, response_id: str) -> Fields:
    return [
        ("WARC-Type", "request"),
        *_common_fields(exchange, _record_id()),
        ("WARC-Concurrent-To", response_id),
        ("WARC-Block-Digest", f"sha256:{hashlib.sha256(request).hexdigest()}"),
        ("Content-Type", "application/http; msgtype=request"),
        ("Content-Length", str(len(request))),
    ]


def _common_fields(exchange: Exchange, record_id: str) -> Fields:
    return [
        ("WARC-Record-ID", record_id),
        ("WARC-Date", warc_date(exchange.started)),
        ("WARC-Target-URI", exchange.url),
        ("WARC-IP-Address", exchange.remote_address),
    ]


def _write_record(out: BinaryIO, fields: Fields, block: Iterable[bytes], level: int) -> None:
    gzip = zlib.compressobj(level, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    head = "".join(f"{name}: {value}\r\n" for name, value in fields)
    out.write(gzip.compress(f"WARC/1.1\r\n{head}\r\n".encode()))
    for data in block:
        out.write(gzip.compress(data))
    out.write(gzip.compress(b"\r\n\r\n") + gzip.flush())


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while data := file.read(PIECE):
            yield data


def _is_compressed(exchange: Exchange) -> bool:
    if exchange.header("Content-Encoding") is not None:
        return True
    served = exchange.served_type
    return served.startswith(COMPRESSED_TYPES) and served not in UNCOMPRESSED_TYPES


def _record_id() -> str:
    return f"<urn:uuid:{uuid.uuid4()}>"

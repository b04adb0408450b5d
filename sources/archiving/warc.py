"""Exchanges as WARC 1.1 records (ISO 28500:2017), each a gzip member of its own.

Written here and not by a library because the block has to be the very bytes of the wire, streamed from disk;
libraries parse the HTTP head and write it anew. What is compressed already goes into members of stored blocks
(gzip level 0): every reader takes them, and no time is spent on squeezing what does not shrink.
"""

from __future__ import annotations

import hashlib
import uuid
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from .exchange import Exchange

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


def record_id() -> str:
    """A new WARC-Record-ID."""
    return f"<urn:uuid:{uuid.uuid4()}>"


@dataclass(frozen=True)
class Recorded:
    """An exchange and the id of its response's record, which its request's record refers to."""

    exchange: Exchange
    response_id: str = field(default_factory=record_id)


@dataclass(frozen=True)
class Located:
    """Where a record lies in the WARC called ``filename``, and what the index says of it.

    ``offset`` and ``length`` in bytes, ``moment`` in UTC, ``sha256`` (hex) of the payload.
    """

    url: str
    moment: datetime
    media_type: str
    status: int
    sha256: str
    filename: str
    offset: int
    length: int


def located_response(exchange: Exchange, filename: str, offset: int, length: int) -> Located:
    """Where an exchange's response lies."""
    return Located(
        exchange.url,
        exchange.started,
        exchange.served_type,
        exchange.status,
        exchange.body_sha256,
        filename,
        offset,
        length,
    )


def write_warc(
    path: Path,
    records: Sequence[Recorded],
    software: Mapping[str, str],
    now: datetime,
    *,
    filename: str,
    elsewhere: frozenset[str] = frozenset(),
) -> list[Located]:
    """Write ``warcinfo``, then response and request of each exchange, to a new file known as ``filename``.

    ``now`` (UTC) dates the file; ``software`` maps field names to values for the warcinfo record. The responses
    whose ids are in ``elsewhere`` are left to another file.
    """
    with path.open("xb") as out:
        _write_record(out, *info_record(filename, software, now), TEXT_LEVEL)
        located = []
        for recorded in records:
            if recorded.response_id not in elsewhere:
                located.append(_write_response(out, recorded, filename))
            _write_request(out, recorded)
        return located


def warc_date(moment: datetime) -> str:
    """``moment`` (UTC) as a WARC-Date with microseconds."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def info_record(filename: str, software: Mapping[str, str], now: datetime) -> tuple[Fields, Iterable[bytes]]:
    """Fields and block of the record that says who wrote the file."""
    block = "".join(f"{name}: {value}\r\n" for name, value in software.items()).encode()
    fields = [
        ("WARC-Type", "warcinfo"),
        ("WARC-Record-ID", record_id()),
        ("WARC-Date", warc_date(now)),
        ("WARC-Filename", filename),
        ("WARC-Block-Digest", f"sha256:{hashlib.sha256(block).hexdigest()}"),
        ("Content-Type", "application/warc-fields"),
        ("Content-Length", str(len(block))),
    ]
    return fields, [block]


def head_of(fields: Fields) -> bytes:
    """The lines before a record's block."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields)
    return f"WARC/1.1\r\n{lines}\r\n".encode()


def _write_response(out: BinaryIO, recorded: Recorded, filename: str) -> Located:
    exchange = recorded.exchange
    start = out.tell()
    level = 0 if is_compressed(exchange) else TEXT_LEVEL
    _write_record(out, response_fields(recorded), exchange.response(), level)
    return located_response(exchange, filename, start, out.tell() - start)


def _write_request(out: BinaryIO, recorded: Recorded) -> None:
    request = recorded.exchange.request
    _write_record(out, _request_fields(recorded, request), [request], TEXT_LEVEL)


def response_fields(recorded: Recorded) -> Fields:
    """The fields of an exchange's response record."""
    exchange = recorded.exchange
    fields = [
        ("WARC-Type", "response"),
        *_common_fields(exchange, recorded.response_id),
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


def is_compressed(exchange: Exchange) -> bool:
    """Whether compressing the body again would be in vain."""
    if exchange.header("Content-Encoding") is not None:
        return True
    served = exchange.served_type
    return served.startswith(COMPRESSED_TYPES) and served not in UNCOMPRESSED_TYPES


def _request_fields(recorded: Recorded, request: bytes) -> Fields:
    return [
        ("WARC-Type", "request"),
        *_common_fields(recorded.exchange, record_id()),
        ("WARC-Concurrent-To", recorded.response_id),
        ("WARC-Block-Digest", f"sha256:{hashlib.sha256(request).hexdigest()}"),
        ("Content-Type", "application/http; msgtype=request"),
        ("Content-Length", str(len(request))),
    ]


def _common_fields(exchange: Exchange, record_id: str) -> Fields:
    fields = [
        ("WARC-Record-ID", record_id),
        ("WARC-Date", warc_date(exchange.started)),
        ("WARC-Target-URI", exchange.url),
    ]
    # A way out of another make may not say to which address it connected.
    return [*fields, ("WARC-IP-Address", exchange.remote_address)] if exchange.remote_address else fields


def _write_record(out: BinaryIO, fields: Fields, block: Iterable[bytes], level: int) -> None:
    gzip = zlib.compressobj(level, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    out.write(gzip.compress(head_of(fields)))
    for data in block:
        out.write(gzip.compress(data))
    out.write(gzip.compress(b"\r\n\r\n") + gzip.flush())

"""The second WARC of a capture: what need not be compressed, each body raw and in one piece.

So a body can lie in the archive as a file of its own, once, and the web archive only says where it belongs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from .exchange import Exchange
from .signatures import media_type_of
from .splices import Body
from .warc import (
    Fields,
    Located,
    Recorded,
    head_of,
    info_record,
    is_compressed,
    located_response,
    record_id,
    response_fields,
    warc_date,
)

#: From so many bytes on a file of its own is cheaper than keeping the body again with every capture.
RAW_BYTES = 8 * 1024
COMPRESSED_RAW_BYTES = 1024

END = b"\r\n\r\n"

Segment = bytes | Body


@dataclass(frozen=True)
class Resource:
    """A file that came by another way than an exchange, such as an upload; ``moment`` (UTC) is when."""

    url: str
    body: Body
    moment: datetime


def stands_raw(exchange: Exchange) -> bool:
    """Whether the body was in one piece on the wire, and is better kept as it is than compressed."""
    least = COMPRESSED_RAW_BYTES if is_compressed(exchange) else RAW_BYTES
    return not exchange.is_chunked and exchange.body_length >= least


class RawWarc:
    """An uncompressed WARC as the segments it consists of, known as ``filename``; ``size`` in bytes."""

    def __init__(self, filename: str, software: Mapping[str, str], now: datetime) -> None:
        self.segments: list[Segment] = []
        self.located: list[Located] = []
        self.size = 0
        self._filename = filename
        fields, block = info_record(filename, software, now)
        self._add(head_of(fields), *block, END)

    def add_response(self, recorded: Recorded) -> None:
        """Append the response of an exchange that ``stands_raw``."""
        exchange = recorded.exchange
        start = self.size
        self._add(head_of(response_fields(recorded)), exchange.head, _body_of(exchange), END)
        self.located.append(located_response(exchange, self._filename, start, self.size - start))

    def add_resource(self, resource: Resource) -> None:
        """Append a file that no exchange brought."""
        start, body = self.size, resource.body
        self._add(head_of(_resource_fields(resource)), body, END)
        length = self.size - start
        self.located.append(
            Located(
                resource.url,
                resource.moment,
                body.media_type,
                200,
                body.sha256,
                self._filename,
                start,
                length,
            )
        )

    def _add(self, *segments: Segment) -> None:
        self.segments += segments
        self.size += sum(segment.size if isinstance(segment, Body) else len(segment) for segment in segments)


def raw_warc(
    filename: str,
    records: Sequence[Recorded],
    resources: Sequence[Resource],
    software: Mapping[str, str],
    now: datetime,
) -> RawWarc | None:
    """The WARC of these responses and files; None when there are none."""
    if not records and not resources:
        return None
    warc = RawWarc(filename, software, now)
    for recorded in records:
        warc.add_response(recorded)
    for resource in resources:
        warc.add_resource(resource)
    return warc


def _resource_fields(resource: Resource) -> Fields:
    digest = f"sha256:{resource.body.sha256}"
    return [
        ("WARC-Type", "resource"),
        ("WARC-Record-ID", record_id()),
        ("WARC-Date", warc_date(resource.moment)),
        ("WARC-Target-URI", resource.url),
        ("WARC-Block-Digest", digest),
        ("WARC-Payload-Digest", digest),
        ("Content-Type", resource.body.media_type),
        ("Content-Length", str(resource.body.size)),
    ]


def _body_of(exchange: Exchange) -> Body:
    media_type = media_type_of(exchange.body_path, exchange.served_type)
    return Body(exchange.body_path, exchange.body_sha256, exchange.body_length, media_type)

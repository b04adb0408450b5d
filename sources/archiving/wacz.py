"""One capture as a WACZ 1.1.1 file: WARC, CDXJ index, page list and checksums in a zip.

The layout follows the Webrecorder WACZ 1.1.1 specification; the index is CDXJ, sorted, with SURT keys. Bodies
that stand raw are spliced in: see ``raw_warc`` and ``splices``.
"""

from __future__ import annotations

import hashlib
import json
import re
import uuid
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, cast
from urllib.parse import urlsplit

from .exchange import Exchange
from .harvest import HarvestedFile, Role
from .raw_warc import RawWarc, Resource, raw_warc, stands_raw
from .splices import SplicedWriter, open_frame, pieces_of, sha256_of
from .urls import DEFAULT_PORT
from .warc import Located, Recorded, write_warc

WACZ_VERSION = "1.1.1"
WACZ_TYPE = "application/wacz+zip"
WARC_NAME = "data.warc.gz"
RAW_WARC_NAME = "media.warc"
WWW_LABEL = re.compile(r"www[0-9]*")


@dataclass(frozen=True)
class Page:
    """The page a capture was made for. ``moment`` (UTC) is when its exchange started."""

    url: str
    moment: datetime
    title: str | None = None
    text: str = ""


def write_wacz(
    path: Path,
    exchanges: Sequence[Exchange],
    page: Page,
    *,
    software: Mapping[str, str],
    now: datetime,
    resources: Sequence[Resource] = (),
) -> HarvestedFile:
    """Write the frame of a new WACZ at ``path``; size, SHA-256 and splices of what is returned tell of the whole.

    ``software["software"]`` names the writer, ``now`` (UTC) dates it; ``resources`` are files that no exchange
    brought. The bodies' files have to stay where they are until the WACZ is kept. Raises OSError.
    """
    warc = path.with_suffix(".warc.gz")
    sink = SplicedWriter(path)
    try:
        _write_members(sink, warc, exchanges, page, software, now, resources)
    finally:
        sink.close()
        warc.unlink(missing_ok=True)
    size, splices = path.stat().st_size + sum(splice.size for splice in sink.splices), tuple(sink.splices)
    with open_frame(path, size, splices) as whole:
        sha256 = sha256_of(whole)
    return HarvestedFile(path, Role.WACZ, page.url, sha256, size, WACZ_TYPE, splices=splices)


def _write_members(
    sink: SplicedWriter,
    warc: Path,
    exchanges: Sequence[Exchange],
    page: Page,
    software: Mapping[str, str],
    now: datetime,
    resources: Sequence[Resource],
) -> None:
    records = [Recorded(exchange) for exchange in exchanges]
    raw = [recorded for recorded in records if stands_raw(recorded.exchange)]
    elsewhere = frozenset(recorded.response_id for recorded in raw)
    located = write_warc(warc, records, software, now, filename=WARC_NAME, elsewhere=elsewhere)
    media = raw_warc(RAW_WARC_NAME, raw, resources, software, now)
    # zipfile asks for no more of a file than the sink can do.
    with zipfile.ZipFile(cast(BinaryIO, sink), "w") as archive:
        described = [
            # A WARC is read by byte range inside the zip, so it has to be stored.
            _add_file(archive, f"archive/{WARC_NAME}", warc, now),
            *([_add_raw(archive, f"archive/{RAW_WARC_NAME}", media, sink, now)] if media else []),
            _add(archive, "indexes/index.cdxj", _cdxj([*located, *(media.located if media else [])]), now),
            _add(archive, "pages/pages.jsonl", _pages(page), now),
        ]
        package = _json(_datapackage(described, page, software["software"], now))
        _add(archive, "datapackage.json", package, now)
        _add(archive, "datapackage-digest.json", _json(_digest(package)), now)


def surt(url: str) -> str:
    """The sort-friendly form of ``url``: host labels reversed, all lower case, query sorted, no ``www.``."""
    parts = urlsplit(url.lower())
    host = parts.hostname or ""
    labels = host.split(".")
    if WWW_LABEL.fullmatch(labels[0]):
        labels = labels[1:]
    port = f":{parts.port}" if parts.port not in (None, DEFAULT_PORT.get(parts.scheme)) else ""
    path = parts.path.rstrip("/") or "/"
    query = f"?{'&'.join(sorted(parts.query.split('&')))}" if parts.query else ""
    return f"{','.join(reversed(labels))}{port}){path}{query}"


def timestamp(moment: datetime) -> str:
    """``moment`` (UTC) as the 14 digits of an index."""
    return moment.strftime("%Y%m%d%H%M%S")


def _cdxj(located: Sequence[Located]) -> bytes:
    return "".join(sorted(_cdxj_line(entry) for entry in located)).encode()


def _cdxj_line(entry: Located) -> str:
    fields = {
        "url": entry.url,
        "mime": entry.media_type or "unk",
        "status": str(entry.status),
        "digest": f"sha256:{entry.sha256}",
        "length": str(entry.length),
        "offset": str(entry.offset),
        "filename": entry.filename,
    }
    return f"{surt(entry.url)} {timestamp(entry.moment)} {json.dumps(fields)}\n"


def _pages(page: Page) -> bytes:
    header = {"format": "json-pages-1.0", "id": "pages", "title": "All Pages", "hasText": bool(page.text)}
    entry = {
        "id": uuid.uuid4().hex,
        "url": page.url,
        "ts": _iso(page.moment),
        "title": page.title or page.url,
        "text": page.text,
    }
    return b"".join(json.dumps(line, ensure_ascii=False).encode() + b"\n" for line in (header, entry))


def _datapackage(resources: list[dict[str, Any]], page: Page, software: str, now: datetime) -> dict[str, Any]:
    return {
        "profile": "data-package",
        "wacz_version": WACZ_VERSION,
        "title": page.title or page.url,
        "created": _iso(now),
        "software": software,
        "mainPageUrl": page.url,
        "mainPageDate": _iso(page.moment),
        "resources": resources,
    }


def _digest(package: bytes) -> dict[str, str]:
    return {"path": "datapackage.json", "hash": f"sha256:{hashlib.sha256(package).hexdigest()}"}


def _add(archive: zipfile.ZipFile, name: str, data: bytes, now: datetime) -> dict[str, Any]:
    archive.writestr(_member(name, now), data, zipfile.ZIP_DEFLATED)
    return _resource(name, hashlib.sha256(data).hexdigest(), len(data))


def _add_file(archive: zipfile.ZipFile, name: str, source: Path, now: datetime) -> dict[str, Any]:
    return _add_pieces(archive, _member(name, now, source.stat().st_size), pieces_of(source))


def _add_raw(
    archive: zipfile.ZipFile, name: str, warc: RawWarc, sink: SplicedWriter, now: datetime
) -> dict[str, Any]:
    return _add_pieces(archive, _member(name, now, warc.size), _spliced(warc, sink))


def _spliced(warc: RawWarc, sink: SplicedWriter) -> Iterator[bytes]:
    """The WARC's bytes, those of its bodies while the sink takes them for stored elsewhere."""
    for segment in warc.segments:
        if isinstance(segment, bytes):
            yield segment
        else:
            with sink.elsewhere(segment):
                yield from pieces_of(segment.path)


def _add_pieces(archive: zipfile.ZipFile, info: zipfile.ZipInfo, pieces: Iterator[bytes]) -> dict[str, Any]:
    digest = hashlib.sha256()
    with archive.open(info, "w") as member:
        for data in pieces:
            digest.update(data)
            member.write(data)
    return _resource(info.filename, digest.hexdigest(), info.file_size)


def _member(name: str, now: datetime, size: int = 0) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, now.timetuple()[:6])
    info.external_attr = 0o644 << 16
    info.file_size = size  # known beforehand, so that a large member gets the fields of Zip64
    return info


def _resource(name: str, sha256: str, length: int) -> dict[str, Any]:
    return {"name": Path(name).name, "path": name, "hash": f"sha256:{sha256}", "bytes": length}


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2).encode()


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")

"""One capture as a WACZ 1.1.1 file: WARC, CDXJ index, page list and checksums in a zip.

The layout follows the Webrecorder WACZ 1.1.1 specification; the index is CDXJ, sorted, with SURT keys.
"""

from __future__ import annotations

import hashlib
import json
import re
import uuid
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from .exchange import Exchange
from .urls import DEFAULT_PORT
from .warc import Located, write_warc

WACZ_VERSION = "1.1.1"
WARC_NAME = "data.warc.gz"
PIECE = 1024 * 1024
WWW_LABEL = re.compile(r"www[0-9]*")


@dataclass(frozen=True)
class Page:
    """The page a capture was made for. ``moment`` (UTC) is when its exchange started."""

    url: str
    moment: datetime
    title: str | None = None
    text: str = ""


def write_wacz(
    path: Path, exchanges: Sequence[Exchange], page: Page, *, software: Mapping[str, str], now: datetime
) -> None:
    """Write a new WACZ at ``path``; ``software["software"]`` names the writer, ``now`` (UTC) dates it.

    The WARC lies beside ``path`` while the zip is written and is removed again.
    """
    warc = path.with_suffix(".warc.gz")
    try:
        located = write_warc(warc, exchanges, software, now)
        with zipfile.ZipFile(path, "x") as archive:
            resources = [
                # The WARC is read by byte range inside the zip, so it has to be stored.
                _add_file(archive, f"archive/{WARC_NAME}", warc, now),
                _add(archive, "indexes/index.cdxj", _cdxj(located), now),
                _add(archive, "pages/pages.jsonl", _pages(page), now),
            ]
            package = _json(_datapackage(resources, page, software["software"], now))
            _add(archive, "datapackage.json", package, now)
            _add(archive, "datapackage-digest.json", _json(_digest(package)), now)
    finally:
        warc.unlink(missing_ok=True)


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
    exchange = entry.exchange
    fields = {
        "url": exchange.url,
        "mime": exchange.served_type or "unk",
        "status": str(exchange.status),
        "digest": f"sha256:{exchange.body_sha256}",
        "length": str(entry.length),
        "offset": str(entry.offset),
        "filename": WARC_NAME,
    }
    return f"{surt(exchange.url)} {timestamp(exchange.started)} {json.dumps(fields)}\n"


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
    info = zipfile.ZipInfo(name, now.timetuple()[:6])
    info.external_attr = 0o644 << 16
    archive.writestr(info, data, zipfile.ZIP_DEFLATED)
    return _resource(name, hashlib.sha256(data).hexdigest(), len(data))


def _add_file(archive: zipfile.ZipFile, name: str, source: Path, now: datetime) -> dict[str, Any]:
    info = zipfile.ZipInfo(name, now.timetuple()[:6])
    info.external_attr = 0o644 << 16
    info.file_size = source.stat().st_size
    digest = hashlib.sha256()
    with source.open("rb") as file, archive.open(info, "w") as member:
        while data := file.read(PIECE):
            digest.update(data)
            member.write(data)
    return _resource(name, digest.hexdigest(), info.file_size)


def _resource(name: str, sha256: str, length: int) -> dict[str, Any]:
    return {"name": Path(name).name, "path": name, "hash": f"sha256:{sha256}", "bytes": length}


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2).encode()


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")

"""What the methods share: from exchanges to the document, the media, and the files of a capture."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from .decoding import decoded_file
from .errors import ArchivingError
from .exchange import Exchange
from .harvest import HarvestedFile, Role
from .markup import decode
from .policy import FetchPolicy
from .readable import PageFacts, glance_at
from .signatures import media_type_of
from .tools import tool_versions
from .wacz import Page, write_wacz

MEDIA_FAMILIES = ("image/", "video/", "audio/")
HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})


@dataclass(frozen=True)
class Document:
    """The main answer without content coding: its file, type, and the page in it, if it is one."""

    exchange: Exchange
    path: Path
    sha256: str
    size: int
    media_type: str
    html: bytes | str
    facts: PageFacts

    @property
    def is_page(self) -> bool:
        """Whether it is HTML."""
        return self.media_type in HTML_TYPES

    @property
    def is_medium(self) -> bool:
        """Whether it is a picture, video, sound or PDF."""
        return self.media_type.startswith(MEDIA_FAMILIES) or self.media_type == "application/pdf"

    @property
    def page(self) -> Page:
        """What a web archive says of its page."""
        return Page(self.exchange.url, self.exchange.started, self.facts.title, self.facts.text)

    def as_file(self, role: Role) -> HarvestedFile:
        """The file to keep, in that role."""
        return HarvestedFile(self.path, role, self.exchange.url, self.sha256, self.size, self.media_type)


def no_progress(stage: str, done: int, total: int) -> None:
    """Nobody is waiting for news."""


def read_document(exchange: Exchange, policy: FetchPolicy) -> Document:
    """The main answer, decoded; what cannot be decoded is taken as it was served."""
    try:
        path, sha256, size = decoded_file(exchange, policy.decoded_bytes)
    except ArchivingError:
        # What cannot be decoded is kept as served; it has no text, and the verdict will say so.
        path, sha256, size = exchange.body_path, exchange.body_sha256, exchange.body_length
    media_type = media_type_of(path, exchange.served_type)
    start = _read_start(path, policy.page_bytes) if media_type in HTML_TYPES else b""
    html = decode(start, exchange.served_charset, is_cut=len(start) < size)
    return Document(exchange, path, sha256, size, media_type, html, glance_at(html))


def _read_start(path: Path, limit: int) -> bytes:
    with path.open("rb") as file:
        return file.read(limit)


def medium_of(exchange: Exchange, policy: FetchPolicy) -> HarvestedFile | None:
    """The picture, video or sound that came, without content coding; None if it is none or cannot be decoded."""
    try:
        path, sha256, size = decoded_file(exchange, policy.decoded_bytes)
    except ArchivingError:
        return None
    media_type = media_type_of(path, exchange.served_type)
    if not size or not media_type.startswith(MEDIA_FAMILIES):
        return None
    return HarvestedFile(path, Role.MEDIUM, exchange.url, sha256, size, media_type)


def page_files(document: Document) -> Iterator[HarvestedFile]:
    """The document as a file of its own, where it is not kept as a medium."""
    if not document.is_medium and document.size:
        yield document.as_file(Role.PAGE)


def write_capture(workdir: Path, exchanges: Sequence[Exchange], page: Page) -> HarvestedFile:
    """The WACZ of one capture, new in ``workdir``. Raises OSError."""
    path = workdir / "capture.wacz"
    versions = tool_versions()
    software = {
        "software": f"Sightline {versions['sightline']}",
        "format": "WARC File Format 1.1",
        "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
    }
    return write_wacz(path, exchanges, page, software=software, now=datetime.now(UTC))


def describe(path: Path, role: Role, url: str, media_type: str) -> HarvestedFile:
    """The file at ``path`` with its size and digest."""
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return HarvestedFile(path, role, url, sha256, path.stat().st_size, media_type)

"""What the methods share: from exchanges to the document, the media, and the files of a capture."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from .decoding import decoded_file
from .embeds import find_players
from .errors import ArchivingError
from .exchange import Exchange
from .harvest import HarvestedFile, Role
from .markup import decode
from .policy import FetchPolicy
from .raw_warc import Resource
from .readable import PageFacts, glance_at
from .requisites import Kind
from .signatures import HTML_TYPES, PLAYLIST_TYPES, media_type_of
from .tools import tool_versions
from .verdict import Missing
from .wacz import Page, write_wacz

MEDIA_FAMILIES = ("image/", "video/", "audio/")
MOVING = frozenset({Kind.VIDEO, Kind.AUDIO})
WARC_FORMAT = "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"


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


def absent_video(url: str, kind: Kind, exchange: Exchange, policy: FetchPolicy) -> Missing | None:
    """The video or sound at ``url`` that did not come though there was a good answer: a list of its parts, a page."""
    if kind not in MOVING and exchange.served_type not in PLAYLIST_TYPES:
        return None
    media_type = media_type_of(exchange.body_path, exchange.served_type)
    if media_type in PLAYLIST_TYPES:
        return Missing(url, kind if kind in MOVING else Kind.VIDEO, "only its playlist was fetched")
    if kind not in MOVING or medium_of(exchange, policy):
        return None
    return Missing(url, kind, f"the answer is {media_type if exchange.body_length else 'empty'}")


def players_in(html: bytes | str, url: str) -> Iterator[Missing]:
    """The players of video sites in the page at ``url``, whose videos no page brings along."""
    for player in find_players(html, url):
        yield Missing(player.url, Kind.VIDEO, f"a player of {player.host}, which was not followed")


def page_files(document: Document) -> Iterator[HarvestedFile]:
    """The document as a file of its own, where it is not kept as a medium."""
    if not document.is_medium and document.size:
        yield document.as_file(Role.PAGE)


def write_capture(
    workdir: Path, exchanges: Sequence[Exchange], page: Page, resources: Sequence[Resource] = ()
) -> HarvestedFile:
    """The WACZ of one capture, new in ``workdir``. Raises OSError."""
    software = {
        "software": f"Sightline {tool_versions()['sightline']}",
        "format": "WARC File Format 1.1",
        "conformsTo": WARC_FORMAT,
    }
    path, now = workdir / "capture.wacz", datetime.now(UTC)
    return write_wacz(path, exchanges, page, software=software, now=now, resources=resources)


def describe(path: Path, role: Role, url: str, media_type: str) -> HarvestedFile:
    """The file at ``path`` with its size and digest."""
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return HarvestedFile(path, role, url, sha256, path.stat().st_size, media_type)

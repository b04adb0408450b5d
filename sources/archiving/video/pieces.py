"""One file of a video as it was got, and what is to be said of it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..harvest import HarvestedFile, Role
from ..signatures import media_type_of
from .items import Fragment, Item

ROLES = {"subtitles": Role.SUBTITLES}


@dataclass(frozen=True)
class Piece:
    """A file, its SHA-256 in hex and size in bytes.

    ``truncated`` is None for a whole file, else why it is not, in the words of WARC-Truncated. ``is_download``
    says that yt-dlp got it, so that there is no exchange for it; ``asked`` counts the fragments asked for.
    """

    item: Item
    path: Path
    sha256: str
    size: int
    media_type: str
    truncated: str | None = None
    is_download: bool = False
    fragments: tuple[Fragment, ...] = ()
    asked: int = 0
    joined_sha256: str | None = None

    @property
    def missing_fragments(self) -> int:
        """Fragments that were asked for and not got."""
        return self.asked - len(self.fragments)

    @property
    def is_as_served(self) -> bool:
        """Whether the file is the very bytes of the server, fragments one after the other."""
        return self.joined_sha256 in (None, self.sha256)

    @property
    def is_disguised(self) -> bool:
        """Whether the file is a page or another text where picture or sound was promised."""
        return self.item["kind"] != "subtitles" and self.media_type.startswith(("text/", "application/json"))

    def file(self) -> HarvestedFile:
        """For the harvest."""
        role = ROLES.get(self.item["kind"], Role.MEDIUM)
        return HarvestedFile(self.path, role, self.item["url"], self.sha256, self.size, self.media_type)

    def facts(self) -> dict[str, Any]:
        """For the record, JSON-safe."""
        return {
            "name": self.item["name"],
            "kind": self.item["kind"],
            "url": self.item["url"],
            "protocol": self.item["protocol"],
            "media_type": self.media_type,
            "sha256": self.sha256,
            "size": self.size,
            "truncated": self.truncated,
            "fragments_asked_for": self.asked,
            "fragments": list(self.fragments),
        }

    def notes(self) -> list[str]:
        """Sentences on how the file came to be."""
        said = [self.item["note"]] if self.item["note"] else []
        if self.fragments:
            said.append(f"{len(self.fragments)} fragments, kept one after the other as one file")
        if not self.is_as_served:
            said.append("the fragments were encrypted or packed; the file holds what was in them")
        if self.is_download and self.item["is_plain"]:
            said.append("fetched by yt-dlp, because the server did not give the file to a plain request")
        return [f"{self.item['kind']} {self.item['name']}: {sentence}" for sentence in said]


def piece_of_download(
    item: Item,
    path: Path,
    fragments: Sequence[Fragment],
    asked: int,
    joined_sha256: str | None,
    truncated: str | None,
) -> Piece:
    """The piece for a file that yt-dlp downloaded to ``path``."""
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return Piece(
        item,
        path,
        sha256,
        path.stat().st_size,
        _media_type(item, path),
        truncated=truncated,
        is_download=True,
        fragments=tuple(fragments),
        asked=asked,
        joined_sha256=joined_sha256,
    )


def remains(path: Path) -> Path | None:
    """The file at ``path``, or the part of it that was written; None if there is no byte."""
    candidates = (path, path.with_name(f"{path.name}.part"))
    return next((file for file in candidates if file.exists() and file.stat().st_size), None)


def _media_type(item: Item, path: Path) -> str:
    found = media_type_of(path)
    # The brand of an MP4 stream does not tell sound from picture, but whoever announced it did.
    return "audio/mp4" if item["kind"] == "audio" and found == "video/mp4" else found

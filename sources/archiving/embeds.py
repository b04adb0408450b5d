"""Media that an article names without showing them by plain elements, and players of others inside it."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

import lxml.html

from .hosts import is_video_host, may_hold_video
from .markup import parse
from .urls import join

JSON_LD_BYTES = 512 * 1024
LINKED_FILES = 20
PLAYERS = 50
VIDEO_SUFFIXES = frozenset({".mp4", ".m4v", ".webm", ".mov", ".ogv", ".avi", ".mkv", ".flv", ".3gp"})
AUDIO_SUFFIXES = frozenset({".mp3", ".m4a", ".ogg", ".oga", ".opus", ".wav", ".flac", ".aac"})
IMAGE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif", ".heic", ".tif", ".tiff"})
#: schema.org: the property that holds a medium's address, by the kind of medium.
FILES = {"VideoObject": "video", "AudioObject": "audio", "ImageObject": "image"}
PICTURES = ("image", "thumbnail", "thumbnailUrl", "primaryImageOfPage")
PLAYER_ATTRIBUTES = ("src", "data-src", "data-lazy-src")
PLAYER_CARDS = frozenset({"og:video", "og:video:url", "og:video:secure_url", "twitter:player"})

Found = tuple[str, str]


@dataclass(frozen=True)
class Player:
    """A player of another site inside a page. It is listed and not followed."""

    url: str
    host: str
    title: str


def suffix_kind(url: str) -> str | None:
    """``video``, ``audio`` or ``image`` if the path of ``url`` ends like such a file."""
    try:
        suffix = PurePosixPath(urlsplit(url).path).suffix.lower()
    except ValueError:
        return None
    kinds = (("video", VIDEO_SUFFIXES), ("audio", AUDIO_SUFFIXES), ("image", IMAGE_SUFFIXES))
    return next((kind for kind, suffixes in kinds if suffix in suffixes), None)


def media_in_json_ld(text: str) -> Iterator[Found]:
    """(URL, kind) of the media in one block of JSON-LD; what is no JSON has none."""
    for node in _nodes(text):
        yield from _own_media(node)


def _nodes(text: str) -> Iterator[dict[str, Any]]:
    """Every object in a block of JSON-LD, wherever it stands: pages use ``@graph``, lists and nesting freely."""
    try:
        waiting: deque[Any] = deque([json.loads(text)] if len(text) <= JSON_LD_BYTES else [])
    except (ValueError, RecursionError):
        return
    while waiting:
        node = waiting.popleft()
        if isinstance(node, dict):
            yield node
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node


def _own_media(node: dict[str, Any]) -> Iterator[Found]:
    for kind in (FILES[name] for name in _types(node) if name in FILES):
        yield from ((url, kind) for url in _addresses(node.get("contentUrl")))
        if kind == "image":
            yield from ((url, "image") for url in _addresses(node.get("url")))
    for name in PICTURES:
        yield from ((url, "image") for url in _addresses(node.get(name)))


def _types(node: dict[str, Any]) -> list[str]:
    declared = node.get("@type")
    return [
        name for name in (declared if isinstance(declared, list) else [declared]) if isinstance(name, str)
    ]


def _addresses(value: Any) -> list[str]:
    return [
        item for item in (value if isinstance(value, list) else [value]) if isinstance(item, str) and item
    ]


def find_players(html: bytes | str, base_url: str, limit: int = PLAYERS) -> list[Player]:
    """The first ``limit`` players of known video hosts in a page: iframes, and what JSON-LD and cards name."""
    root = parse(html)
    if root is None:
        return []
    found: dict[str, Player] = {}
    for reference, title in _player_references(root):
        url = join(base_url, reference)
        if url and (is_video_host(url) or may_hold_video(url)):
            found.setdefault(url, Player(url, urlsplit(url).hostname or "", title))
        if len(found) >= limit:
            break
    return list(found.values())


def _player_references(root: lxml.html.HtmlElement) -> Iterator[Found]:
    for element in root.iter("iframe", "embed", "meta", "script"):
        title = element.get("title") or ""
        yield from ((reference, title) for reference in _references(element))


def _references(element: lxml.html.HtmlElement) -> Iterator[str]:
    if element.tag in ("iframe", "embed"):
        yield from (element.get(name) or "" for name in PLAYER_ATTRIBUTES)
    elif element.tag == "meta" and (element.get("property") or element.get("name")) in PLAYER_CARDS:
        yield element.get("content") or ""
    elif element.tag == "script" and is_json_ld(element):
        for node in _nodes(element.text or ""):
            yield from _addresses(node.get("embedUrl"))


def is_json_ld(element: lxml.html.HtmlElement) -> bool:
    """Whether a ``<script>`` is a block of JSON-LD."""
    return (element.get("type") or "").split(";")[0].strip().lower() == "application/ld+json"

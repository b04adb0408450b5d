"""Which of the files that yt-dlp names are kept: the best picture and sound, subtitles, one thumbnail."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .items import Item, ItemKind

_SERVED = "[protocol~='^(https?|m3u8|m3u8_native|http_dash_segments)$']"
#: The best picture with the best sound, each as its own file if it is served so; else the best there is.
FORMATS = f"bestvideo*{_SERVED}+bestaudio{_SERVED}/best{_SERVED}/bestaudio{_SERVED}/best*"
SUBTITLES = 20
CAPTIONS = 3

Info = dict[str, Any]
Chosen = tuple[Item, Info]


def items_of(info: Info, prefix: str) -> list[Chosen]:
    """The items of one resolved video, with yt-dlp's own description of each; names begin with ``prefix``."""
    chosen = [*_streams(info), *_subtitles(info), *_thumbnail(info)]
    return [
        (_item(f"{prefix}.{kind}.{number}", kind, source, note), source)
        for number, (kind, source, note) in enumerate(chosen)
    ]


def _item(name: str, kind: ItemKind, source: Info, note: str | None) -> Item:
    protocol = str(source.get("protocol") or source.get("url", "").split(":")[0])
    return {
        "name": name,
        "kind": kind,
        "url": str(source.get("url") or ""),
        "protocol": protocol,
        "is_plain": protocol in ("http", "https") and not _wants_more_than_a_get(source),
        "note": note,
    }


def _wants_more_than_a_get(source: Info) -> bool:
    """Some hosts throttle whole files and want them asked for by ranges; others want a body."""
    options = source.get("downloader_options") or {}
    return bool(source.get("fragments") or source.get("request_data") or options.get("http_chunk_size"))


def _streams(info: Info) -> Iterator[tuple[ItemKind, Info, str | None]]:
    for chosen in info.get("requested_formats") or [info]:
        source = {**info, **chosen, "is_live": False}  # for live streams the downloader would want ffmpeg
        source.pop("requested_formats", None)
        kind: ItemKind = "audio" if chosen.get("vcodec") == "none" else "video"
        note = "a live stream: what its playlist listed at this moment" if info.get("is_live") else None
        yield kind, source, note


def _subtitles(info: Info) -> Iterator[tuple[ItemKind, Info, str | None]]:
    for language, variants in list((info.get("subtitles") or {}).items())[:SUBTITLES]:
        if language != "live_chat" and variants:
            yield "subtitles", _completed(variants[-1], info), f"subtitles in {language}"
    for language in _spoken(info)[:CAPTIONS]:
        variants = info["automatic_captions"][language]
        yield "subtitles", _completed(variants[-1], info), f"automatic captions in {language}"


def _completed(variant: Info, info: Info) -> Info:
    return {"id": info.get("id"), "title": info.get("title"), "ext": "vtt", **variant}


def _spoken(info: Info) -> list[str]:
    """Languages of automatic captions that are not translations, as far as the host says."""
    captions = [language for language, variants in (info.get("automatic_captions") or {}).items() if variants]
    original = [name for name in captions if name.endswith("-orig") or name == info.get("language")]
    return original or captions[:1]


def _thumbnail(info: Info) -> Iterator[tuple[ItemKind, Info, str | None]]:
    thumbnails = info.get("thumbnails") or []
    if thumbnails:
        yield "thumbnail", _completed({**thumbnails[-1], "ext": "jpg"}, info), None

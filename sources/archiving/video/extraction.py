"""yt-dlp at work, inside the confined process: what there is at an address, and the streams in pieces."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from yt_dlp import YoutubeDL
from yt_dlp.postprocessor import FFmpegPostProcessor

from sources.archiving.policy import Egress

from .choosing import FORMATS, items_of
from .fragments import FragmentLog, FragmentRecord
from .items import Found, Item, Job, Problem, Video
from .problems import TooManyBytesError, problem_of

VIDEOS = 10
RETRIES = 3
NOWHERE = "/nonexistent"
#: Protocols whose downloaders leave the bytes as served; others are delegated to ffmpeg or put together anew.
NATIVE = frozenset({"http", "https", "m3u8", "m3u8_native", "http_dash_segments"})

Info = dict[str, Any]
Tell = Callable[..., None]


class Silence:
    """A logger for yt-dlp: what matters arrives as exceptions."""

    def debug(self, message: str) -> None:
        """Say nothing."""

    warning = error = debug


class Session:
    """One job. ``tell`` sends an event to the archiver."""

    def __init__(self, job: Job, tell: Tell) -> None:
        self._job = job
        self._tell = tell
        self._folder = Path(job["folder"])
        self._password = Egress.from_url(job["proxy"]).password
        self._sources: dict[str, tuple[Item, Info]] = {}
        self._bytes_before = 0
        # The native downloader asks for ffmpeg without looking at the options.
        FFmpegPostProcessor._ffmpeg_location.set(NOWHERE)
        self._engine = YoutubeDL(_options(job))
        self._engine.add_progress_hook(self._progress)

    def find(self) -> Found:
        """Read what there is at the address; nothing of it is downloaded yet."""
        found: Found = {"videos": [], "problems": [], "left_out": 0}
        try:
            entries, extra = self._entries()
        except Exception as error:  # extractors raise whatever a page makes them raise
            found["problems"].append(self._problem(error))
            return found
        for entry in entries[:VIDEOS]:
            try:
                resolved = self._engine.process_ie_result(entry, download=False, extra_info=extra)
                found["videos"] += [self._describe(info) for info in _videos_in(resolved)]
            except Exception as error:  # one entry's trouble is not the others'
                found["problems"].append(self._problem(error))
        found["left_out"] = max(0, len(entries) - VIDEOS)
        return found

    def download(self, names: Iterable[str]) -> None:
        """Download the items called ``names``, telling of each what came of it."""
        for name in names:
            item, source = self._sources[name]
            path = self._folder / name
            with FragmentLog() as log:
                try:
                    self._download_one(path, source)
                except Exception as error:  # downloaders raise what servers make them raise
                    self._tell_of(item, path, log.record, problem=self._problem(error))
                else:
                    self._tell_of(item, path, log.record)
            self._bytes_before += path.stat().st_size if path.exists() else 0

    def _problem(self, error: Exception) -> Problem:
        return problem_of(error, self._password)

    def _entries(self) -> tuple[list[Info], Info]:
        """The videos at the address (one more than the limit if there are more), and what they have in common."""
        result = self._engine.extract_info(self._job["url"], download=False, process=False) or {}
        if result.get("_type") not in ("playlist", "multi_video"):
            return [result], {}
        shared = ("extractor", "extractor_key", "webpage_url", "original_url")
        return list(islice(iter(result["entries"]), VIDEOS + 1)), {key: result.get(key) for key in shared}

    def _describe(self, info: Info) -> Video:
        number = len({name.split(".")[0] for name in self._sources})
        chosen = items_of(info, str(number))
        self._sources |= {item["name"]: (item, source) for item, source in chosen}
        metadata = self._folder / f"{number}.info.json"
        clean = self._engine.sanitize_info(info, remove_private_keys=True)
        metadata.write_text(json.dumps(clean, ensure_ascii=False, indent=1), encoding="utf-8")
        return {
            "title": str(info.get("title") or ""),
            "metadata": str(metadata),
            "is_live": bool(info.get("is_live")),
            "items": [item for item, _ in chosen],
        }

    def _download_one(self, path: Path, source: Info) -> None:
        if "data" in source:
            path.write_text(source["data"], encoding="utf-8")
            return
        if source.get("protocol", "https") not in NATIVE:
            raise ValueError(f"expected a stream that is kept as served, got one over {source['protocol']}")
        is_whole, _ = self._engine.dl(str(path), source)
        if not is_whole:
            raise OSError("expected a whole file, but the download did not finish")

    def _progress(self, state: Info) -> None:
        done = state.get("downloaded_bytes") or 0
        if self._bytes_before + done > self._job["total_bytes"]:
            raise TooManyBytesError(
                f"expected at most {self._job['total_bytes']} bytes for the capture, got more"
            )
        pieces = state.get("fragment_index"), state.get("fragment_count")
        if None in pieces:
            pieces = done, state.get("total_bytes") or done
        self._tell("progress", done=pieces[0], total=pieces[1])

    def _tell_of(self, item: Item, path: Path, record: FragmentRecord, **problem: Problem) -> None:
        self._tell(
            "missed" if problem else "kept",
            name=item["name"],
            path=str(path),
            fragments=record.fragments,
            asked=record.asked,
            joined_sha256=record.joined_sha256,
            **problem,
        )


def _videos_in(info: Info) -> Iterator[Info]:
    if "entries" not in info:
        yield info
        return
    for entry in info["entries"]:
        if entry is not None:
            yield from _videos_in(entry)


def _options(job: Job) -> Info:
    return {
        "allowed_extractors": ["default"],
        "cachedir": False,
        "compat_opts": {"prefer-legacy-http-handler"},  # one client, the same on every machine
        "continuedl": False,
        "external_downloader": {"default": "native"},
        "ffmpeg_location": NOWHERE,
        "fixup": "never",
        "format": FORMATS,
        "format_sort": ["quality", "res", "fps", "proto"],  # at the same quality, whole files before pieces
        "fragment_retries": RETRIES,
        "extractor_retries": 1,
        "hls_prefer_native": True,
        "js_runtimes": {},
        "logger": Silence(),
        "noplaylist": True,
        "noprogress": True,
        "playlist_items": f"1:{VIDEOS}",
        "proxy": job["proxy"],
        "quiet": True,
        "retries": RETRIES,
        "socket_timeout": job["idle_seconds"],
        "updatetime": False,
    }

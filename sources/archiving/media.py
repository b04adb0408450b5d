"""Facts and thumbnails of pictures, videos and sound, read in limited child processes."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryFile

import imageio_ffmpeg

from .media_child import THUMBNAIL_PIXELS
from .signatures import media_type_of

CHILD_SECONDS = 40.0
KEPT_VARIABLES = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "LANG")
OUTPUT_BYTES = 64 * 1024
IMPORT_ROOT = Path(__file__).resolve().parents[2]

# The demuxer is forced: left to guess, ffmpeg would take a playlist that names other files for a video.
DEMUXERS = {
    "video/mp4": "mov",
    "video/quicktime": "mov",
    "audio/mp4": "mov",
    "video/webm": "matroska",
    "video/x-matroska": "matroska",
    "video/ogg": "ogg",
    "audio/ogg": "ogg",
    "video/x-msvideo": "avi",
    "video/x-flv": "flv",
    "video/mp2t": "mpegts",
    "audio/mpeg": "mp3",
    "audio/wav": "wav",
    "audio/flac": "flac",
}
DURATION = re.compile(r"^\s*Duration: (\d+):(\d{2}):(\d{2}(?:\.\d+)?)", re.MULTILINE)
VIDEO_SIZE = re.compile(r"^\s*Stream #0.*?: Video: .*?\b(\d{2,5})x(\d{2,5})\b", re.MULTILINE)
QUARTER_TURN = re.compile(r"rotation of -?(?:90|270)\.")


@dataclass(frozen=True)
class MediumFacts:
    """What a medium is. Width and height in pixels as displayed, duration in seconds, None if not known.

    ``reason`` says why there is no thumbnail, and is None when there is one or none could be.
    """

    media_type: str
    width: int | None = None
    height: int | None = None
    duration_s: float | None = None
    thumbnail: Path | None = None
    reason: str | None = None


def inspect_medium(
    path: Path, thumbnail: Path, *, served_type: str = "", timeout: float = CHILD_SECONDS
) -> MediumFacts:
    """The facts of the file at ``path``; its JPEG thumbnail (longer side at most 480 px) at ``thumbnail``.

    A file that cannot be read, or not within ``timeout`` seconds, is no error: it has a ``reason``.
    """
    media_type = media_type_of(path, served_type)
    if media_type in DEMUXERS:
        return _inspect_stream(path, thumbnail, media_type, timeout)
    if media_type.startswith("image/") and media_type != "image/svg+xml":
        return _inspect_picture(path, thumbnail, media_type, timeout)
    return MediumFacts(media_type)


def ffmpeg_path() -> str | None:
    """The system's ffmpeg, else the one the package index provides, else None."""
    if found := shutil.which("ffmpeg"):
        return found
    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError:
        return None


@lru_cache(maxsize=1)
def ffmpeg_version() -> str | None:
    """The version ffmpeg reports, or None without ffmpeg."""
    program = ffmpeg_path()
    if program is None:
        return None
    output = subprocess.run(  # noqa: S603 - a fixed program and argument
        [program, "-version"], capture_output=True, text=True, timeout=CHILD_SECONDS, check=False
    ).stdout
    words = output.split()
    return words[2] if len(words) > 2 else None


def _inspect_picture(path: Path, thumbnail: Path, media_type: str, timeout: float) -> MediumFacts:
    command = [
        sys.executable,
        "-m",
        "sources.archiving.media_child",
        str(path.resolve()),
        str(thumbnail.resolve()),
    ]
    output = _run(command, timeout)
    try:
        facts = json.loads(output)
    except ValueError:
        facts = {"reason": "the picture could not be decoded within its limits"}
    return MediumFacts(
        media_type,
        width=facts.get("width"),
        height=facts.get("height"),
        thumbnail=_kept(thumbnail, facts.get("reason")),
        reason=facts.get("reason"),
    )


def _inspect_stream(path: Path, thumbnail: Path, media_type: str, timeout: float) -> MediumFacts:
    program = ffmpeg_path()
    if program is None:
        return MediumFacts(media_type, reason="ffmpeg is not available")
    has_picture = media_type.startswith("video/")
    command = _ffmpeg_command(program, path, DEMUXERS[media_type])
    output = _run([*command, *(_poster_arguments(thumbnail) if has_picture else [])], timeout)
    width, height = _video_size(output)
    poster = _kept(thumbnail, None)
    return MediumFacts(
        media_type,
        width=width,
        height=height,
        duration_s=_duration(output),
        thumbnail=poster,
        reason="no frame could be decoded" if has_picture and poster is None else None,
    )


def _ffmpeg_command(program: str, path: Path, demuxer: str) -> list[str]:
    limited = [sys.executable, "-m", "sources.archiving.limited", program]
    quiet = ["-nostdin", "-hide_banner", "-nostats", "-threads", "1", "-filter_threads", "1"]
    source = ["-protocol_whitelist", "file,pipe", "-f", demuxer, "-i", f"file:{path.resolve()}"]
    return [*limited, *quiet, *source]


def _poster_arguments(thumbnail: Path) -> list[str]:
    """The most typical of the first frames, because the very first is often black."""
    side = THUMBNAIL_PIXELS
    shrink = f"scale='min({side},iw)':'min({side},ih)':force_original_aspect_ratio=decrease"
    return ["-an", "-sn", "-vf", f"thumbnail=50,{shrink}", "-frames:v", "1", "-f", "image2", "-c:v", "mjpeg",
            "-y", f"file:{thumbnail.resolve()}"]  # fmt: skip


def _run(command: Sequence[str], timeout: float) -> str:
    """What a child printed (both streams, the first 64 kB); empty if it ran out of time."""
    with TemporaryFile() as output:  # a file, because RLIMIT_FSIZE bounds it and a pipe would fill memory
        try:
            subprocess.run(  # noqa: S603 - fixed programs; paths are arguments, no shell is involved
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=IMPORT_ROOT,
                env=_child_environment(),
                timeout=timeout,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return ""
        output.seek(0)
        return output.read(OUTPUT_BYTES).decode("utf-8", "replace")


def _child_environment() -> dict[str, str]:
    """What it takes to start; the rest of the parent's environment may hold passwords."""
    return {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}


def _kept(thumbnail: Path, reason: str | None) -> Path | None:
    """The thumbnail if it is good; half-written ones are removed."""
    if reason is None and thumbnail.exists() and thumbnail.stat().st_size:
        return thumbnail
    thumbnail.unlink(missing_ok=True)
    return None


def _duration(output: str) -> float | None:
    match = DURATION.search(output)
    if match is None:
        return None
    hours, minutes, seconds = match.groups()
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


def _video_size(output: str) -> tuple[int | None, int | None]:
    match = VIDEO_SIZE.search(output)
    if match is None:
        return None, None
    width, height = int(match[1]), int(match[2])
    return (height, width) if QUARTER_TURN.search(output) else (width, height)

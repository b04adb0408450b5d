"""Reading videos and sound with ffmpeg: duration, size, codecs, metadata, and pictures from evenly spread moments."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from PIL import Image

from .looks import look_of
from .metadata import LONGEST_VALUE, MOST_ENTRIES, claims_in
from .pictures import THUMBNAIL_PIXELS, UnreadableError
from .tasks import MOST_LOOKS, Look

# The demuxer is forced: left to guess, ffmpeg would take a playlist that names other files for a video.
DEMUXERS = {
    "video/mp4": "mov",
    "video/quicktime": "mov",
    "video/3gpp": "mov",
    "video/3gpp2": "mov",
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
    "audio/aac": "aac",
    "audio/amr": "amr",
}
DURATION = re.compile(r"^\s*Duration: (\d+):(\d{2}):(\d{2}(?:\.\d+)?)", re.MULTILINE)
VIDEO_SIZE = re.compile(r"^\s*Stream #0.*?: Video: .*?\b(\d{2,5})x(\d{2,5})\b", re.MULTILINE)
CODEC = re.compile(r"^\s*Stream #0.*?: (?:Video|Audio): (\w+)", re.MULTILINE)
QUARTER_TURN = re.compile(r"rotation of -?(?:90|270)\.")
METADATA_LINE = re.compile(r"^((?:[^=\\\n]|\\.)+)=((?:[^\\\n]|\\(?:.|\n))*)$", re.MULTILINE)
ESCAPED = re.compile(r"\\([=;#\\\n])")

PROGRAM_SECONDS = 20.0
ALL_SECONDS = 35.0
OUTPUT_CHARACTERS = 64 * 1024
SHORTEST_STEP = 0.5
BEFORE_THE_END = 0.1  # at the very end there is often no frame to be had


def read_stream(path: Path, folder: Path, media_type: str, ffmpeg: str | None) -> dict[str, Any]:
    """The facts of a video or sound; of a video also a thumbnail and up to twelve frames with their looks.

    Raises UnreadableError without ffmpeg, or for a video without a single frame that can be decoded.
    """
    if ffmpeg is None:
        raise UnreadableError("ffmpeg is not available")
    source = [ffmpeg, "-nostdin", "-hide_banner", "-nostats", "-threads", "1", "-filter_threads", "1"]
    source += ["-protocol_whitelist", "file,pipe", "-f", DEMUXERS[media_type]]
    facts = _probed(source, path, folder)
    if not media_type.startswith("video/"):
        return facts
    frames = list(_frames(source, path, folder, facts["duration_s"]))
    if not frames:
        raise UnreadableError("no frame could be decoded")
    seen = [_seen(frame, at_seconds) for at_seconds, frame in frames]
    # The frame with most to see takes the most bytes; the first is often black.
    poster = max(frames, key=lambda found: found[1].stat().st_size)[1]
    looks = [look for _, look in seen if look]
    return {**facts, "thumbnail": poster.name, "small_size": seen[0][0], "looks": looks}


def moments(duration_s: float | None) -> list[float]:
    """Up to twelve moments of a video, in seconds, a step apart that is a power of two.

    So a copy that is cut at its end, or saved anew by another encoder, is looked at in the same places.
    """
    if not duration_s or duration_s <= 2 * SHORTEST_STEP:
        return [(duration_s or 0) / 2]
    step = SHORTEST_STEP
    while step * (MOST_LOOKS + 1) < duration_s:
        step *= 2
    found = [step * number for number in range(1, MOST_LOOKS + 1)]
    return [moment for moment in found if moment < duration_s - BEFORE_THE_END]


def _probed(source: list[str], path: Path, folder: Path) -> dict[str, Any]:
    said, metadata = _run(
        [*source, "-i", f"file:{path}", "-map_metadata", "0", "-f", "ffmetadata", "-y", "file:metadata.txt"],
        folder,
    )
    embedded = dict(list(_entries(metadata))[:MOST_ENTRIES])
    width, height = _video_size(said)
    return {
        "width": width,
        "height": height,
        "duration_s": _duration(said),
        "codec": ", ".join(dict.fromkeys(CODEC.findall(said)))[:60],
        "embedded": embedded,
        **claims_in(embedded),
    }


def _frames(
    source: list[str], path: Path, folder: Path, duration_s: float | None
) -> Iterator[tuple[float, Path]]:
    """Each moment and its frame as JPEG. One program for each: decoders of large videos side by side eat memory."""
    deadline = time.monotonic() + ALL_SECONDS
    for number, moment in enumerate(moments(duration_s)):
        frame = folder / f"frame-{number}.jpg"
        _run([*source, "-ss", f"{moment:.3f}", "-i", f"file:{path}", *_to_jpeg(frame.name)], folder)
        if frame.exists() and frame.stat().st_size:
            yield moment, frame
        if time.monotonic() > deadline:
            return


def _to_jpeg(name: str) -> list[str]:
    side = THUMBNAIL_PIXELS
    shrink = f"scale='min({side},iw)':'min({side},ih)':force_original_aspect_ratio=decrease"
    encode = ["-f", "image2", "-update", "1", "-c:v", "mjpeg", "-q:v", "4"]
    return ["-an", "-sn", "-vf", shrink, "-frames:v", "1", *encode, "-y", f"file:{name}"]


def _seen(frame: Path, at_seconds: float) -> tuple[tuple[int, int], Look | None]:
    with Image.open(frame, formats=["JPEG"]) as image:
        look = look_of(image.convert("RGB"), at_seconds)
        return image.size, replace(look, frame=frame) if look else None


def _run(command: list[str], folder: Path) -> tuple[str, str]:
    """What the program said, and the metadata it wrote; nothing if it took too long."""
    said, metadata = folder / "said.txt", folder / "metadata.txt"
    with said.open("wb") as output:  # a file, because RLIMIT_FSIZE bounds it and a pipe would fill memory
        try:
            subprocess.run(  # noqa: S603 - a fixed program; paths are arguments, no shell is involved
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=folder,
                timeout=PROGRAM_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return "", ""
    return _text(said), _text(metadata)


def _text(path: Path) -> str:
    if not path.exists():
        return ""
    with path.open(encoding="utf-8", errors="replace") as file:
        return file.read(OUTPUT_CHARACTERS)


def _entries(metadata: str) -> Iterator[tuple[str, str]]:
    """The entries of ffmpeg's own metadata format: KEY=VALUE, with `=`, `;`, `#`, `\\` and new lines escaped."""
    for match in METADATA_LINE.finditer(metadata):
        name, value = (ESCAPED.sub(r"\1", part).strip() for part in match.groups())
        yield name[:100], value.replace("\x00", "")[:LONGEST_VALUE]


def _duration(said: str) -> float | None:
    match = DURATION.search(said)
    if match is None:
        return None
    hours, minutes, seconds = match.groups()
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


def _video_size(said: str) -> tuple[int | None, int | None]:
    match = VIDEO_SIZE.search(said)
    if match is None:
        return None, None
    width, height = int(match[1]), int(match[2])
    return (height, width) if QUARTER_TURN.search(said) else (width, height)

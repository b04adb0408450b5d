"""Videos in the ways that hosts serve them: as files, as HLS, as DASH, inside pages. All made here."""

from __future__ import annotations

import subprocess
from pathlib import Path

from sources.archiving.media import ffmpeg_path
from tests.webserver import Server, response

TYPES = {
    ".mp4": "video/mp4",
    ".ts": "video/mp2t",
    ".m4s": "video/iso.segment",
    ".m3u8": "application/vnd.apple.mpegurl",
    ".mpd": "application/dash+xml",
    ".jpg": "image/jpeg",
    ".vtt": "text/vtt",
}
PATTERN = ("-f", "lavfi", "-i", "testsrc=duration=2:size=160x120:rate=10")
TONE = ("-f", "lavfi", "-i", "sine=duration=2")
PLAIN = ("-pix_fmt", "yuv420p")
HLS = (*PLAIN, "-g", "10", "-hls_time", "1", "-hls_list_size", "0", "-hls_playlist_type", "vod")
DASH = (*PLAIN, "-g", "10", "-seg_duration", "1", "-f", "dash")


def make(folder: Path, *arguments: str) -> dict[str, bytes]:
    """Run ffmpeg in ``folder``; every file it left there, by name."""
    program = ffmpeg_path()
    assert program is not None
    folder.mkdir()
    subprocess.run([program, "-v", "error", *arguments], cwd=folder, check=True)
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def hls(folder: Path) -> dict[str, bytes]:
    """Two seconds in two fragments, with their playlist ``list.m3u8``."""
    return make(folder, *PATTERN, *HLS, "list.m3u8")


def dash(folder: Path) -> dict[str, bytes]:
    """Two seconds of picture and of sound, each in its own fragments, with ``list.mpd``."""
    return make(folder, *PATTERN, *TONE, *DASH, "list.mpd")


def clip(folder: Path) -> bytes:
    """Two seconds as one file."""
    return make(folder, *PATTERN, *PLAIN, "clip.mp4")["clip.mp4"]


def serve(server: Server, made: dict[str, bytes]) -> None:
    """Serve each file at the root, under its name."""
    server.routes |= {
        f"/{name}": response(data, media_type=TYPES[Path(name).suffix]) for name, data in made.items()
    }

"""Where ffmpeg is, and which."""

from __future__ import annotations

import shutil
import subprocess
from functools import lru_cache

import imageio_ffmpeg

VERSION_SECONDS = 40.0


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
        [program, "-version"], capture_output=True, text=True, timeout=VERSION_SECONDS, check=False
    ).stdout
    words = output.split()
    return words[2] if len(words) > 2 else None

"""Which programs and libraries took part in a capture, for its record."""

from __future__ import annotations

import platform
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version

from osint import __version__

from .media import ffmpeg_version

LIBRARIES = ("trafilatura", "htmldate", "lxml", "pillow", "certifi")


@lru_cache(maxsize=1)
def _versions() -> dict[str, str]:
    found = {"sightline": __version__, "python": platform.python_version()}
    found |= {library: _version(library) for library in LIBRARIES}
    return found | {"ffmpeg": ffmpeg_version() or "not available"}


def tool_versions() -> dict[str, str]:
    """Name and version of each tool."""
    return dict(_versions())


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return "not installed as a package"

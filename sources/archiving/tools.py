"""Which programs and libraries took part in a capture or an examination, for its record."""

from __future__ import annotations

import platform
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version

from osint import __version__

from .media import ffmpeg_version

CAPTURING = ("lxml", "certifi")
EXAMINING = ("trafilatura", "htmldate", "lxml", "pillow", "pillow-heif", "imagehash", "numpy")


def tool_versions() -> dict[str, str]:
    """Name and version of each tool that captures use."""
    return dict(_versions(CAPTURING))


def examining_tool_versions() -> dict[str, str]:
    """Name and version of each tool that examinations use."""
    return dict(_versions(EXAMINING))


@lru_cache(maxsize=2)
def _versions(libraries: tuple[str, ...]) -> dict[str, str]:
    found = {"sightline": __version__, "python": platform.python_version()}
    found |= {library: _version(library) for library in libraries}
    return found | {"ffmpeg": ffmpeg_version() or "not available"}


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return "not installed as a package"

"""What archiving one URL yields: facts and files, for the caller to keep."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from .readable import PageFacts


class Role(StrEnum):
    """What a file is to its capture."""

    WACZ = "wacz"
    PAGE = "page"
    TEXT = "text"
    MEDIUM = "medium"
    THUMBNAIL = "thumbnail"


@dataclass(frozen=True)
class HarvestedFile:
    """A file in the work directory, which the caller moves or copies before removing the directory.

    ``size`` in bytes, ``width`` and ``height`` in pixels as displayed, ``duration_s`` in seconds, ``sha256``
    in hex. ``note`` says why a medium has no thumbnail, where one could have been.
    """

    path: Path
    role: Role
    url: str
    sha256: str
    size: int
    media_type: str
    width: int | None = None
    height: int | None = None
    duration_s: float | None = None
    thumbnail: HarvestedFile | None = None
    note: str | None = None


@dataclass(frozen=True)
class Harvest:
    """One capture. ``exchanges`` and ``failures`` are JSON-safe.

    ``may_retry`` says that the verdict is likely temporary. ``failures`` lists requisites that could not be
    fetched: ``url``, ``kind``, ``code``, ``detail``.
    """

    requested_url: str
    final_url: str
    exchanges: tuple[dict[str, Any], ...]
    failures: tuple[dict[str, str], ...]
    verdict: str
    reasons: tuple[str, ...]
    may_retry: bool
    page: PageFacts
    files: tuple[HarvestedFile, ...]
    tools: dict[str, str]

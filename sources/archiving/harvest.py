"""What archiving one URL yields: facts and files, for the caller to keep."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from .readable import PageFacts


class Role(StrEnum):
    """What a file is to its capture."""

    WACZ = "wacz"
    PAGE = "page"
    TEXT = "text"
    DOM = "dom"
    SCREENSHOT = "screenshot"
    PDF = "pdf"
    MEDIUM = "medium"
    SUBTITLES = "subtitles"
    METADATA = "metadata"


@dataclass(frozen=True)
class Splice:
    """The file at ``path`` lies whole in this one, from ``offset`` (bytes from the start of this one).

    It may be a harvested file itself; where it is not, it is kept all the same, as what ``media_type`` says.
    """

    offset: int
    sha256: str
    size: int
    path: Path
    media_type: str


@dataclass(frozen=True)
class HarvestedFile:
    """A file in the work directory, which the caller moves or copies before removing the directory.

    ``size`` in bytes, ``sha256`` in hex. With ``splices`` the file at ``path`` holds only what lies between them,
    while ``size`` and ``sha256`` are those of the whole.
    """

    path: Path
    role: Role
    url: str
    sha256: str
    size: int
    media_type: str
    splices: tuple[Splice, ...] = ()


@dataclass(frozen=True)
class Harvest:
    """One capture. ``exchanges``, ``failures``, ``connections`` and ``settings`` are JSON-safe.

    ``may_retry`` says that the verdict is likely temporary. ``failures`` lists requisites that could not be
    fetched: ``url``, ``kind``, ``code``, ``detail``. ``connections`` is what the way out logged for the capture;
    ``settings`` are the limits it was made within; ``notes`` are sentences for people, such as a cookie banner that
    was left as it was.
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
    connections: tuple[dict[str, Any], ...] = ()
    notes: tuple[str, ...] = ()
    settings: dict[str, Any] = field(default_factory=dict)

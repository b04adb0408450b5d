"""What passes between the archiver and the process that runs yt-dlp: one JSON object a line, each way.

The archiver sends a ``Job``, then ``{"download": [names]}``; the child answers with a ``Found``, then with
``progress``, ``kept`` and ``missed`` events, and ``ended``. When the archiver's end closes, the child ends.
"""

from __future__ import annotations

from typing import Literal, TypedDict

ItemKind = Literal["video", "audio", "subtitles", "thumbnail"]


class Job(TypedDict):
    """What the child is to look at. Bytes for one file and for all, seconds without news from a server."""

    url: str
    proxy: str
    folder: str
    file_bytes: int
    total_bytes: int
    idle_seconds: float
    cpu_seconds: int


class Problem(TypedDict):
    """Why something was not to be had: the class of error, the status and ``Sightline-Error`` if there were."""

    kind: str
    status: int | None
    code: str | None
    detail: str


class Item(TypedDict):
    """One file that a video consists of. ``is_plain`` ones can be fetched by one GET."""

    name: str
    kind: ItemKind
    url: str
    protocol: str
    is_plain: bool
    note: str | None


class Video(TypedDict):
    """One video and its items; ``metadata`` is the name of the file with all that yt-dlp read about it."""

    title: str
    metadata: str
    is_live: bool
    items: list[Item]


class Found(TypedDict):
    """What there is at the address. ``left_out`` counts videos beyond the limit."""

    videos: list[Video]
    problems: list[Problem]
    left_out: int


class Fragment(TypedDict):
    """One piece of a stream as it was served: SHA-256 in hex, size in bytes."""

    url: str
    range: str | None
    sha256: str
    size: int


class Kept(TypedDict):
    """A file that the child downloaded. ``asked`` counts the fragments asked for, got or not.

    ``joined_sha256`` is the digest of the fragments as served, one after the other; None without fragments.
    """

    name: str
    path: str
    fragments: list[Fragment]
    asked: int
    joined_sha256: str | None


class Missed(Kept):
    """A file that the child could not download whole; what there is of it may lie at ``path``."""

    problem: Problem

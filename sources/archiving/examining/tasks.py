"""What is asked of an examiner, and what it answers, as lines between two processes that do not trust each other."""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from ..readable import LINKS, LONGEST_LINK, PageFacts

RESULT = "result.json"
TEXT = "text.txt"
RESULT_BYTES = 1024 * 1024
PICTURE_BYTES = 8 * 1024 * 1024
TEXT_CHARACTERS = 4 * 1024 * 1024
SMALL_PIXELS = 1000
WORDS = 500
LOOK_BYTES = 32
MOST_LOOKS = 12
MOST_VIEWS = 16
HEX_VIEW = re.compile(r"[0-9a-f]{128}")


class Kind(StrEnum):
    """What a task is about: a medium's facts, a page's particulars, or only how a picture looks."""

    MEDIUM = "medium"
    PAGE = "page"
    LOOK = "look"


@dataclass(frozen=True)
class Task:
    """Read the file at ``path``, and put what comes of it into the existing, empty ``folder``.

    ``url`` and ``charset`` are those of a page, as the server said.
    """

    kind: Kind
    path: Path
    folder: Path
    media_type: str
    url: str = ""
    charset: str | None = None

    def line(self) -> str:
        """The task as one line of JSON."""
        return json.dumps(asdict(self), default=str) + "\n"

    @classmethod
    def of_line(cls, line: str) -> Task:
        """The task of a line."""
        values = json.loads(line)
        paths = {name: Path(values[name]) for name in ("path", "folder")}
        return cls(**{**values, **paths, "kind": Kind(values["kind"])})


@dataclass(frozen=True)
class View:
    """How a picture looks, twice in 256 bits (32 bytes): ``bits`` tell it from others, the ``sketch`` finds it."""

    bits: bytes
    sketch: bytes

    @classmethod
    def of_bytes(cls, packed: bytes) -> View:
        """The view that `bytes` packed. Raises ValueError."""
        if len(packed) != 2 * LOOK_BYTES:
            raise ValueError(f"expected a view of {2 * LOOK_BYTES} bytes, got {len(packed)}")
        return cls(packed[:LOOK_BYTES], packed[LOOK_BYTES:])

    def __bytes__(self) -> bytes:
        return self.bits + self.sketch


@dataclass(frozen=True)
class Look:
    """How a picture looks: as it is, and in ``views`` a little cropped and extended.

    Of a video's frame also the second it is at, and the frame as a small JPEG.
    """

    whole: View
    views: tuple[View, ...] = ()
    at_seconds: float | None = None
    frame: Path | None = None


@dataclass(frozen=True)
class Examined:
    """What was read. Pixels as displayed, seconds, degrees; ``taken`` is EDTF; None or empty is unknown.

    ``small_size`` is that of thumbnail and frames in pixels, ``text`` the file with a page's text, if it has any.
    ``note`` says in words what could not be read, and is None when all could.
    """

    width: int | None = None
    height: int | None = None
    duration_s: float | None = None
    codec: str = ""
    device: str = ""
    taken: str = ""
    latitude: float | None = None
    longitude: float | None = None
    embedded: dict[str, Any] = field(default_factory=dict)
    thumbnail: Path | None = None
    small_size: tuple[int, int] | None = None
    looks: tuple[Look, ...] = ()
    page: PageFacts | None = None
    text: Path | None = None
    note: str | None = None


def write_result(folder: Path, values: Mapping[str, Any]) -> None:
    """Leave a result for `read_result`. Files are named without their folder, looks as hexadecimal digits."""
    (folder / RESULT).write_text(json.dumps(values, default=str), encoding="utf-8")


def read_result(folder: Path) -> Examined:
    """The result in ``folder``, taken with care: whoever wrote it may have been taken over by what it read.

    Raises ValueError for what is no result.
    """
    values = json.loads(_bounded(folder / RESULT, RESULT_BYTES).read_text(encoding="utf-8"))
    if not isinstance(values, dict):
        raise ValueError(  # noqa: TRY004 - what was read is wrong, not what was passed
            f"expected a result as an object, got {type(values).__name__}"
        )
    page = values.get("page")
    return Examined(
        width=_number(values, "width", int, 1, 10**7),
        height=_number(values, "height", int, 1, 10**7),
        duration_s=_number(values, "duration_s", float, 0, 10**9),
        codec=_words(values, "codec", 60) or "",
        device=_words(values, "device", 200) or "",
        taken=_words(values, "taken", 60) or "",
        latitude=_number(values, "latitude", float, -90, 90),
        longitude=_number(values, "longitude", float, -180, 180),
        embedded=values["embedded"] if isinstance(values.get("embedded"), dict) else {},
        thumbnail=_picture(folder, values.get("thumbnail")),
        small_size=_size(values.get("small_size")),
        looks=tuple(_look(folder, look) for look in list(values.get("looks") or ())[:MOST_LOOKS]),
        page=_page(page) if isinstance(page, dict) else None,
        text=_text(folder / TEXT),
        note=_words(values, "note", WORDS),
    )


def _bounded(path: Path, limit: int) -> Path:
    found = path.lstat()
    if not stat.S_ISREG(found.st_mode) or found.st_size > limit:
        raise ValueError(
            f"expected a file of at most {limit} bytes, got {found.st_size} of mode {found.st_mode:o}"
        )
    return path


def _number(values: Mapping[str, Any], name: str, kind: type[Any], least: float, most: float) -> Any:
    value = values.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    return kind(value) if least <= value <= most else None


def _words(values: Mapping[str, Any], name: str, length: int) -> str | None:
    value = values.get(name)
    return value[:length] if isinstance(value, str) else None


def _picture(folder: Path, name: Any) -> Path | None:
    if not isinstance(name, str) or "/" in name:
        return None
    return _bounded(folder / name, PICTURE_BYTES)


def _look(folder: Path, values: Mapping[str, Any]) -> Look:
    return Look(
        whole=_view(values["whole"]),
        views=tuple(map(_view, values["views"][:MOST_VIEWS])),
        at_seconds=_number(values, "at_seconds", float, 0, 10**9),
        frame=_picture(folder, values.get("frame")),
    )


def _view(digits: Any) -> View:
    if not isinstance(digits, str) or not HEX_VIEW.fullmatch(digits):
        raise ValueError(f"expected a view in hexadecimal digits, got {str(digits)[:80]!r}")
    return View.of_bytes(bytes.fromhex(digits))


def _size(value: Any) -> tuple[int, int] | None:
    match value:
        case [int(width), int(height)] if 0 < width <= SMALL_PIXELS and 0 < height <= SMALL_PIXELS:
            return width, height
        case _:
            return None


def _page(values: Mapping[str, Any]) -> PageFacts:
    title, author, published, language, site_name = (
        _words(values, name, WORDS) or None
        for name in ("title", "author", "published", "language", "site_name")
    )
    return PageFacts(
        title, author, published, language, site_name=site_name, links=_links(values.get("links"))
    )


def _links(found: Any) -> tuple[str, ...]:
    links = found if isinstance(found, list) else []
    return tuple(link for link in links[:LINKS] if isinstance(link, str) and len(link) <= LONGEST_LINK)


def _text(path: Path) -> Path | None:
    return _bounded(path, 4 * TEXT_CHARACTERS) if path.exists() and path.stat().st_size else None

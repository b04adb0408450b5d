"""Two captures of one publication beside each other: facts, media and text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sources.differences import Differences, compare
from sources.models import Capture, CaptureFile, FileRole, Verdict
from sources.services.files import open_stored

TEXT_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Fact:
    """One particular of both captures, as text; empty where it is not known."""

    name: str
    a: str
    b: str

    @property
    def differs(self) -> bool:
        """Whether both are known, and different."""
        return self.a != self.b


@dataclass(frozen=True)
class MediaChange:
    """Media by their bytes: in both captures, only in the first, only in the second."""

    kept: list[CaptureFile]
    lost: list[CaptureFile]
    gained: list[CaptureFile]


@dataclass(frozen=True)
class Comparison:
    """How capture `b` differs from capture `a`. `text` is None where one of them kept no readable text."""

    a: Capture
    b: Capture
    facts: list[Fact]
    media: MediaChange
    text: Differences | None


def compare_captures(a: Capture, b: Capture) -> Comparison:
    """Compare two captures of one publication. Reads their texts from the archive."""
    old, new = text_of(a), text_of(b)
    text = None if old is None or new is None else compare(old, new)
    facts = [Fact(name, tell(a), tell(b)) for name, tell in TOLD.items()]
    return Comparison(a, b, facts, _media(a, b), text)


def text_of(capture: Capture) -> str | None:
    """The readable text that the capture kept, its first TEXT_BYTES bytes; None where there is none."""
    kept = next((kept for kept in capture.kept.all() if kept.role == FileRole.TEXT), None)
    if kept is None:
        return None
    try:
        with open_stored(kept.file) as file:
            return str(file.read(TEXT_BYTES), "utf-8", "replace")
    except FileNotFoundError:
        return None


def _media(a: Capture, b: Capture) -> MediaChange:
    first, second = _media_by_digest(a), _media_by_digest(b)
    return MediaChange(
        kept=[second[digest] for digest in second if digest in first],
        lost=[first[digest] for digest in first if digest not in second],
        gained=[second[digest] for digest in second if digest not in first],
    )


def _media_by_digest(capture: Capture) -> dict[str, CaptureFile]:
    return {kept.file.sha256: kept for kept in capture.kept.all() if kept.role == FileRole.MEDIUM}


def _status(capture: Capture) -> str:
    """The status of the answer that was kept as the page: the last one from the final address."""
    exchanges: list[dict[str, Any]] = capture.facts.get("exchanges", [])
    found = [exchange for exchange in exchanges if exchange.get("url") == capture.final_url]
    return str(found[-1].get("status", "")) if found else ""


def _said(name: str) -> Callable[[Capture], str]:
    """What the page said of itself when it was captured."""
    return lambda capture: str((capture.facts.get("page") or {}).get(name) or "")


def _verdict(capture: Capture) -> str:
    return Verdict(capture.verdict).label if capture.verdict else ""


#: What is told of each capture, in this order.
TOLD: dict[str, Callable[[Capture], str]] = {
    "Verdict": _verdict,
    "Status": _status,
    "Final address": lambda capture: capture.final_url,
    "Title": _said("title"),
    "Author": _said("author"),
    "Published": _said("published"),
    "Language": _said("language"),
    "Method": lambda capture: capture.get_method_display(),
}

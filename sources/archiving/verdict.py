"""What a capture really holds. An answer with status 200 is not yet a capture."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from .requisites import Kind

GONE = frozenset({404, 410})
TEMPORARY = frozenset({408, 425, 429})
PASSING_TRUNCATIONS = frozenset({"time", "disconnect"})
FEW_CHARACTERS = 200
# Without these a page does not show what it showed; scripts, fonts and icons are missed less.
ESSENTIAL = frozenset({Kind.STYLE, Kind.IMAGE, Kind.VIDEO, Kind.AUDIO})
LOGIN_PATHS = ("login", "log-in", "signin", "sign-in", "sign_in", "auth")


class Word(StrEnum):
    """The verdicts, in the words shown to people."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    LOGIN_WALL = "login wall"
    CONSENT_WALL = "consent wall"
    GONE = "gone"
    BLOCKED = "blocked"
    TRUNCATED = "truncated"
    EMPTY = "empty"


@dataclass(frozen=True)
class Missing:
    """A requisite that was not preserved whole, and why (an error code, a status, a truncation)."""

    url: str
    kind: Kind
    reason: str


@dataclass(frozen=True)
class Observed:
    """What the verdict is drawn from. Lengths in bytes (body) and characters (text)."""

    requested_url: str
    final_url: str
    status: int
    body_length: int
    truncated: str | None = None
    is_page: bool = True
    text_length: int = 0
    media_count: int = 0
    asks_password: bool = False
    missing: tuple[Missing, ...] = ()
    left_out: int = 0


@dataclass(frozen=True)
class Verdict:
    """The word, why, and whether the same capture may well succeed later."""

    word: Word
    reasons: tuple[str, ...] = ()
    may_retry: bool = False


def judge(observed: Observed) -> Verdict:
    """The verdict on one capture."""
    return (
        _by_status(observed)
        or _by_body(observed)
        or _by_wall(observed)
        or _by_content(observed)
        or _by_missing(observed)
    )


def _by_status(observed: Observed) -> Verdict | None:
    status = observed.status
    if 200 <= status < 300:
        return None
    word = Word.GONE if status in GONE else Word.BLOCKED
    may_retry = status >= 500 or status in TEMPORARY
    return Verdict(word, (f"the server answered with status {status}",), may_retry)


def _by_body(observed: Observed) -> Verdict | None:
    if observed.truncated is not None:
        reasons = (f"the main response was cut off: {observed.truncated}",)
        return Verdict(Word.TRUNCATED, reasons, may_retry=observed.truncated in PASSING_TRUNCATIONS)
    if not observed.body_length:
        return Verdict(Word.EMPTY, ("the main response has no body",))
    return None


def _by_wall(observed: Observed) -> Verdict | None:
    """Only where a redirect led to it: a page with a log-in box may well show its content."""
    if observed.requested_url == observed.final_url or observed.text_length >= FEW_CHARACTERS:
        return None
    final = urlsplit(observed.final_url)
    first_label = (final.hostname or "").split(".")[0]
    steps = [step.lower() for step in final.path.split("/") if step]
    if first_label == "consent" or "consent" in steps:
        return Verdict(Word.CONSENT_WALL, (f"redirected to {observed.final_url}",))
    if observed.asks_password or any(step.split(".")[0] in LOGIN_PATHS for step in steps):
        return Verdict(Word.LOGIN_WALL, (f"redirected to {observed.final_url}",))
    return None


def _by_content(observed: Observed) -> Verdict | None:
    if observed.is_page and not observed.text_length and not observed.media_count:
        return Verdict(Word.EMPTY, ("the page shows neither text nor media",))
    return None


def _by_missing(observed: Observed) -> Verdict:
    reasons = tuple(f"{gap.kind} missing: {gap.url} ({gap.reason})" for gap in observed.missing)
    if observed.left_out:
        reasons += (f"{observed.left_out} requisites beyond the limit were not fetched",)
    is_partial = observed.left_out > 0 or any(gap.kind in ESSENTIAL for gap in observed.missing)
    return Verdict(Word.PARTIAL if is_partial else Word.COMPLETE, reasons)

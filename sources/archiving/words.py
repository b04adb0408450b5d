"""The words that a capture is judged by."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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
class Verdict:
    """The word, why, and whether the same capture may well succeed later."""

    word: Word
    reasons: tuple[str, ...] = ()
    may_retry: bool = False

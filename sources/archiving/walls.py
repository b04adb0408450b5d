"""Pages that come with status 200 and are not what was asked for: each rule looks at one kind.

A wall has little text of its own; an article that merely speaks of walls has much. So every rule asks for
little text first, and for the wall's own words second.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from .appearance import Appearance
from .phrases import (
    BLOCKED_MARKS,
    BLOCKED_WORDS,
    CONSENT_MARKS,
    CONSENT_STEMS,
    CONSENT_WORDS,
    LOGIN_TITLE,
    LOGIN_WORDS,
    NOT_FOUND,
    NOT_FOUND_TITLE,
    REMOVED_WORDS,
    SCRIPT_WORDS,
    mentions,
    normalised,
)
from .words import Verdict, Word

# Characters of shown text.
HARDLY_ANY = 80
FEW = 200
LITTLE = 500
SOME = 2500  # what a page of an error may recommend besides
CONSENT_TEXT = 4000  # such pages are wordy
BESIDES_CONSENT = 150
TITLE_PARTS = re.compile(r"\s[-–—|·•:/]\s|\s*[|•]\s*")
SENTENCE_ENDS = re.compile(r"[.!?;。؟\n]+\s*")
BROWSER_MAY_HELP = "the page is made by script; the browser method may show it"

Rule = Callable[[Appearance], Verdict | None]


def wall_in_sight(shown: Appearance, *, media_count: int = 0, in_browser: bool = False) -> Verdict | None:
    """The verdict on a page that stands where the content should be, or None if the page may be the content.

    ``media_count`` counts pictures, videos and sounds that were kept; ``in_browser`` says that scripts ran.
    """
    if media_count <= 1 and (found := _check_for_robots(shown)):
        return found
    if found := next((verdict for rule in RULES if (verdict := rule(shown))), None):
        return found
    return None if in_browser else _shell(shown, media_count)


def _says(word: Word, phrase: str) -> Verdict:
    return Verdict(word, (f"the page says “{phrase}” and shows little else",))


def _blocked(shown: Appearance) -> Verdict | None:
    if len(shown.text) >= LITTLE:
        return None
    phrase = mentions(shown.title, BLOCKED_WORDS) or mentions(shown.text, BLOCKED_WORDS)
    return _says(Word.BLOCKED, phrase) if phrase else None


def _check_for_robots(shown: Appearance) -> Verdict | None:
    mark = next((mark for mark in BLOCKED_MARKS if mark in shown.marks), None)
    if mark is None or len(shown.text) >= FEW or shown.asks_password:
        return None
    return Verdict(Word.BLOCKED, (f"the page is a check for robots ({mark})",))


def _removed_video(shown: Appearance) -> Verdict | None:
    phrase = mentions(shown.text, REMOVED_WORDS) if len(shown.text) < LITTLE else None
    return _says(Word.GONE, phrase) if phrase else None


def _not_found(shown: Appearance) -> Verdict | None:
    if len(shown.text) < SOME:
        for part in _parts(shown.title):
            if NOT_FOUND_TITLE.fullmatch(part) or (len(part) < HARDLY_ANY and mentions(part, NOT_FOUND)):
                return Verdict(Word.GONE, (f"the title says “{part}”",))
    phrase = mentions(shown.text, NOT_FOUND) if len(shown.text) < LITTLE else None
    return _says(Word.GONE, phrase) if phrase else None


def _parts(title: str) -> Iterator[str]:
    """The title without the site's name, which stands before or after a mark."""
    return (part for part in TITLE_PARTS.split(normalised(title)) if part)


def _login(shown: Appearance) -> Verdict | None:
    length = len(shown.text)
    if length < FEW and shown.asks_password:
        return Verdict(Word.LOGIN_WALL, ("the page asks for a password and shows little else",))
    said = f"{shown.text} {shown.without_script}" if length < FEW else shown.text
    if length < LITTLE and (phrase := mentions(said, LOGIN_WORDS)):
        return _says(Word.LOGIN_WALL, phrase)
    if length < LITTLE and any(part in LOGIN_TITLE for part in _parts(shown.title)):
        return Verdict(Word.LOGIN_WALL, (f"the title says “{shown.title.strip()}”",))
    return None


def _consent(shown: Appearance) -> Verdict | None:
    text = normalised(shown.text)
    if not text or len(text) >= CONSENT_TEXT or len(_besides_consent(text)) >= BESIDES_CONSENT:
        return None
    if phrase := mentions(text, CONSENT_WORDS):
        return _says(Word.CONSENT_WALL, phrase)
    mark = next((mark for mark in CONSENT_MARKS if mark in shown.marks), None)
    if mark and any(stem in text for stem in CONSENT_STEMS):
        return Verdict(Word.CONSENT_WALL, (f"the page asks for consent ({mark}) and shows little else",))
    return None


def _besides_consent(text: str) -> str:
    """The sentences that speak of something else."""
    sentences = SENTENCE_ENDS.split(text)
    return " ".join(sentence for sentence in sentences if not any(stem in sentence for stem in CONSENT_STEMS))


def _shell(shown: Appearance, media_count: int) -> Verdict | None:
    length = len(shown.text)
    if length < LITTLE and mentions(shown.text, SCRIPT_WORDS):
        return Verdict(Word.EMPTY, (BROWSER_MAY_HELP,))
    asks = length < FEW and mentions(shown.without_script, SCRIPT_WORDS)
    if asks or (length < HARDLY_ANY and shown.has_script and not media_count):
        return Verdict(Word.EMPTY, (BROWSER_MAY_HELP,))
    return None


#: In this order: what is gone may offer to log in, and what asks to log in may ask for cookies too.
RULES: tuple[Rule, ...] = (_blocked, _removed_video, _not_found, _login, _consent)

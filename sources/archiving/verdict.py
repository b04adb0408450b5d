"""What a capture really holds. An answer with status 200 is not yet a capture."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from .appearance import NOT_SEEN, Appearance
from .phrases import BLOCKED_WORDS, LOGIN_WORDS, mentions
from .requisites import Kind
from .walls import wall_in_sight
from .words import Verdict as Verdict
from .words import Word as Word

GONE = frozenset({404, 410})
UNAUTHORIZED = 401
REFUSALS = frozenset({UNAUTHORIZED, 403})
SAID = 1000  # characters of a page that refuses; a longer one is an article about something
TEMPORARY = frozenset({408, 425, 429})
PASSING_TRUNCATIONS = frozenset({"time", "disconnect"})
FEW_CHARACTERS = 200
# Without these a page does not show what it showed; scripts, fonts and icons are missed less.
ESSENTIAL = frozenset({Kind.STYLE, Kind.IMAGE, Kind.VIDEO, Kind.AUDIO})
LOGIN_PATHS = ("login", "log-in", "signin", "sign-in", "sign_in", "auth")


@dataclass(frozen=True)
class Missing:
    """A requisite that was not preserved whole, and why (an error code, a status, a truncation)."""

    url: str
    kind: Kind
    reason: str


@dataclass(frozen=True)
class Observed:
    """What the verdict is drawn from. Lengths in bytes (body) and characters (text).

    ``shown`` is how the page looks, ``in_browser`` says that its scripts ran first.
    """

    requested_url: str
    final_url: str
    status: int
    body_length: int
    truncated: str | None = None
    is_page: bool = True
    text_length: int = 0
    media_count: int = 0
    asks_password: bool = False
    shown: Appearance = NOT_SEEN
    in_browser: bool = False
    missing: tuple[Missing, ...] = ()
    left_out: int = 0


def judge(observed: Observed) -> Verdict:
    """The verdict on one capture."""
    return (
        _by_status(observed)
        or _by_body(observed)
        or _by_redirect(observed)
        or _by_appearance(observed)
        or _by_content(observed)
        or _by_missing(observed)
    )


def _by_status(observed: Observed) -> Verdict | None:
    status = observed.status
    if 200 <= status < 300:
        return None
    may_retry = status >= 500 or status in TEMPORARY
    reasons = (f"the server answered with status {status}", *_says(observed))
    return Verdict(_word_of(status, observed), reasons, may_retry)


def _word_of(status: int, observed: Observed) -> Word:
    if status in GONE:
        return Word.GONE
    asks = status in REFUSALS and mentions(observed.shown.text[:SAID], LOGIN_WORDS)
    return Word.LOGIN_WALL if status == UNAUTHORIZED or asks else Word.BLOCKED


def _says(observed: Observed) -> tuple[str, ...]:
    """What a page of an error says for itself, where it is one of the known phrases."""
    said = f"{observed.shown.title} {observed.shown.text[:SAID]}"
    phrase = mentions(said, BLOCKED_WORDS)
    return (f"the page says “{phrase}”",) if phrase else ()


def _by_body(observed: Observed) -> Verdict | None:
    if observed.truncated is not None:
        reasons = (f"the main response was cut off: {observed.truncated}",)
        return Verdict(Word.TRUNCATED, reasons, may_retry=observed.truncated in PASSING_TRUNCATIONS)
    if not observed.body_length:
        return Verdict(Word.EMPTY, ("the main response has no body",))
    return None


def _by_redirect(observed: Observed) -> Verdict | None:
    """Only where a redirect led to it: a page with a log-in box may well show its content."""
    if (
        not observed.is_page
        or observed.requested_url == observed.final_url
        or observed.text_length >= FEW_CHARACTERS
    ):
        return None
    final = urlsplit(observed.final_url)
    first_label = (final.hostname or "").split(".")[0]
    steps = [step.lower() for step in final.path.split("/") if step]
    if first_label == "consent" or "consent" in steps:
        return Verdict(Word.CONSENT_WALL, (f"redirected to {observed.final_url}",))
    asks_password = observed.asks_password or observed.shown.asks_password
    if asks_password or any(step.split(".")[0] in LOGIN_PATHS for step in steps):
        return Verdict(Word.LOGIN_WALL, (f"redirected to {observed.final_url}",))
    return None


def _by_appearance(observed: Observed) -> Verdict | None:
    if not observed.is_page:
        return None
    return wall_in_sight(observed.shown, media_count=observed.media_count, in_browser=observed.in_browser)


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

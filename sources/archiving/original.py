"""Looking at an original again, and saying whether it still is what was preserved.

Only the page itself is asked for, and of it no more than a few megabytes. Texts are compared by their sentences, so
that counters, dates of reading and a changed advertisement do not count:

- compared is the text of the article (see ``readable``), without what surrounds it;
- sentences are taken without regard to case, spacing, punctuation and order;
- those of fewer than five words are left out: counters, buttons, "updated 5 minutes ago";
- the text has changed when what went or what came adds up to more than 15 words, of a short text to more than a
  fifth. A number that is altered within a sentence alters the sentence, and counts.

Files are compared by their bytes; of those too long to be read again, by their length and beginning. Where there is
nothing to compare by, a look says so rather than that all is well.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field, replace
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import IO

from ..canonical import UrlError, canonical_url
from .appearance import look_at
from .deadlines import Deadline
from .decoding import decoded_file
from .errors import ArchivingError
from .exchange import Exchange
from .fetch import fetch_following
from .markup import decode
from .policy import FetchPolicy
from .readable import glance_at, read_page
from .requisites import Kind, find_requisites
from .signatures import HTML_TYPES, media_type_of
from .verdict import Observed, judge
from .wire import CONTENT_LENGTH
from .words import Verdict, Word

MOST_BYTES = 8 * 1024 * 1024
#: The beginning of a file: less than is read of it, because the framing of a chunked body takes its share of that.
START_BYTES = 7 * 1024 * 1024
MEDIA = frozenset({Kind.IMAGE, Kind.VIDEO, Kind.AUDIO})
STILL_THERE = frozenset({Word.COMPLETE, Word.PARTIAL})

WHOLE = Verdict(Word.COMPLETE)

SENTENCE_END = re.compile(r"[.!?…。！？|\n]+")
NO_WORD = re.compile(r"[\W_]+")
FEWEST_WORDS = 5
#: Where a script writes no spaces, so many characters are taken for a word.
CHARACTERS_A_WORD = 6
TOLERATED_WORDS = 15
TOLERATED_SHARE = 0.2


class Outcome(StrEnum):
    """What a look can find."""

    UNCHANGED = "unchanged"
    CHANGED = "changed"
    MOVED = "moved"
    GONE = "gone"
    UNREACHABLE = "unreachable"
    UNCOMPARED = "uncompared"


@dataclass(frozen=True)
class Sight:
    """What an address shows. ``sentences`` are a page's.

    Of a body that is no page, ``sha256`` (hex) is that of the whole, empty if not all was read, ``start_sha256`` that
    of its first ``START_BYTES``, empty if it has fewer, and ``size`` the length in bytes, None if unknown.
    ``verdict`` says whether that is what was asked for at all.
    """

    final_url: str
    sentences: Counter[str] = field(default_factory=Counter)
    sha256: str = ""
    start_sha256: str = ""
    size: int | None = None
    status: int | None = None
    verdict: Verdict = WHOLE

    @property
    def text_sha256(self) -> str:
        """SHA-256 (hex) of the sentences, in any order; empty without any."""
        text = "\n".join(sorted(self.sentences.elements()))
        return sha256(text.encode()).hexdigest() if text else ""


@dataclass(frozen=True)
class Finding:
    """What came of a look, and why, in words."""

    outcome: Outcome
    detail: str = ""


ANOTHER_FILE = Finding(Outcome.CHANGED, "the file is another one")


def look_again(url: str, *, policy: FetchPolicy, deadline: Deadline, directory: Path) -> Sight:
    """Ask for ``url`` once more. Raises ArchivingError when there is no answer."""
    bounded = replace(policy, body_bytes=min(policy.body_bytes, MOST_BYTES))
    chain = fetch_following(url, policy=bounded, deadline=deadline, directory=directory)
    answer = chain[-1]
    path, digest, length = decoded_file(answer, policy.decoded_bytes)
    if media_type_of(path, answer.served_type) in HTML_TYPES:
        html = page_text(path, answer.served_charset, policy.page_bytes)
        return page_seen(html, url=chain[0].url, final_url=answer.url, status=answer.status, cut=_cut(answer))
    seen = Observed(chain[0].url, answer.url, answer.status, answer.body_length, _cut(answer), is_page=False)
    with path.open("rb") as file:
        start = start_digest(file)
    whole, size = ("", _declared_length(answer)) if answer.truncated else (digest, length)
    return Sight(answer.url, Counter(), whole, start, size, answer.status, judge(seen))


def start_digest(file: IO[bytes]) -> str:
    """SHA-256 (hex) of the first ``START_BYTES`` of a file; empty if it has fewer."""
    start = file.read(START_BYTES)
    return sha256(start).hexdigest() if len(start) == START_BYTES else ""


def _declared_length(answer: Exchange) -> int | None:
    """How long the body would be that was not read to its end; None where the server does not say so."""
    length = answer.header("Content-Length") or ""
    is_coded = answer.is_chunked or answer.header("Content-Encoding")
    return int(length) if not is_coded and CONTENT_LENGTH.fullmatch(length) else None


def page_seen(
    html: bytes | str, *, url: str, final_url: str, status: int = 200, cut: str | None = None
) -> Sight:
    """What a page shows that was asked for at ``url``; ``cut`` is the reason if it was cut off on the way."""
    glance = glance_at(html)
    shown = look_at(html, glance.text, glance.title)
    page = Observed(
        requested_url=url,
        final_url=final_url,
        status=status,
        body_length=len(html),
        truncated=cut,
        text_length=len(glance.text),
        media_count=sum(item.kind in MEDIA for item in find_requisites(html, final_url)),
        asks_password=shown.asks_password,
        shown=shown,
    )
    sentences = sentences_of(read_page(html, final_url).text)
    return Sight(final_url, sentences, status=status, verdict=judge(page))


def page_text(path: Path, charset: str | None, limit: int) -> bytes | str:
    """The first ``limit`` bytes of the page at ``path``, decoded where that is certain."""
    with path.open("rb") as file:
        data = file.read(limit)
    return decode(data, charset, is_cut=len(data) == limit)


def sentences_of(text: str) -> Counter[str]:
    """The sentences that say something, each as often as it stands there, in the form they are compared in.

    Of a text that has only short ones those count.
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    found = [NO_WORD.sub(" ", sentence).strip() for sentence in SENTENCE_END.split(plain)]
    telling = [sentence for sentence in found if words_in(sentence) >= FEWEST_WORDS]
    return Counter(telling or filter(None, found))


def words_in(sentence: str) -> int:
    """How many words a sentence in the form of ``sentences_of`` has, about."""
    return max(len(sentence.split()), len(sentence) // CHARACTERS_A_WORD if not sentence.isascii() else 0)


def compare(before: Sight, now: Sight) -> Finding:
    """What has become of what ``before`` showed."""
    if _stands_in_the_way(before, now):
        outcome = Outcome.GONE if now.verdict.word is Word.GONE else Outcome.UNREACHABLE
        return Finding(outcome, "; ".join(now.verdict.reasons))
    found = _compare_files(before, now) if before.sha256 else _compare_texts(before, now)
    if before.final_url and _key(before.final_url) != _key(now.final_url):
        return Finding(Outcome.MOVED, "; ".join(filter(None, (f"now at {now.final_url}", found.detail))))
    return found


def _stands_in_the_way(before: Sight, now: Sight) -> bool:
    """Whether there is a wall or an error where the original was, which a browser may need to see at all."""
    return now.verdict.word not in STILL_THERE and now.verdict.word is not before.verdict.word


def no_answer(error: ArchivingError) -> Finding:
    """What a look that failed has found."""
    return Finding(Outcome.UNREACHABLE, f"{error.code}: {error.detail}")


def _compare_files(before: Sight, now: Sight) -> Finding:
    if now.sha256:
        return Finding(Outcome.UNCHANGED) if before.sha256 == now.sha256 else ANOTHER_FILE
    if now.sentences:
        return Finding(Outcome.CHANGED, "there is a page where the file was")
    if not now.start_sha256:
        return Finding(Outcome.UNCOMPARED, "too little of the file could be read")
    if before.start_sha256 != now.start_sha256 or now.size not in (None, before.size):
        return ANOTHER_FILE
    if now.size is None:
        return Finding(Outcome.UNCOMPARED, "the beginning of the file is the same; its length is not known")
    return Finding(Outcome.UNCHANGED, "of the file its length and beginning were compared")


def _compare_texts(before: Sight, now: Sight) -> Finding:
    if not before.sentences:
        return Finding(Outcome.UNCOMPARED, "what was preserved of the address itself has no text to compare")
    went = _words(before.sentences - now.sentences)
    came = _words(now.sentences - before.sentences)
    if max(went, came) <= _tolerated(_words(before.sentences)):
        return Finding(Outcome.UNCHANGED)
    return Finding(Outcome.CHANGED, f"about {went} words of the text went and {came} came")


def _words(sentences: Counter[str]) -> int:
    return sum(words_in(sentence) * count for sentence, count in sentences.items())


def _tolerated(words: int) -> float:
    return min(TOLERATED_WORDS, TOLERATED_SHARE * words)


def _key(url: str) -> str:
    try:
        return canonical_url(url)
    except UrlError:
        return url


def _cut(answer: Exchange) -> str | None:
    """Why the answer is not whole; what was left unread on purpose is not held against it."""
    return None if answer.truncated == "length" else answer.truncated

"""What changed between two texts, sentence by sentence and then word by word, at a bounded cost.

White space does not count: texts are compared as words. Only the first CEILING characters of each are read; the
matcher's cost grows with the product of what differs, so long replaced stretches are shown whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

CEILING = 200_000  # characters of each text
SENTENCES = 4_000  # of each text; what comes after is taken as one
WORD_BY_WORD = 40_000  # product of the numbers of words up to which a replaced stretch is looked into
SHOWN = 20  # words kept beside a change when an unchanged stretch is folded
SENTENCE = re.compile(r"[^.!?…。\n]*[.!?…。\n]*")


class Kind(StrEnum):
    """What became of a passage."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"
    FOLDED = "folded"


@dataclass(frozen=True)
class Passage:
    """Words that share a fate. Of a FOLDED one `text` is empty, and `words` says how many are not shown."""

    kind: Kind
    text: str
    words: int


@dataclass(frozen=True)
class Differences:
    """How one text became another. `share` is the part of the words that is the same in both, from 0 to 1."""

    passages: tuple[Passage, ...]
    share: float
    is_cut: bool

    @property
    def is_same(self) -> bool:
        """Whether no word differs in what was compared."""
        return all(passage.kind == Kind.SAME for passage in self.passages)


Stretch = tuple[Kind, list[str]]


def compare(old: str, new: str) -> Differences:
    """The passages that turn `old` into `new`, unchanged ones whole."""
    before, after = sentences(old[:CEILING]), sentences(new[:CEILING])
    found = list(_joined(_stretches(before, after)))
    passages = tuple(Passage(kind, " ".join(words), len(words)) for kind, words in found)
    is_cut = max(len(old), len(new)) > CEILING
    return Differences(passages, _share(passages), is_cut)


def folded(passages: Iterable[Passage]) -> list[Passage]:
    """The same with the middle of long unchanged passages folded away."""
    return [shown for passage in passages for shown in _fold(passage)]


def sentences(text: str) -> list[tuple[str, ...]]:
    """The sentences of a text, each as its words; at most SENTENCES of them."""
    found = [tuple(words) for words in (part.split() for part in SENTENCE.findall(text)) if words]
    rest = tuple(word for sentence in found[SENTENCES - 1 :] for word in sentence)
    return [*found[: SENTENCES - 1], rest] if rest else found


def _stretches(before: Sequence[tuple[str, ...]], after: Sequence[tuple[str, ...]]) -> Iterator[Stretch]:
    for tag, i, j, k, l in SequenceMatcher(None, before, after).get_opcodes():  # noqa: E741  # difflib's own names
        old, new = _words(before[i:j]), _words(after[k:l])
        if tag == "equal":
            yield Kind.SAME, old
        elif len(old) * len(new) <= WORD_BY_WORD:
            yield from _word_by_word(old, new)
        else:
            yield from ((Kind.REMOVED, old), (Kind.ADDED, new))


def _word_by_word(old: Sequence[str], new: Sequence[str]) -> Iterator[Stretch]:
    for tag, i, j, k, l in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():  # noqa: E741  # the same
        if tag == "equal":
            yield Kind.SAME, list(old[i:j])
        else:
            yield from ((Kind.REMOVED, list(old[i:j])), (Kind.ADDED, list(new[k:l])))


def _joined(stretches: Iterable[Stretch]) -> Iterator[Stretch]:
    """Neighbours of one kind as one; empty ones left out."""
    held: Stretch | None = None
    for kind, words in stretches:
        if not words:
            continue
        if held and held[0] == kind:
            held = kind, held[1] + words
            continue
        if held:
            yield held
        held = kind, words
    if held:
        yield held


def _fold(passage: Passage) -> Iterator[Passage]:
    words = passage.text.split()
    if passage.kind != Kind.SAME or len(words) <= 3 * SHOWN:
        yield passage
        return
    yield Passage(Kind.SAME, " ".join(words[:SHOWN]), SHOWN)
    yield Passage(Kind.FOLDED, "", len(words) - 2 * SHOWN)
    yield Passage(Kind.SAME, " ".join(words[-SHOWN:]), SHOWN)


def _words(parts: Iterable[tuple[str, ...]]) -> list[str]:
    return [word for part in parts for word in part]


def _share(passages: Iterable[Passage]) -> float:
    counts = dict.fromkeys(Kind, 0)
    for passage in passages:
        counts[passage.kind] += passage.words
    longer = counts[Kind.SAME] + max(counts[Kind.REMOVED], counts[Kind.ADDED])
    return counts[Kind.SAME] / longer if longer else 1.0

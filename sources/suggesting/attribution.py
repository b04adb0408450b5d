"""Words that name another as their source: "according to Meduza", «сообщает Медуза», «за даними ТАСС».

The words are kept as they stand, with those around them; only then names are looked for in them. So a source that is
entered later is found in what was read before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from osint.naming import fold

MOST = 40
LONGEST_TEXT = 400_000
WORDS_AFTER, WORDS_BEFORE = 8, 6
#: How far into the words after a phrase, and from the end of those before it, a name may stand: "the website Meduza".
NEAR_AFTER, NEAR_BEFORE = 4, 2
LEAST_STEM = 4
LONGEST_ENDING = 3
#: What endings of nouns are made of, in Latin letters: vowels and й, ю, я, м, х, в, г.
ENDING = re.compile(rf"[aeiouyjkhmvg]{{0,{LONGEST_ENDING}}}")

#: Phrases that a name follows.
BEFORE_A_NAME = (
    # English
    "according to", "as reported by", "reported by", "reports by", "citing", "cited by", "quoted by",
    "first published by", "first published in", "told", "with reference to", "via",
    # Russian
    "по данным", "по сообщению", "по сообщениям", "по информации", "по словам", "со ссылкой на", "ссылаясь на",
    "как сообщает", "как сообщают", "как пишет", "как пишут", "сообщает", "сообщают", "сообщил", "сообщила",
    "сообщили", "пишет", "пишут", "передает", "передаёт", "передают", "рассказал", "рассказала", "рассказали",
    # Ukrainian
    "за даними", "за повідомленням", "за повідомленнями", "за інформацією", "за словами", "з посиланням на",
    "із посиланням на", "посилаючись на", "повідомляє", "повідомляють", "повідомив", "повідомила", "повідомили",
    "пише", "пишуть", "передає", "передають", "розповів", "розповіла", "розповіли",
)  # fmt: skip
#: Phrases that follow a name.
AFTER_A_NAME = (
    # English
    "has reported", "have reported", "has written", "have written", "reports", "reported", "report that",
    "writes", "wrote", "says", "said",
    # Russian
    "сообщает", "сообщают", "сообщил", "сообщила", "сообщили", "пишет", "пишут", "написал", "написала",
    "написали", "передает", "передаёт", "передают",
    # Ukrainian
    "повідомляє", "повідомляють", "повідомив", "повідомила", "повідомили", "пише", "пишуть", "написав",
    "передає", "передають",
)  # fmt: skip

#: What ends a sentence or a paragraph: no name is looked for beyond it.
END = re.compile(r"[.!?…;:](?=\s|$)|\n")
WORD = re.compile(r"[\w'’]+")
IN_BRACKETS = re.compile(r"\([^()]*\)")
POSSESSIVE = re.compile(r"['’]s?$")
ARTICLES = frozenset({"the", "a", "an"})


@dataclass(frozen=True)
class Attribution:
    """A phrase with the words of its sentence around it: those `before` it and those `after`, as they stand."""

    phrase: str
    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def quote(self) -> str:
        """The words together."""
        return " ".join((*self.before, self.phrase, *self.after))

    def names(self, source: str) -> bool:
        """Whether a source of this name is the one that the phrase refers to."""
        wanted = name_words(source)
        if not wanted:
            return False
        phrase = self.phrase.casefold()
        return (phrase in FOLLOWED and _is_near_start(wanted, self.after)) or (
            phrase in FOLLOWING and _is_near_end(wanted, self.before)
        )


FOLLOWED, FOLLOWING = frozenset(BEFORE_A_NAME), frozenset(AFTER_A_NAME)
#: The longer ones first, so that "as reported by" is not taken for "reported".
PHRASE = re.compile(
    r"\b(?:"
    + "|".join(
        re.escape(phrase).replace(r"\ ", r"\s+")
        for phrase in sorted(FOLLOWED | FOLLOWING, key=len, reverse=True)
    )
    + r")\b",
    re.IGNORECASE,
)


def find_attributions(text: str) -> list[Attribution]:
    """The first forty attributions of a text."""
    found = dict.fromkeys(_attributions(text[:LONGEST_TEXT]))
    return [attribution for _, attribution in zip(range(MOST), found, strict=False)]


def _attributions(text: str) -> Iterator[Attribution]:
    for match in PHRASE.finditer(text):
        before = WORD.findall(_last_sentence(text[max(0, match.start() - 200) : match.start()].rstrip()))
        after = WORD.findall(END.split(text[match.end() : match.end() + 200].lstrip(), maxsplit=1)[0])
        phrase = " ".join(match[0].split())
        yield Attribution(phrase, tuple(before[-WORDS_BEFORE:]), tuple(after[:WORDS_AFTER]))


def _last_sentence(text: str) -> str:
    return END.split(text)[-1]


def name_words(name: str) -> list[str]:
    """The folded words of a source's name that count: without article, and without what stands in brackets."""
    words = [fold(word) for word in WORD.findall(IN_BRACKETS.sub(" ", name))]
    return words[1:] if len(words) > 1 and words[0] in ARTICLES else words


def _is_near_start(wanted: Sequence[str], words: Sequence[str]) -> bool:
    return any(_stands_at(wanted, words, start) for start in range(NEAR_AFTER))


def _is_near_end(wanted: Sequence[str], words: Sequence[str]) -> bool:
    end = len(words) - len(wanted)
    return any(_stands_at(wanted, words, start) for start in range(max(0, end - NEAR_BEFORE), end + 1))


def _stands_at(wanted: Sequence[str], words: Sequence[str], start: int) -> bool:
    there = words[start : start + len(wanted)]
    return len(there) == len(wanted) and all(map(is_same_word, wanted, there))


def is_same_word(wanted: str, word: str) -> bool:
    """Whether a word of a text is the folded one of a name, in whichever case it stands.

    «Медузу», «Медузой» and «Медузы» are all `meduza`. Only Cyrillic words have such endings, after a stem of at least
    four letters; an English one may have its possessive.
    """
    found = fold(POSSESSIVE.sub("", word))
    if found == wanted:
        return True
    if word.isascii():
        return False
    stem = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(found, wanted, strict=False)))
    return stem >= LEAST_STEM and all(ENDING.fullmatch(each[stem:]) for each in (found, wanted))

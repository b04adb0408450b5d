"""Reading a comment: which stretches of it name somebody, which are addresses, and what is just text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

#: What usernames are made of; an @ within such letters belongs to an e-mail address. Addresses come first, for
#: in `https://social.example/@somebody` nobody is meant.
TOKEN = re.compile(r"(?P<address>https?://[^\s<>\"“”«»]+)|(?<![\w.@+-])@(?P<name>[\w.@+-]+)", re.IGNORECASE)
#: A username may end in these, but so does a sentence.
TRAILING = ".@+-"
ENDS_OF_ADDRESS = ".,;:!?'’)]}"
LONGEST_NAME = 200


class Kind(Enum):
    """What a stretch of a comment is."""

    TEXT = "text"
    MENTION = "mention"
    ADDRESS = "address"


@dataclass(frozen=True)
class Part:
    """A stretch of a comment as it was typed; `username` is whom a mention means."""

    kind: Kind
    text: str
    username: str = ""


def parts_of(text: str, usernames: Iterable[str]) -> Iterator[Part]:
    """The text in stretches that together are the text again. `@name` means only one of `usernames`."""
    names = _by_spelling(usernames)
    end = 0
    for match in TOKEN.finditer(text):
        part = _address(match["address"]) if match["address"] else _mention(match["name"], names)
        if part is not None:
            if match.start() > end:
                yield Part(Kind.TEXT, text[end : match.start()])
            yield part
            end = match.start() + len(part.text)
    if end < len(text):
        yield Part(Kind.TEXT, text[end:])


def mentioned(text: str, usernames: Iterable[str]) -> set[str]:
    """Whom of `usernames` the text names as `@username`; as they are spelt there, or else without regard to case."""
    return {part.username for part in parts_of(text, usernames) if part.kind is Kind.MENTION}


def _by_spelling(usernames: Iterable[str]) -> dict[str, str]:
    exact = {name: name for name in usernames}
    return {name.casefold(): name for name in exact} | exact


def _address(text: str) -> Part:
    return Part(Kind.ADDRESS, text.rstrip(ENDS_OF_ADDRESS))


def _mention(typed: str, names: dict[str, str]) -> Part | None:
    if len(typed) > LONGEST_NAME:
        return None
    while typed:
        username = names.get(typed) or names.get(typed.casefold())
        if username:
            return Part(Kind.MENTION, f"@{typed}", username)
        typed = typed[:-1] if typed[-1] in TRAILING else ""
    return None

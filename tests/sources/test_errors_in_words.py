"""Every error has words for a person."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

import pytest

import sources.archiving
from sources.archiving.errors import ArchivingError
from sources.errors_in_words import UNKNOWN, WORDS, in_words
from sources.models import Verdict
from sources.services import preservation
from sources.services.captures import PRESERVED


def all_errors(kind: type[ArchivingError]) -> Iterator[type[ArchivingError]]:
    for below in kind.__subclasses__():
        yield below
        yield from all_errors(below)


def codes() -> set[str]:
    """Of errors anywhere in the archiver, and of verdicts that are no success."""
    # Whose imports belong to processes of their own.
    children = ("child", "__main__")
    for module in pkgutil.walk_packages(sources.archiving.__path__, "sources.archiving."):
        if not module.name.endswith(children):
            importlib.import_module(module.name)
    ours = {error.code for error in all_errors(ArchivingError) if error.__module__.startswith("sources.")}
    # Its code is the verdict.
    ours -= {preservation.PassingVerdictError.code} - {ArchivingError.code}
    return ours | {verdict.replace(" ", "_") for verdict in set(Verdict.values) - PRESERVED}


def test_every_code_has_words() -> None:
    assert sorted(codes() - WORDS.keys()) == []


@pytest.mark.parametrize("code", WORDS)
def test_words_are_sentences(code: str) -> None:
    words = WORDS[code]
    assert words.what.endswith(".")
    assert words.advice.endswith(".")
    assert str(words).startswith(words.what)


def test_a_code_without_words_is_said_to_have_none() -> None:
    assert in_words("never_heard_of") is UNKNOWN


def test_where_nothing_went_wrong_nothing_is_said() -> None:
    assert in_words("") is None

"""Words that name a source, in three languages and in all their endings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.suggesting.attribution import MOST, find_attributions, is_same_word, name_words


def names(text: str, source: str) -> bool:
    return any(attribution.names(source) for attribution in find_attributions(text))


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("According to Meduza, the launcher stands by a village.", "Meduza"),
        ("It was first reported by The Guardian.", "The Guardian"),
        ("The Meduza website reports one more launcher.", "Meduza"),
        ("The Guardian has written that Russia is getting ready.", "The Guardian"),
        ("The Guardian’s reporters said nothing; the Guardian said more.", "The Guardian"),
        ("The Russian military said that they work.", "Russian military"),
        ("Сообщает Медуза.", "Meduza"),
        ("Об этом сообщает «Медуза».", "Meduza"),
        ("По данным «Медузы», машина стоит у деревни.", "Meduza"),
        ("Со ссылкой на «Медузу» пишут и другие.", "Meduza"),
        ("Как пишет издание «Медуза», это учения.", "Медуза"),
        ("«Медуза» пишет, что это учения.", "Meduza"),
        ("По сообщению агентства ТАСС, это учения.", "ТАСС"),
        ("Повідомляє Українська правда.", "Українська правда"),
        ("За даними «Української правди», це навчання.", "Українська правда"),
        ("З посиланням на «Українську правду»", "Українська правда"),
        ("Про це пише Медуза.", "Meduza"),
    ],
)
def test_a_named_source_is_found(text: str, source: str) -> None:
    assert names(text, source)


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("Meduza is a sea animal.", "Meduza"),  # named, but not as the source
        ("According to the ministry. Meduza was silent.", "Meduza"),  # another sentence
        ("According to a man who had once been seen near Meduza", "Meduza"),  # too far away
        ("По данным Медведева, это учения.", "Meduza"),
        ("According to the Courier", "The Herald"),
        ("According to Meduzas", "Meduza"),  # English words have no such endings
        ("Сообщает ТАССР", "ТАСС"),
        ("According to (accounts not named)", "(accounts not named)"),
        ("", "Meduza"),
    ],
)
def test_others_are_not(text: str, source: str) -> None:
    assert not names(text, source)


def test_the_phrase_is_quoted_with_its_words() -> None:
    (found,) = find_attributions("So it is.\nAs reported by\nMeduza, the launcher stands there. Much later.")
    assert found.quote == "As reported by Meduza the launcher stands there"


def test_what_a_name_says_in_brackets_does_not_count() -> None:
    assert name_words("The Pictures from Dnipro (accounts not named)") == ["pictures", "from", "dnipro"]


@pytest.mark.parametrize("word", ["Медуза", "Медузы", "Медузе", "Медузу", "Медузой", "Медузою", "Meduza’s"])
def test_a_word_is_known_in_each_of_its_cases(word: str) -> None:
    assert is_same_word("meduza", word)


def test_of_many_only_the_first_are_kept() -> None:
    text = " ".join(f"According to person{number}." for number in range(3 * MOST))
    assert len(find_attributions(text)) == MOST


@given(st.text(max_size=2000), st.text(max_size=40))
def test_no_text_and_no_name_is_too_much(text: str, name: str) -> None:
    for attribution in find_attributions(f"{text} сообщает {text}"):
        attribution.names(name)

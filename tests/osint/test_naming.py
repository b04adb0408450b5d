"""Names in any script meet under one key."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from osint.naming import fold

ALIKE = [
    ("Панцирь-С1", "Pantsir-S1"),
    ("Pantsir-S1", "pantsir s1"),
    ("Pantsir-S1", "PANTSIR S-1"),
    ("Pantsir-S1", "Pantsir-С1"),  # the last with a Cyrillic С
    ("Панцирь-С1", "Панцирь-C1"),  # the last with a Latin C
    ("Панцирь-С1", "Пaнциpь-C1"),  # the last with Latin a, p and C
    ("Pantsir", "Рantsir"),  # the last with a Cyrillic Р
    ("Buk", "Вuk"),  # the last with a Cyrillic В
    ("объект", "ob'ekt"),
    ("Zarech’ye", "Zarech'ye"),
    ("Заречье", "Zarech'e"),
    ("С-400", "s 400"),
    ("S‑400", "S-400"),  # a non-breaking hyphen
    ("Ｓ－４００", "S-400"),
    ("Straße", "STRASSE"),
    ("北京", "Bei Jing"),
    ("Йод", unicodedata.normalize("NFD", "Йод")),
]

DIFFERENT = [
    ("Pantsir-S1", "Pantsir-S2"),
    ("S-300", "S-400"),
    ("Buk-M1", "Buk-M1-2"),
    ("C-400", "S-400"),  # a Latin C alone says nothing about the script meant
    ("\U00010d00", "\U00010d22"),  # two letters that no transliteration knows
    ("Buk \U00010d00", "Buk \U00010d22"),
    ("Model C-Д", "Model S-Д"),  # nor does one beside a lone Cyrillic letter
    ("!", "?"),
]


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_spellings_of_one_name_fold_alike(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_names_keep_different_keys(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_the_key_is_lower_case_latin_letters_and_digits() -> None:
    assert fold("Панцирь-С1") == "pantsirs1"


@pytest.mark.parametrize("blank", ["", " ", "\u00a0\n"])
def test_blank_text_has_no_key(blank: str) -> None:
    assert fold(blank) == ""


@given(st.text(min_size=1))
def test_no_name_collapses_to_nothing(name: str) -> None:
    assert bool(fold(name)) == bool(unicodedata.normalize("NFKC", name).strip())


@given(st.text())
@example("\u0345ᾳ")
@example("ǰ\u0323!")
def test_folding_a_key_again_changes_nothing(name: str) -> None:
    assert fold(fold(name)) == fold(name)

"""Who is meant in a comment, and what of it is an address."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from osint.mentions import Kind, Part, mentioned, parts_of

TEAM = ["vera", "oleg.k", "Anna", "user+x", "иван"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@vera", {"vera"}),
        ("Look, @vera!", {"vera"}),
        ("(@vera)", {"vera"}),
        ("ask @vera.", {"vera"}),
        ("ask @vera...", {"vera"}),
        ("@oleg.k.", {"oleg.k"}),
        ("@vera, @oleg.k and @vera", {"vera", "oleg.k"}),
        ("@vera's roof", {"vera"}),
        ("@user+x", {"user+x"}),
        ("@иван, смотри", {"иван"}),
        ("@VERA", {"vera"}),
        ("@anna", {"Anna"}),
        ("@veranda", set()),
        ("@nobody", set()),
        ("vera@post.example", set()),
        ("me@vera", set()),
        ("https://social.example/@vera", set()),
        ("@", set()),
        ("@@vera", set()),
        ("@" + "." * 10_000, set()),
        ("", set()),
    ],
)
def test_a_name_is_a_mention_only_where_somebody_is_meant(text: str, expected: set[str]) -> None:
    assert mentioned(text, TEAM) == expected


def test_a_name_that_differs_only_by_case_means_the_one_as_typed() -> None:
    assert mentioned("@Vera", ["vera", "Vera"]) == {"Vera"}


def test_an_address_ends_before_the_sentence_does() -> None:
    (_, address, _) = parts_of("See https://herald.example/a?b=1.", [])
    assert address == Part(Kind.ADDRESS, "https://herald.example/a?b=1")


@pytest.mark.parametrize("text", ["javascript:alert(1)", "data:text/html,x", "//herald.example", "ftp://x"])
def test_nothing_but_web_addresses_is_an_address(text: str) -> None:
    assert [part.kind for part in parts_of(text, [])] == [Kind.TEXT]


@given(st.text(alphabet=st.sampled_from("@ .ver+-ahtps:/й\n<'\""), max_size=80))
def test_the_parts_together_are_the_text(text: str) -> None:
    assert "".join(part.text for part in parts_of(text, TEAM)) == text


def test_hostile_strings_come_apart_without_loss(hostile: list[str]) -> None:
    for text in hostile:
        assert "".join(part.text for part in parts_of(text, TEAM)) == text

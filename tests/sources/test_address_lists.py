"""Reading lists of addresses."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from sources.address_lists import Line, numbered, read_list, split


def test_a_plain_list_is_one_address_in_a_line() -> None:
    found = read_list("https://a.example/\r\n\n# a remark\n  https://b.example/x,y  \n")
    assert found == [Line(1, "https://a.example/"), Line(4, "https://b.example/x,y")]


def test_a_table_is_known_by_its_heading() -> None:
    table = 'Archive status,Link,Note\n,https://a.example/?q="1",x\n,"https://b.example/a,b",y\n,,z\n'
    assert read_list(table) == [Line(2, 'https://a.example/?q="1"'), Line(3, "https://b.example/a,b")]


def test_a_table_with_one_column_is_a_table_too() -> None:
    assert read_list("url\nhttps://a.example/\n") == [Line(2, "https://a.example/")]


def test_a_table_without_headings_has_the_address_first() -> None:
    assert read_list("https://a.example/,seen\n", is_csv=True) == [Line(1, "https://a.example/")]


def test_a_mark_of_the_encoding_is_no_part_of_the_address() -> None:
    assert read_list("\ufeffhttps://a.example/") == [Line(1, "https://a.example/")]


def test_a_line_parts_nowhere_but_at_its_end() -> None:
    assert split("a\u2028b\x0cc\nd") == ["a\u2028b\x0cc", "d"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_as_any_system_ends_them(end: str) -> None:
    table = end.join(["url,note", '"https://a.example/","two', 'lines"', "https://b.example/,x", ""])
    assert read_list(table) == [Line(3, "https://a.example/"), Line(4, "https://b.example/")]


@pytest.mark.parametrize(
    "text", ["url\n" + "x" * 200_000, 'url\n"' + "x" * 200_000, 'url\n"a' + "\nb" * 100_000]
)
def test_a_table_that_is_none_is_refused_with_its_line(text: str) -> None:
    with pytest.raises(ValidationError, match=r"line \d+ cannot be read") as refused:
        read_list(text)
    assert refused.value.code == "list_unreadable"


def test_a_long_first_line_is_no_heading() -> None:
    assert read_list("x" * 200_000) == [Line(1, "x" * 200_000)]


def test_an_empty_list_holds_nothing() -> None:
    assert read_list("") == []


@given(st.lists(st.text(st.characters(exclude_characters="\n\r\ufeff", exclude_categories=["Cs"]))))
def test_lines_are_counted_as_they_stand(lines: list[str]) -> None:
    for line in numbered(split("\n".join(lines))):
        assert lines[line.number - 1].strip() == line.text

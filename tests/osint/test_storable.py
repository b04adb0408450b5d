"""What strangers wrote can be stored, whatever it is."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from osint.models import Investigation
from osint.storable import storable

ANYTHING = st.recursive(
    st.text(st.characters(exclude_categories=()), max_size=20) | st.integers() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\x00b", "a\ufffdb"),
        ("half \ud83d of it", "half \ufffd of it"),
        ("both halves \ud83d\ude00", "both halves 😀"),
        ("Панцирь 😀", "Панцирь 😀"),
    ],
)
def test_what_cannot_be_stored_is_replaced_and_nothing_else(text: str, expected: str) -> None:
    assert storable({"a": [text]}) == {"a": [expected]}


@pytest.mark.no_cover  # being traced it takes twice as long
@given(ANYTHING)
def test_what_comes_out_can_be_written(value: object) -> None:
    assert "\\u0000" not in json.dumps(storable(value), ensure_ascii=False)
    json.dumps(storable(value), ensure_ascii=False).encode()


@pytest.mark.django_db
def test_postgresql_takes_it() -> None:
    Investigation.objects.create(slug="odd", title=storable("odd \x00 and \udfff"))

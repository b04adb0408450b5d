"""What is requested for a URL."""

from __future__ import annotations

import pytest

from sources.archiving.errors import UnsupportedUrlError
from sources.archiving.urls import join, parse_target


@pytest.mark.parametrize(
    ("typed", "requested"),
    [
        ("http://Example.org", "http://example.org/"),
        ("https://example.org:443/a?b=c#d", "https://example.org/a?b=c"),
        ("http://example.org:8080/", "http://example.org:8080/"),
        (
            "http://example.org/Москва файл",
            "http://example.org/%D0%9C%D0%BE%D1%81%D0%BA%D0%B2%D0%B0%20%D1%84%D0%B0%D0%B9%D0%BB",
        ),
        ("http://example.org/a%20b?q=%D0%9C&r=ж", "http://example.org/a%20b?q=%D0%9C&r=%D0%B6"),
        ("https://пример.test/", "https://xn--e1afmkfd.test/"),
        ("http://under_score.example.org/", "http://under_score.example.org/"),
        ("http://[2606:4700::1111]:8080/x", "http://[2606:4700::1111]:8080/x"),
        ('http://example.org/"\\<', "http://example.org/%22%5C%3C"),
    ],
)
def test_the_requested_url_is_plain_ascii(typed: str, requested: str) -> None:
    assert parse_target(typed).url == requested


@pytest.mark.parametrize(
    "typed",
    [
        "ftp://example.org/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http://",
        "example.org",
        "http://user:secret@example.org/",
        "http://example.org:99999/",
        "http://[::1",
        "http://[zz::1]/",
        "http://exa mple.org/",
    ],
)
def test_what_is_not_a_plain_web_address_is_refused(typed: str) -> None:
    with pytest.raises(UnsupportedUrlError):
        parse_target(typed)


def test_digits_in_disguise_become_plain_ones() -> None:
    assert parse_target("http://①②⑦.⓪.⓪.①/").host == "127.0.0.1"


def test_line_breaks_cannot_add_headers() -> None:
    assert "\r" not in parse_target("http://example.org/a\r\nX-Evil: 1").path


def test_a_reference_is_resolved_against_its_base() -> None:
    assert join("http://example.org/a/b", "../c#d") == "http://example.org/c"


@pytest.mark.parametrize("reference", ["data:image/png;base64,AA", "mailto:a@example.org", "http://[bad"])
def test_a_reference_that_cannot_be_fetched_is_none(reference: str) -> None:
    assert join("http://example.org/", reference) is None

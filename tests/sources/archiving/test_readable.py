"""What a page says."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.archiving.readable import LINKS, PageFacts, glance_at, read_page

from .pages import english, russian

URL = "https://example.org/2023/page"


def test_an_english_article_is_read() -> None:
    facts = read_page(english(), "https://example.org/page")
    assert facts.title == "Launcher on a roof"
    assert facts.author == "Test Writer"
    assert facts.published == "2023-01-19"
    assert facts.language == "en-gb"
    assert facts.site_name == "Example Post"


def test_the_text_is_the_article_without_its_surroundings() -> None:
    text = read_page(english(), URL).text
    assert "two groups of tubes" in text
    assert "Sport" not in text


@pytest.mark.parametrize("charset", ["utf-8", "windows-1251", "koi8-r"])
def test_a_russian_article_is_read_in_its_charset(charset: str) -> None:
    facts = read_page(russian(charset), "https://example.org/page")
    assert facts.title == "Установка на крыше"
    assert "боевую машину" in facts.text
    assert (facts.language, facts.published) == ("ru", "2023-01-19")


def test_at_a_glance_the_shown_text_is_read_in_order_without_what_is_besides() -> None:
    html = (
        "<body>one <script>no</script>two<!-- no --> three <p>four <b>five</b> six</p>"
        "<nav>no <p>no</p></nav> seven <svg><text>no</text></svg>eight</body>"
    )
    assert glance_at(html).text == "one two three four five six seven eight"


def test_a_date_is_not_guessed_from_the_footer() -> None:
    html = b"<html><body><p>Some text about nothing.</p><footer>Copyright 2019</footer></body></html>"
    assert read_page(html, "https://example.org/page").published is None


def test_a_language_that_is_no_tag_is_unknown() -> None:
    assert read_page('<html lang="<%= lang %>"><body>x</body></html>', URL).language is None


def test_a_page_without_article_still_has_its_title() -> None:
    assert read_page("<html lang=de><title> Only \n a title </title></html>", URL).title == "Only a title"


@pytest.mark.parametrize("junk", ["", b"", b"\x00\xff\xfe", "\x00", b"\x89PNG\r\n\x1a\n", "<" * 5000])
def test_junk_says_nothing(junk: str | bytes) -> None:
    assert read_page(junk, URL).text == ""


def test_an_extractor_that_breaks_costs_only_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RecursionError

    monkeypatch.setattr("trafilatura.bare_extraction", broken)
    assert read_page("<html lang=en><title>T</title></html>", URL) == PageFacts(title="T", language="en")


def test_a_glance_sees_title_language_and_all_text_that_is_shown() -> None:
    head = b"<html lang=RU><title>A  roof</title><style>p{}</style><nav>Home</nav>"
    page = head + b"<p>One<!-- no --> two <b>three</b></p>"
    assert glance_at(page + b"<script>four</script>five<noscript>six</noscript>") == PageFacts(
        title="A roof", language="ru", text="One two three five"
    )


@pytest.mark.parametrize("junk", ["", b"", "<script>", "<" * 5000, "<template>" * 500])
def test_a_glance_at_junk_sees_no_text(junk: str | bytes) -> None:
    assert glance_at(junk).text.strip("<") == ""


def test_a_glance_does_without_the_extractor() -> None:
    script = (
        "import sys; from sources.archiving.readable import glance_at;"
        "glance_at(b'<p>x'); sys.exit('trafilatura' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script]).returncode == 0


@given(st.binary(max_size=300))
def test_no_bytes_raise(data: bytes) -> None:
    read_page(b"<html><body>" + data, URL)
    glance_at(b"<html><body>" + data)


def test_reading_is_quiet(capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> None:
    read_page("<html><body></body></html>", URL)
    assert (capfd.readouterr().err, caplog.text) == ("", "")


def links_of(body: str, url: str = "https://example.org/2023/page") -> tuple[str, ...]:
    return read_page(f"<html><body>{body}</body></html>", url).links


def test_links_are_absolute_and_each_once() -> None:
    body = '<p><a href="/1">1</a> <a href="2">2</a> <a href="https://example.org/1">1</a> <a>none</a></p>'
    assert links_of(body) == ("https://example.org/1", "https://example.org/2023/2")


def test_links_follow_the_base_of_the_page() -> None:
    html = '<html><head><base href="https://other.example/a/"></head><body><a href="b">b</a></body></html>'
    assert read_page(html, URL).links == ("https://other.example/a/b",)


def test_what_a_page_shows_in_a_frame_is_linked_to() -> None:
    assert links_of('<iframe src="https://video.example/1"></iframe>') == ("https://video.example/1",)


@pytest.mark.parametrize("around", ["nav", "footer", "aside", "header"])
def test_links_around_the_article_are_not_the_authors(around: str) -> None:
    assert links_of(f'<{around}><p><a href="/1">1</a></p></{around}><a href="/2">2</a>') == (
        "https://example.org/2",
    )


@pytest.mark.parametrize(
    "href", ["javascript:alert(1)", "mailto:a@b.example", "https://[", "  ", "/" + "x" * 3000]
)
def test_what_is_no_address_is_no_link(href: str) -> None:
    assert links_of(f'<a href="{href}">1</a>') == ()


def test_of_very_many_links_the_first_are_kept() -> None:
    assert len(links_of("".join(f'<a href="/{number}">x</a>' for number in range(2 * LINKS)))) == LINKS

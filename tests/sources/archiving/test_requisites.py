"""What a page needs."""

from __future__ import annotations

import json

import pytest

from sources.archiving.embeds import LINKED_FILES, find_players
from sources.archiving.requisites import find_css_requisites, find_requisites

BASE = "https://example.org/news/page.html"


def found(html: str | bytes) -> list[tuple[str, str]]:
    """URL (relative to the site) and kind of each requisite."""
    return [(item.url.removeprefix("https://example.org"), item.kind) for item in find_requisites(html, BASE)]


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ('<link rel="stylesheet" href="/a.css">', [("/a.css", "style")]),
        ('<link rel="shortcut icon" href="/i.ico">', [("/i.ico", "icon")]),
        ('<link rel="preload" as="font" href="/f.woff2">', [("/f.woff2", "font")]),
        ('<link rel="preload" href="/f">', [("/f", "other")]),
        ('<link rel="canonical" href="/other">', []),
        ('<script src="app.js"></script>', [("/news/app.js", "script")]),
        ('<img src="/a.jpg" data-src="/big.jpg">', [("/a.jpg", "image"), ("/big.jpg", "image")]),
        ('<img srcset="/a,b.jpg 1x, /c.jpg 2x">', [("/a,b.jpg", "image"), ("/c.jpg", "image")]),
        ('<img srcset="/a.jpg, /b.jpg 640w">', [("/a.jpg", "image"), ("/b.jpg", "image")]),
        (
            '<picture><source srcset="/p.webp"><img src="/p.jpg"></picture>',
            [("/p.webp", "image"), ("/p.jpg", "image")],
        ),
        ('<video src="/v.mp4" poster="/p.jpg"></video>', [("/p.jpg", "image"), ("/v.mp4", "video")]),
        ('<video><source src="/v.webm"></video>', [("/v.webm", "video")]),
        ('<audio src="/a.mp3"></audio>', [("/a.mp3", "audio")]),
        ('<audio><source src="/a.ogg"></audio>', [("/a.ogg", "audio")]),
        ('<meta property="og:image" content="/og.jpg">', [("/og.jpg", "image")]),
        ('<meta property="og:video" content="/og.mp4">', [("/og.mp4", "video")]),
        ('<meta name="twitter:image" content="/t.jpg">', [("/t.jpg", "image")]),
        ('<meta name="description" content="/no.jpg">', []),
        ('<meta property="og:audio:secure_url" content="/og.mp3">', [("/og.mp3", "audio")]),
        ('<meta name="twitter:player:stream" content="/s.mp4">', [("/s.mp4", "video")]),
        ('<meta property="og:video" content="https://www.youtube.com/embed/x">', []),
        ('<a href="/film.mp4">film</a><a href="/more">more</a>', [("/film.mp4", "video")]),
        ('<a href="/talk.MP3?dl=1">talk</a>', [("/talk.MP3?dl=1", "audio")]),
        ('<a href="/big.jpg">a gallery</a>', []),
        ('<img data-lazy-src="/late.jpg">', [("/late.jpg", "image")]),
        ('<img data-original="/late.jpg">', [("/late.jpg", "image")]),
        ('<img data-lazy-srcset="/a.jpg 1x, /b.jpg 2x">', [("/a.jpg", "image"), ("/b.jpg", "image")]),
        ('<noscript><img src="/no.jpg"></noscript>', [("/no.jpg", "image")]),
        ('<video data-src="/late.mp4" data-poster="/p.jpg">', [("/p.jpg", "image"), ("/late.mp4", "video")]),
        ('<input type="image" src="/go.png">', [("/go.png", "image")]),
        ('<input type="text" src="/no.png">', []),
        (
            "<style>@import url(/x.css); a{background:url('/b.png')}</style>",
            [("/x.css", "style"), ("/b.png", "image")],
        ),
        ('<p style="background:url(&quot;/s.png&quot;)">x</p>', [("/s.png", "image")]),
        ('<object data="/o.pdf"></object>', [("/o.pdf", "other")]),
        ('<img src="data:image/png;base64,AAAA">', []),
        ('<img src="">', []),
        ("<!-- <img src='/hidden.png'> --><?php x ?>", []),
    ],
)
def test_each_kind_of_reference_is_found(markup: str, expected: list[tuple[str, str]]) -> None:
    assert found(f"<html><body>{markup}</body></html>") == expected


def test_each_url_is_found_once() -> None:
    assert found('<img src="/a.jpg#x"><img src="/a.jpg"><a href="/a.jpg">') == [("/a.jpg", "image")]


def test_the_base_element_counts() -> None:
    assert found('<base href="/elsewhere/"><img src="a.jpg">') == [("/elsewhere/a.jpg", "image")]


def test_a_base_that_cannot_be_fetched_does_not_count() -> None:
    assert found('<base href="javascript:x"><img src="a.jpg">') == [("/news/a.jpg", "image")]


def test_the_number_is_bounded() -> None:
    html = "".join(f'<img src="/{number}.jpg">' for number in range(100))
    assert len(find_requisites(html, BASE, limit=7)) == 7


@pytest.mark.parametrize(
    "junk", ["", b"", b"\x00\xff\xfe", "   ", b"<" * 1000, "<?xml version='1.0' encoding='utf-8'?><p>x"]
)
def test_junk_has_no_requisites(junk: str | bytes) -> None:
    assert find_requisites(junk, BASE) == []


@pytest.mark.parametrize(
    ("css", "expected"),
    [
        ('@import "a.css";', [("https://example.org/s/a.css", "style")]),
        ("@IMPORT 'a.css' screen;", [("https://example.org/s/a.css", "style")]),
        ("@font-face{src:url(f.woff2) format('woff2'), url(f.ttf)}",
         [("https://example.org/s/f.woff2", "font"), ("https://example.org/s/f.ttf", "font")]),
        ("a{background:url( 'x y.png' )}", [("https://example.org/s/x%20y.png", "image")]),
        ("/* url(no.png) */ a{content: \"text\"}", []),
        ("a{background:url(data:image/png;base64,AA)}", []),
        ("a{background:url(//[bad/x.png)}", []),
    ],
)  # fmt: skip
def test_style_sheets_refer_to_more(css: str, expected: list[tuple[str, str]]) -> None:
    assert [
        (item.url, item.kind) for item in find_css_requisites(css, "https://example.org/s/main.css")
    ] == expected


def json_ld(data: object) -> str:
    """A page with one block of JSON-LD."""
    return f'<script type="application/ld+json">{json.dumps(data)}</script>'


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (
            {"@type": "VideoObject", "contentUrl": "/v.mp4", "thumbnailUrl": ["/t.jpg"], "embedUrl": "/e"},
            [("/v.mp4", "video"), ("/t.jpg", "image")],
        ),
        ({"@type": "NewsArticle", "image": ["/a.jpg", "/b.jpg"]}, [("/a.jpg", "image"), ("/b.jpg", "image")]),
        ({"@type": "NewsArticle", "image": {"@type": "ImageObject", "url": "/a.jpg"}}, [("/a.jpg", "image")]),
        ({"@graph": [{"@type": ["AudioObject"], "contentUrl": "/a.mp3"}]}, [("/a.mp3", "audio")]),
        (
            [{"@type": "Article", "video": {"@type": "VideoObject", "contentUrl": "/v.mp4"}}],
            [("/v.mp4", "video")],
        ),
        ({"@type": "Person", "url": "/somebody"}, []),
        ({"@type": 7, "image": [None, 3, ""]}, []),
        ("just a text", []),
    ],
)
def test_structured_data_names_media(data: object, expected: list[tuple[str, str]]) -> None:
    assert found(json_ld(data)) == expected


@pytest.mark.parametrize(
    "text", ["{", "[" * 100_000, "", "null", '{"@type": "VideoObject", "contentUrl": {}}']
)
def test_broken_structured_data_has_no_media(text: str) -> None:
    assert found(f'<script type="application/ld+json">{text}</script>') == []


def test_linked_files_are_bounded() -> None:
    html = "".join(f'<a href="/{number}.mp4">x</a>' for number in range(100))
    assert len(find_requisites(html, BASE)) == LINKED_FILES


@pytest.mark.parametrize(
    "markup",
    [
        '<iframe src="https://www.youtube.com/embed/abc" title="A launcher"></iframe>',
        '<iframe data-src="//www.youtube.com/embed/abc"></iframe>',
        '<meta property="og:video" content="https://www.youtube.com/embed/abc">',
        json_ld({"@type": "VideoObject", "embedUrl": "https://www.youtube.com/embed/abc"}),
    ],
)
def test_players_of_video_hosts_are_listed(markup: str) -> None:
    (player,) = find_players(markup, BASE)
    assert (player.url, player.host) == ("https://www.youtube.com/embed/abc", "www.youtube.com")


@pytest.mark.parametrize("source", ["https://maps.example.org/", "javascript:x", "", "https://[bad"])
def test_other_frames_are_no_players(source: str) -> None:
    assert find_players(f'<iframe src="{source}"></iframe>', BASE) == []

"""Which methods fit which address."""

from __future__ import annotations

import pytest

from sources.archiving.choice import is_known_to_yt_dlp, methods_for

VIDEOS = [
    "https://www.youtube.com/watch?v=abc",
    "https://youtu.be/abc",
    "https://m.youtube.com/shorts/abc",
    "https://vimeo.com/1",
    "https://player.vimeo.com/video/1",
    "https://rutube.ru/video/abc/",
    "https://vk.com/video-1_2",
    "https://vk.com/wall-1_2?z=video-1_3",
    "https://www.facebook.com/watch/?v=1",
    "https://www.instagram.com/reel/abc/",
    "https://www.tiktok.com/@somebody/video/1",
    "https://ok.ru/video/1",
]
POSTS = ["https://x.com/somebody/status/1", "https://t.me/somechannel/123", "https://t.me/s/somechannel/123"]
PAGES = [
    "https://example.org/news/launcher",
    "https://vk.com/somebody",
    "https://x.com/somebody",
    "https://t.me/somechannel",
    "https://notyoutube.com/watch?v=abc",
    "https://youtube.com.example.org/watch?v=abc",
    "https://example.org/?u=https://youtube.com/watch",
    "https://[bad",
    "",
]
FILES = ["https://example.org/a.mp4", "https://example.org/A.JPG?x=1", "https://example.org/a.pdf#page=2"]


@pytest.mark.parametrize("url", VIDEOS)
def test_a_video_is_kept_as_media_and_as_page(url: str) -> None:
    assert methods_for(url, has_browser=True) == ("media", "browser")
    assert methods_for(url, has_browser=False) == ("media", "http")


@pytest.mark.parametrize("url", POSTS)
def test_a_post_is_kept_as_page_and_as_media(url: str) -> None:
    assert methods_for(url, has_browser=True) == ("browser", "media")


@pytest.mark.parametrize("url", PAGES)
def test_any_other_page_is_opened_in_a_browser_where_there_is_one(url: str) -> None:
    assert methods_for(url, has_browser=True) == ("browser",)
    assert methods_for(url, has_browser=False) == ("http",)


@pytest.mark.parametrize("url", FILES)
def test_a_file_is_fetched_as_it_is(url: str) -> None:
    assert methods_for(url, has_browser=True) == ("http",)


@pytest.mark.parametrize("url", ["https://example.org/live/list.m3u8?t=1", "https://example.org/list.mpd"])
def test_a_playlist_is_for_the_media_method(url: str) -> None:
    assert methods_for(url, has_browser=True) == ("media",)


def test_what_a_person_calls_a_video_is_looked_up_among_the_extractors() -> None:
    url = "https://www.ted.com/talks/some_talk"
    assert methods_for(url, kind="video", has_browser=True) == ("media", "browser")
    assert methods_for(url, kind="article", has_browser=True) == ("browser",)


def test_a_video_at_a_host_that_nobody_knows_is_looked_for_in_its_page() -> None:
    assert not is_known_to_yt_dlp("https://example.org/video")
    assert methods_for("https://example.org/video", kind="video", has_browser=True) == ("browser", "media")

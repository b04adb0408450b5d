"""Sites that show videos by players of their own. Data; the hosts without ``www.`` and the like."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

#: Everything at these hosts is a video, a player of one, or about one.
VIDEO_HOSTS = frozenset(
    {
        "9now.com.au",
        "bitchute.com",
        "brightcove.net",
        "clips.twitch.tv",
        "coub.com",
        "dai.ly",
        "dailymotion.com",
        "geo.dailymotion.com",
        "jwplatform.com",
        "kick.com",
        "liveleak.com",
        "metacafe.com",
        "my.mail.ru",
        "nicovideo.jp",
        "odysee.com",
        "peertube.tv",
        "player.vimeo.com",
        "rumble.com",
        "rutube.ru",
        "smotrim.ru",
        "streamable.com",
        "tiktok.com",
        "twitch.tv",
        "vid.ly",
        "vimeo.com",
        "vkvideo.ru",
        "vm.tiktok.com",
        "youtu.be",
        "youtube-nocookie.com",
        "youtube.com",
    }
)
#: At these, addresses of this shape are videos or players.
VIDEO_PATHS: dict[str, re.Pattern[str]] = {
    "dzen.ru": re.compile(r"/(?:video|embed|shorts)/"),
    "facebook.com": re.compile(r"/(?:watch|reel|plugins/video|[^/]+/videos/)|/video\.php"),
    "fb.watch": re.compile(r"/."),
    "instagram.com": re.compile(r"/(?:[^/]+/)?(?:reel|reels|tv)/"),
    "ok.ru": re.compile(r"/(?:video|videoembed|live)/"),
    "v.redd.it": re.compile(r"/."),
    "vk.com": re.compile(r"/(?:video|clip|video_ext\.php)|.*[?&]z=(?:video|clip)"),
    "vk.ru": re.compile(r"/(?:video|clip|video_ext\.php)|.*[?&]z=(?:video|clip)"),
}
#: Posts of which many hold a video.
POST_PATHS: dict[str, re.Pattern[str]] = {
    "reddit.com": re.compile(r"/(?:r|user)/[^/]+/comments/"),
    "t.me": re.compile(r"/(?:s/)?[^/]+/\d+"),
    "telegram.me": re.compile(r"/(?:s/)?[^/]+/\d+"),
    "twitter.com": re.compile(r"/[^/]+/status/\d+"),
    "x.com": re.compile(r"/[^/]+/status/\d+"),
}
PREFIXES = ("www.", "m.", "mobile.", "old.", "web.")


def is_video_host(url: str) -> bool:
    """Whether ``url`` is at a site that is known to show videos, at a place where it does."""
    host, path = _place(url)
    return _is_listed(host) or _has_shape(host, path, VIDEO_PATHS)


def may_hold_video(url: str) -> bool:
    """Whether ``url`` is a post at a site where many posts hold a video."""
    return _has_shape(*_place(url), POST_PATHS)


def _place(url: str) -> tuple[str, str]:
    """Host without prefixes and path with query; empty if this is no http or https URL."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").lower().rstrip(".")
    except ValueError:
        return "", ""
    if parts.scheme not in ("http", "https"):
        return "", ""
    for prefix in PREFIXES:
        host = host.removeprefix(prefix)
    return host, f"{parts.path}?{parts.query}" if parts.query else parts.path


def _is_listed(host: str) -> bool:
    labels = host.split(".")
    return any(".".join(labels[start:]) in VIDEO_HOSTS for start in range(len(labels) - 1))


def _has_shape(host: str, path: str, shapes: dict[str, re.Pattern[str]]) -> bool:
    return any(
        (host == site or host.endswith(f".{site}")) and shape.match(path) is not None
        for site, shape in shapes.items()
    )

"""Which methods of capture fit an address."""

from __future__ import annotations

from functools import lru_cache

from .embeds import suffix_kind
from .hosts import is_video_host, may_hold_video

HTTP, BROWSER, MEDIA = "http", "browser", "media"
#: Playlists of streams: only the media method can follow them.
PLAYLIST_SUFFIXES = (".m3u8", ".mpd")
VIDEO_KINDS = frozenset({"video"})


def methods_for(url: str, *, kind: str = "", has_browser: bool) -> tuple[str, ...]:
    """The methods to preserve ``url`` by, most fitting first; more than one where one alone shows not all.

    ``kind`` is what a person said the publication is (``video``, ``article``, …; empty if nobody did) and
    ``has_browser`` whether pages can be opened in one. A file is fetched as it is. A video is kept twice:
    its media, and the page around them. So is a post, which may hold a video, and
    what a person calls a video at a site that nobody knows: there the page comes first.
    """
    page = BROWSER if has_browser else HTTP
    path = url.split("?")[0].split("#")[0].lower()
    if suffix_kind(url) or path.endswith(".pdf"):
        return (HTTP,)
    if path.endswith(PLAYLIST_SUFFIXES):
        return (MEDIA,)
    if is_video_host(url) or (kind in VIDEO_KINDS and is_known_to_yt_dlp(url)):
        return (MEDIA, page)
    if may_hold_video(url) or kind in VIDEO_KINDS:
        return (page, MEDIA)
    return (page,)


@lru_cache(maxsize=1024)
def is_known_to_yt_dlp(url: str) -> bool:
    """Whether one of yt-dlp's extractors, the generic one aside, is made for addresses like this.

    The first call reads all their patterns, which takes about a second; nothing is fetched.
    """
    from yt_dlp.extractor import gen_extractor_classes  # only those who ask pay for it

    return any(
        extractor.suitable(url) and extractor.IE_NAME != "generic" for extractor in gen_extractor_classes()
    )

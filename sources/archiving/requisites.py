"""What a page needs to look as it did: styles, scripts, pictures, sound, video, fonts, icons."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath
from urllib.parse import urlsplit

import lxml.html

from .embeds import LINKED_FILES, is_json_ld, media_in_json_ld, suffix_kind
from .hosts import is_video_host
from .markup import parse
from .urls import join

LIMIT = 1000
#: Where pages that load pictures late keep their addresses meanwhile.
LATE = ("data-src", "data-lazy-src", "data-original", "data-lazy", "data-full-src", "data-image")
LATE_SETS = ("data-srcset", "data-lazy-srcset", "data-original-set")


class Kind(StrEnum):
    """What a requisite is for, as far as the reference tells."""

    STYLE = "style"
    SCRIPT = "script"
    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    ICON = "icon"
    FONT = "font"
    OTHER = "other"


@dataclass(frozen=True)
class Requisite:
    """An absolute URL that a page or style sheet refers to."""

    url: str
    kind: Kind


Reference = tuple[str, Kind]

FONT_SUFFIXES = frozenset({".woff2", ".woff", ".ttf", ".otf", ".eot"})
CSS_COMMENT = re.compile(
    r"/\*.*?(?:\*/|\Z)", re.DOTALL
)  # one that is not closed goes to the end, as in browsers
CSS_REFERENCE = re.compile(
    r"""(?P<imports>@import\s+)?
        (?: url\(\s* (?: "(?P<double>[^"\n]*)" | '(?P<single>[^'\n]*)' | (?P<bare>[^\s"'()]+) ) \s*\)
          | (?<=[\s]) (?: "(?P<idouble>[^"\n]*)" | '(?P<isingle>[^'\n]*)' ) )""",
    re.VERBOSE | re.IGNORECASE,
)
# HTML's "srcset": a URL may hold commas inside but neither begin nor end with one.
SRCSET_CANDIDATE = re.compile(r"([^\s,]\S*[^\s,]|[^\s,])(?:\s+[^\s,]+)*\s*(?:,|$)")

LINK_KINDS = {
    "stylesheet": Kind.STYLE,
    "icon": Kind.ICON,
    "apple-touch-icon": Kind.ICON,
    "apple-touch-icon-precomposed": Kind.ICON,
    "mask-icon": Kind.ICON,
    "image_src": Kind.IMAGE,
}
PRELOAD_KINDS = {
    "style": Kind.STYLE,
    "script": Kind.SCRIPT,
    "image": Kind.IMAGE,
    "video": Kind.VIDEO,
    "audio": Kind.AUDIO,
    "font": Kind.FONT,
}
META_KINDS = {
    "og:image": Kind.IMAGE,
    "og:image:url": Kind.IMAGE,
    "og:image:secure_url": Kind.IMAGE,
    "twitter:image": Kind.IMAGE,
    "twitter:image:src": Kind.IMAGE,
    "og:video": Kind.VIDEO,
    "og:video:url": Kind.VIDEO,
    "og:video:secure_url": Kind.VIDEO,
    "twitter:player:stream": Kind.VIDEO,
    "og:audio": Kind.AUDIO,
    "og:audio:url": Kind.AUDIO,
    "og:audio:secure_url": Kind.AUDIO,
}


def find_requisites(html: bytes | str, base_url: str, limit: int = LIMIT) -> list[Requisite]:
    """The first ``limit`` requisites of a page in document order, each URL once.

    Links inside the page are resolved against its ``<base>`` if it has one, else ``base_url``. Markup
    that cannot be parsed has no requisites.
    """
    root = parse(html)
    if root is None:
        return []
    base = next((join(base_url, href) for href in root.xpath("//base/@href")), None) or base_url
    return _unique(_references(root), base, limit)


def find_css_requisites(css: str, base_url: str, limit: int = LIMIT) -> list[Requisite]:
    """The first ``limit`` requisites of a style sheet at ``base_url``, each URL once."""
    return _unique(_css_references(css), base_url, limit)


def _unique(references: Iterable[Reference], base: str, limit: int) -> list[Requisite]:
    found: dict[str, Requisite] = {}
    for reference, kind in references:
        url = join(base, reference) if reference.strip() else None
        if url is not None:
            found.setdefault(url, Requisite(url, kind))
        if len(found) >= limit:
            break
    return list(found.values())


def _references(root: lxml.html.HtmlElement) -> Iterator[Reference]:
    links = 0
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue  # comments and processing instructions
        if element.tag == "a" and links < LINKED_FILES and (linked := _linked_file(element)):
            links += 1
            yield linked
        if reader := READERS.get(element.tag):
            yield from reader(element)
        yield from _css_references(element.get("style") or "")


def _attributes(kind: Kind, *names: str) -> Callable[[lxml.html.HtmlElement], Iterator[Reference]]:
    def read(element: lxml.html.HtmlElement) -> Iterator[Reference]:
        for name in names:
            if value := element.get(name):
                urls = SRCSET_CANDIDATE.findall(value) if name.endswith(("srcset", "-set")) else [value]
                yield from ((url, kind) for url in urls)

    return read


def _read_source(element: lxml.html.HtmlElement) -> Iterator[Reference]:
    """A ``<source>`` takes its kind from its parent: picture, video or audio."""
    parent = element.getparent()
    kind = {"video": Kind.VIDEO, "audio": Kind.AUDIO}.get(
        parent.tag if parent is not None else "", Kind.IMAGE
    )
    return _attributes(kind, "src", "srcset", *LATE, *LATE_SETS)(element)


def _read_video(element: lxml.html.HtmlElement) -> Iterator[Reference]:
    yield from _attributes(Kind.IMAGE, "poster", "data-poster")(element)
    yield from _attributes(Kind.VIDEO, "src", *LATE)(element)


def _read_link(element: lxml.html.HtmlElement) -> Iterator[Reference]:
    relations = (element.get("rel") or "").lower().split()
    kinds = [LINK_KINDS[relation] for relation in relations if relation in LINK_KINDS]
    if "preload" in relations:
        kinds.append(PRELOAD_KINDS.get((element.get("as") or "").lower(), Kind.OTHER))
    if kinds:
        yield element.get("href") or "", kinds[0]


def _linked_file(element: lxml.html.HtmlElement) -> Reference | None:
    """A link straight to a video or sound; links to pictures are too often whole galleries."""
    reference = element.get("href") or ""
    kind = suffix_kind(reference)
    return (reference, Kind(kind)) if kind in ("video", "audio") else None


def _read_script(element: lxml.html.HtmlElement) -> Iterator[Reference]:
    if is_json_ld(element):
        yield from ((url, Kind(kind)) for url, kind in media_in_json_ld(element.text or ""))
    elif source := element.get("src"):
        yield source, Kind.SCRIPT


def _read_noscript(element: lxml.html.HtmlElement) -> Iterator[Reference]:
    """Parsers that know scripts leave the content of ``<noscript>`` as text."""
    if len(element) == 0 and "<" in (element.text or ""):
        inside = parse(element.text or "")
        if inside is not None:
            yield from _references(inside)


def _read_meta(element: lxml.html.HtmlElement) -> Iterator[Reference]:
    kind = META_KINDS.get((element.get("property") or element.get("name") or "").lower())
    reference = element.get("content") or ""
    # Some sites name their player's page as the video; it is listed among the players, and not followed.
    if kind is not None and not is_video_host(reference):
        yield reference, kind


def _read_input(element: lxml.html.HtmlElement) -> Iterator[Reference]:
    if (element.get("type") or "").lower() == "image":
        yield element.get("src") or "", Kind.IMAGE


def _read_style(element: lxml.html.HtmlElement) -> Iterator[Reference]:
    return _css_references(element.text or "")


READERS: dict[str, Callable[[lxml.html.HtmlElement], Iterator[Reference]]] = {
    "link": _read_link,
    "meta": _read_meta,
    "style": _read_style,
    "script": _read_script,
    "noscript": _read_noscript,
    "img": _attributes(Kind.IMAGE, "src", "srcset", *LATE, *LATE_SETS),
    "image": _attributes(Kind.IMAGE, "href", "xlink:href"),
    "input": _read_input,
    "video": _read_video,
    "audio": _attributes(Kind.AUDIO, "src"),
    "source": _read_source,
    "track": _attributes(Kind.OTHER, "src"),
    "embed": _attributes(Kind.OTHER, "src"),
    "object": _attributes(Kind.OTHER, "data"),
    "body": _attributes(Kind.IMAGE, "background"),
}


def _css_references(css: str) -> Iterator[Reference]:
    for match in CSS_REFERENCE.finditer(CSS_COMMENT.sub(" ", css)):
        quoted = match["idouble"] or match["isingle"]
        is_import = match["imports"] is not None
        url = match["double"] or match["single"] or match["bare"] or (quoted if is_import else "")
        if url:
            yield url, Kind.STYLE if is_import else _css_kind(url)


def _css_kind(url: str) -> Kind:
    try:
        suffix = PurePosixPath(urlsplit(url).path).suffix.lower()
    except ValueError:
        return Kind.OTHER
    return Kind.FONT if suffix in FONT_SUFFIXES else Kind.IMAGE

"""What a page says: title, author, date, language, text."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from datetime import UTC, datetime

import lxml.html
import trafilatura

from .markup import parse

LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")

# The library reports every page without an article as an error; here it is an ordinary answer.
for _name in ("trafilatura", "htmldate", "courlan", "justext"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)


@dataclass(frozen=True)
class PageFacts:
    """What could be read from a page; None or empty where the page does not say.

    ``published`` is an ISO 8601 calendar date, which is also EDTF; ``language`` a BCP 47 tag as the page
    declares it, lower case.
    """

    title: str | None = None
    author: str | None = None
    published: str | None = None
    language: str | None = None
    text: str = ""
    site_name: str | None = None


def read_page(html: bytes | str, url: str) -> PageFacts:
    """The facts of a page; junk has none. Never raises.

    The date is only taken where the page declares it (metadata, ``<time>``, its URL), never guessed from
    numbers in the text: an unknown date is better than a wrong one.
    """
    root = parse(html)
    if root is None:
        return PageFacts()
    language = _language(root)
    title = _clean(root.findtext(".//title"))
    try:
        document = trafilatura.bare_extraction(
            html, url=url, with_metadata=True, include_comments=False, date_extraction_params=_date_rules()
        )
    except Exception:
        # The extractor tries heuristics on hostile input and raises whatever its regexes and trees raise;
        # a page it cannot read is still worth keeping.
        document = None
    if document is None or isinstance(document, dict):
        return PageFacts(title=title, language=language)
    return PageFacts(
        title=_clean(document.title) or title,
        author=_clean(document.author),
        published=_clean(document.date),
        language=language,
        text=(document.text or "").strip(),
        site_name=_clean(document.sitename),
    )


def _date_rules() -> dict[str, object]:
    today = datetime.now(UTC).date().isoformat()
    return {"original_date": True, "extensive_search": False, "max_date": today}


def _language(root: lxml.html.HtmlElement) -> str | None:
    for declared in (root.get("lang"), root.get("xml:lang")):
        tag = str(declared or "").strip().lower()
        if LANGUAGE_TAG.fullmatch(tag):
            return tag
    return None


def _clean(value: str | None) -> str | None:
    return " ".join(value.split()) or None if value else None

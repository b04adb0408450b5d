"""What a page looks like to its reader, as far as it tells whether the page is what was asked for."""

from __future__ import annotations

from dataclasses import dataclass

from .markup import parse
from .phrases import BLOCKED_MARKS, CONSENT_MARKS

NOSCRIPT_CHARACTERS = 2000


@dataclass(frozen=True)
class Appearance:
    """A page at a glance. ``text`` is what is shown, ``without_script`` what is shown to those who have none.

    ``marks`` are the traces of consent platforms and checks for robots that the markup carries.
    """

    title: str = ""
    text: str = ""
    without_script: str = ""
    marks: frozenset[str] = frozenset()
    asks_password: bool = False
    has_script: bool = False


NOT_SEEN = Appearance()


def look_at(html: bytes | str, text: str, title: str | None = None) -> Appearance:
    """The appearance of a page whose shown text is ``text``. Junk has no marks and asks for nothing."""
    root = parse(html)
    if root is None:
        return Appearance(title or "", text)
    hidden = " ".join(element.text_content() for element in root.iter("noscript"))
    return Appearance(
        title=title or root.findtext(".//title") or "",
        text=text,
        without_script=hidden[:NOSCRIPT_CHARACTERS],
        marks=_marks(html),
        asks_password=any((field.get("type") or "").lower() == "password" for field in root.iter("input")),
        has_script=next(root.iter("script"), None) is not None,
    )


def _marks(html: bytes | str) -> frozenset[str]:
    source = (html if isinstance(html, str) else html.decode("latin-1")).lower()
    return frozenset(mark for mark in (*CONSENT_MARKS, *BLOCKED_MARKS) if mark in source)

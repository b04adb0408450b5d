"""From the bytes of a page to its tree."""

from __future__ import annotations

import codecs

import lxml.html
from lxml.etree import LxmlError

LONGEST_CHARACTER = 4  # bytes, in UTF-8 and GB 18030
#: Codecs of Python's that no page is written in, of which some take hours for a few megabytes.
NO_CHARSETS = frozenset({"punycode", "idna", "unicode-escape", "raw-unicode-escape", "undefined"})


def decode(data: bytes, charset: str | None, *, is_cut: bool = False) -> bytes | str:
    """The page as text if its charset is certain, else the bytes, for a parser to look inside for it.

    Certain is what the server says, and what is valid UTF-8: few texts in other charsets happen to be.
    ``is_cut`` says that ``data`` is the start of a longer page, so its last character may be incomplete.
    """
    for name in (charset, "utf-8"):
        for missing in range(LONGEST_CHARACTER if is_cut else 1):
            try:
                if name is not None:
                    return data[: len(data) - missing].decode(_codec(name))
            except (LookupError, ValueError):
                continue
    return data


def _codec(charset: str) -> str:
    """Python's name for the charset. Raises LookupError for one that it does not know, or that is none."""
    name = codecs.lookup(charset).name
    if name.replace("_", "-") in NO_CHARSETS:
        raise LookupError(f"expected a charset, got {name}")
    return name


def parse(html: bytes | str) -> lxml.html.HtmlElement | None:
    """The parsed document, or None if there is nothing that can be parsed."""
    # lxml refuses text that declares an encoding, as XHTML does; so text goes in as bytes in a named one.
    is_text = isinstance(html, str)
    data = html.encode("utf-8", "replace") if isinstance(html, str) else html
    try:
        return lxml.html.document_fromstring(
            data, parser=lxml.html.HTMLParser(encoding="utf-8" if is_text else None)
        )
    except (LxmlError, ValueError):
        return None

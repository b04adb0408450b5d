"""Requests for a part of a file (RFC 9110, section 14)."""

from __future__ import annotations

import re

#: Nobody's file is longer than 19 digits say.
ONE_RANGE = re.compile(r"bytes=\s*(?:(\d{1,19})\s*-\s*(\d{1,19})?|-\s*(\d{1,19}))\s*", re.IGNORECASE)


def requested_range(header: str, size: int) -> range | None:
    """The bytes that a Range header asks for of a file of `size` bytes.

    None where the whole is the right answer: for no header, one that cannot be read, and several ranges at once,
    which a server need not serve. An empty range where nothing of the file was asked for.
    """
    match = ONE_RANGE.fullmatch(header.strip())
    if match is None:
        return None
    first, last, suffix = match.groups()
    if suffix is not None:
        return range(max(size - int(suffix), 0), size)
    if last is not None and int(last) < int(first):
        return None
    end = size if last is None else min(int(last) + 1, size)
    return range(int(first), max(end, int(first)))

"""yt-dlp's exceptions in a few plain words."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator

from yt_dlp.networking.exceptions import HTTPError, ProxyError, TransportError
from yt_dlp.utils import DownloadError, GeoRestrictedError, UnsupportedError

from sources.archiving.egress.answers import CODE_HEADER, SEAL_HEADER, genuine_code

from .items import Problem

DETAIL_LENGTH = 400
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
ADVICE = re.compile(r"(?:; please report this issue on|\. ?Use --|\(caused by|; see +https?:).*", re.DOTALL)
TUNNEL = re.compile(r"tunnel connection failed: (\d{3})", re.IGNORECASE)
#: What the way out answers to a CONNECT when the address is not one that may be reached.
REFUSED = 403
KINDS: tuple[tuple[type[BaseException], str], ...] = (
    (UnsupportedError, "unsupported"),
    (GeoRestrictedError, "geo"),
    (HTTPError, "status"),
    (ProxyError, "network"),
    (TransportError, "network"),
)


class TooManyBytesError(Exception):
    """The streams of a capture came to more bytes than allowed."""


def problem_of(error: BaseException, password: str) -> Problem:
    """Class, status, refusal by the way out, and the message without advice meant for a command line.

    ``password`` is that of the way out, by which its refusals are known from answers of origins.
    """
    chain = list(_chain(error))
    answer = next((link for link in chain if isinstance(link, HTTPError)), None)
    return {
        "kind": _kind(chain),
        "status": answer.status if answer is not None else None,
        "code": _refusal(answer, chain, password),
        "detail": _sentence(chain),
    }


def _kind(chain: list[BaseException]) -> str:
    if any(_is_about_size(link) for link in chain):
        return "size"
    return next((kind for known, kind in KINDS if any(isinstance(link, known) for link in chain)), "other")


def is_too_large(error: BaseException) -> bool:
    """Whether a ceiling of bytes lies behind ``error``: ours for the capture, or the system's for a file."""
    return any(_is_about_size(link) for link in _chain(error))


def _is_about_size(error: BaseException) -> bool:
    return isinstance(error, TooManyBytesError) or getattr(error, "errno", None) == errno.EFBIG


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The exception and those behind it: yt-dlp keeps them in attributes of its own."""
    waiting, seen = [error], set[int]()
    while waiting:
        link = waiting.pop(0)
        if not isinstance(link, BaseException) or id(link) in seen:
            continue
        seen.add(id(link))
        yield link
        inner = getattr(link, "exc_info", None) or (None, None, None)
        waiting += [inner[1], getattr(link, "cause", None), link.__cause__]


def _refusal(answer: HTTPError | None, chain: list[BaseException], password: str) -> str | None:
    if answer is not None:
        code, seal = (answer.response.get_header(name) for name in (CODE_HEADER, SEAL_HEADER))
        return genuine_code(code, seal, password)
    for link in chain:
        if (match := TUNNEL.search(str(link))) and int(match[1]) == REFUSED:
            return "address_refused"
    return None


def _sentence(chain: list[BaseException]) -> str:
    error = next((link for link in chain if not isinstance(link, DownloadError)), chain[0])
    text = COLOUR.sub("", str(getattr(error, "orig_msg", None) or error) or type(error).__name__)
    return ADVICE.sub("", text).removeprefix("ERROR: ").strip()[:DETAIL_LENGTH]

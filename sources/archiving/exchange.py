"""One request and its response, as they went over the wire."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import Message
from pathlib import Path
from typing import Any

from .splices import pieces_of

REDIRECT_STATUSES = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True)
class TlsFacts:
    """The TLS session: protocol version, cipher suite, SHA-256 (hex) of the DER certificates.

    The chain is the one that was verified: from the peer's own certificate to the authority that was trusted. It is
    empty where it could not be learnt.
    """

    version: str
    cipher: str
    chain_sha256: tuple[str, ...] = ()

    def facts(self) -> dict[str, Any]:
        """The session as JSON-safe values."""
        return {
            "version": self.version,
            "cipher": self.cipher,
            "peer_certificate_sha256": self.chain_sha256[0] if self.chain_sha256 else "",
            "chain_sha256": list(self.chain_sha256),
        }


@dataclass(frozen=True)
class Exchange:
    """What was asked, what came back, and where the bytes are.

    ``head`` is the response's status line and headers exactly as received; ``body_path`` the body without transfer
    coding but with its content coding, as served; ``framed_path`` the body with its transfer coding, if it had one.
    Lengths are in bytes, digests SHA-256 in hex, times in UTC. ``truncated`` is None for a whole response,
    else the reason in the words of WARC-Truncated (WARC 1.1): ``length``, ``time``, ``disconnect`` or
    ``unspecified``.
    """

    url: str
    request: bytes
    head: bytes
    response_sha256: str
    response_length: int
    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    remote_address: str
    started: datetime
    ended: datetime
    body_path: Path
    framed_path: Path | None
    body_sha256: str
    body_length: int
    truncated: str | None
    tls: TlsFacts | None

    def header(self, name: str) -> str | None:
        """The first header called ``name`` (any case), or None."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def response(self) -> Iterator[bytes]:
        """The response exactly as received, in pieces."""
        yield self.head
        yield from pieces_of(self.framed_path or self.body_path)

    @property
    def served_type(self) -> str:
        """The media type the server claimed, lower case without parameters; empty if none."""
        return (self.header("Content-Type") or "").split(";")[0].strip().lower()

    @property
    def served_charset(self) -> str | None:
        """The charset the server claimed, or None."""
        return _charset_of(self.header("Content-Type") or "")

    @property
    def is_chunked(self) -> bool:
        """Whether the wire carried the body in a transfer coding."""
        return self.header("Transfer-Encoding") is not None

    @property
    def location(self) -> str | None:
        """Where a redirect points, as served (bytes beyond ASCII read as UTF-8); None if this is none."""
        value = self.header("Location")
        if self.status not in REDIRECT_STATUSES or not value:
            return None
        return value.encode("latin-1").decode("utf-8", "replace")

    def facts(self) -> dict[str, Any]:
        """The exchange as JSON-safe values, without paths."""
        return {
            "url": self.url,
            "status": self.status,
            "reason": self.reason,
            "headers": [list(pair) for pair in self.headers],
            "request": self.request.decode("latin-1"),
            "remote_address": self.remote_address,
            "started": self.started.isoformat(),
            "ended": self.ended.isoformat(),
            "body_sha256": self.body_sha256,
            "body_length": self.body_length,
            "response_sha256": self.response_sha256,
            "response_length": self.response_length,
            "truncated": self.truncated,
            "tls": None if self.tls is None else self.tls.facts(),
        }


def charset_served(url: str, facts: Iterable[Mapping[str, Any]]) -> str | None:
    """The charset that the server claimed for ``url`` last, out of ``facts`` of exchanges in order; None for none."""
    answers = [exchange for exchange in facts if exchange.get("url") == url]
    headers = answers[-1].get("headers", []) if answers else []
    return _charset_of(next((value for name, value in headers if name.lower() == "content-type"), ""))


def _charset_of(content_type: str) -> str | None:
    message = Message()
    message["Content-Type"] = content_type
    try:
        return message.get_content_charset()
    except ValueError:  # the library takes the number of a parameter's part for one that int() can hold
        return None

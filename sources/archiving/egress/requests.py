"""Reading what a fetcher asks of the proxy (RFC 9112): a tunnel, or a plain request in absolute form."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass

from ..errors import HttpProtocolError, UnsupportedUrlError
from ..urls import ascii_host

# A tunnel carries anything; without one, what pages do over plain http.
PLAIN_METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})
REQUEST_LINE = re.compile(r"([A-Z]+) (\S+) HTTP/1\.[01]")
FIELD = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):(.*)", re.DOTALL)
AUTHORITY = re.compile(r"(\[[^\[\]@/\\]*:[^\[\]@/\\]*\]|[^:@/\\?#\[\]]+)(?::([0-9]{1,5}))?")
LENGTH = re.compile(r"[0-9]{1,18}")
HOST_LIMIT = 253  # RFC 1035, as text
PORT_LIMIT = 65535
HOP_BY_HOP = frozenset({"connection", "keep-alive", "te", "trailer", "upgrade", "host"})

Fields = list[tuple[str, str]]


@dataclass(frozen=True)
class Request:
    """What is wanted: ``method`` of ``path`` at ``host`` and ``port``, in the name of ``user``.

    ``head`` is what the origin is sent, empty for a tunnel; ``body_length`` bytes of the fetcher's may follow it.
    """

    method: str
    host: str
    port: int
    path: str
    user: str
    password: str
    head: bytes
    body_length: int

    @property
    def is_tunnel(self) -> bool:
        """Whether everything is passed on, both ways."""
        return self.method == "CONNECT"


def parse_request(raw: bytes) -> Request:
    """Read a head up to and with its empty line. Raises HttpProtocolError, UnsupportedUrlError."""
    # Bytes that are no UTF-8 come out as they went in.
    line, *rest = raw.decode("utf-8", "surrogateescape").removesuffix("\r\n\r\n").split("\r\n")
    match = REQUEST_LINE.fullmatch(line)
    if match is None:
        raise HttpProtocolError(f"expected a request line, got {line[:80]!r}")
    method, target = match[1], match[2]
    fields = [_field(text) for text in rest]
    user, password = _credentials(fields)
    if method == "CONNECT":
        host, port = parse_authority(target, None)
        return Request(method, host, port, "", user, password, b"", 0)
    authority, path = _split(method, target)
    host, port = parse_authority(authority, 80)
    head = _origin_head(method, authority, path, fields)
    return Request(method, host, port, path, user, password, head, _body_length(fields))


def parse_authority(text: str, default_port: int | None) -> tuple[str, int]:
    """Host (lower-case ASCII, no brackets) and port. Raises UnsupportedUrlError."""
    match = AUTHORITY.fullmatch(text)
    if match is None or len(match[1]) > HOST_LIMIT:
        raise UnsupportedUrlError(f"expected host and port, got {text[:300]!r}")
    port = int(match[2]) if match[2] else default_port
    if not port or port > PORT_LIMIT:
        raise UnsupportedUrlError(f"expected a port between 1 and {PORT_LIMIT}, got {text[:300]!r}")
    return ascii_host(match[1].strip("[]")), port


def _field(text: str) -> tuple[str, str]:
    """Strict, as lines that two readers read differently are how requests are smuggled."""
    match = FIELD.fullmatch(text)
    if match is None or any(character in text for character in "\r\n\0"):
        raise HttpProtocolError(f"expected a header line, got {text[:80]!r}")
    return match[1].lower(), text


def _value(text: str) -> str:
    return text.partition(":")[2].strip()


def _values(fields: Fields, wanted: str) -> list[str]:
    return [_value(text) for name, text in fields if name == wanted]


def _credentials(fields: Fields) -> tuple[str, str]:
    for value in _values(fields, "proxy-authorization"):
        scheme, _, token = value.partition(" ")
        if scheme.lower() == "basic":
            user, _, password = _decoded(token).partition(":")
            return user, password
    return "", ""


def _decoded(token: str) -> str:
    try:
        return base64.b64decode(token.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        return ""


def _split(method: str, target: str) -> tuple[str, str]:
    scheme, colon, rest = target.partition("://")
    if method not in PLAIN_METHODS or not colon or scheme.lower() != "http":
        raise UnsupportedUrlError(
            f"expected CONNECT or {sorted(PLAIN_METHODS)} of http://…, got {method} {target[:200]!r}"
        )
    authority = re.split(r"[/?]", rest, maxsplit=1)[0]
    path = rest.removeprefix(authority)
    return authority, path if path.startswith("/") else f"/{path}"


def _origin_head(method: str, authority: str, path: str, fields: Fields) -> bytes:
    named = {name.strip().lower() for value in _values(fields, "connection") for name in value.split(",")}
    kept = [
        text
        for name, text in fields
        if name not in HOP_BY_HOP and name not in named and not name.startswith("proxy-")
    ]
    lines = [f"{method} {path} HTTP/1.1", f"Host: {authority}", *kept, "Connection: close", "", ""]
    return "\r\n".join(lines).encode("utf-8", "surrogateescape")


def _body_length(fields: Fields) -> int:
    if _values(fields, "transfer-encoding"):
        raise HttpProtocolError("expected a body with Content-Length, got one with Transfer-Encoding")
    lengths = set(_values(fields, "content-length")) or {"0"}
    if len(lengths) > 1 or not LENGTH.fullmatch(length := lengths.pop()):
        raise HttpProtocolError("expected one Content-Length of at most 18 digits, got something else")
    return int(length)

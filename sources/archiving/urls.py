"""From the URL that was typed or found to the one that is requested."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv6Address
from urllib.parse import SplitResult, quote, urljoin, urlsplit

import idna

from .errors import UnsupportedUrlError

DEFAULT_PORT = {"http": 80, "https": 443}
# Everything RFC 3986 allows in a path or query, and "%", so that what is escaped already stays as it is.
KEPT_IN_TARGET = "/%:@!$&'()*+,;=~-._?[]|"


@dataclass(frozen=True)
class Target:
    """One request's worth of URL, all ASCII. ``host`` has no brackets; ``path`` includes the query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """Host and port as in the Host header: brackets around IPv6, no default port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORT[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The URL as requested: no fragment, no default port."""
        return f"{self.scheme}://{self.authority}{self.path}"


def parse_target(url: str) -> Target:
    """Split ``url`` for a request. Raises UnsupportedUrlError for all that is not plain http or https."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError as error:
        raise UnsupportedUrlError(f"expected an http or https URL, got {url!r}: {error}") from error
    if parts.scheme not in DEFAULT_PORT or not parts.hostname:
        raise UnsupportedUrlError(f"expected an http or https URL, got {url!r}")
    if "@" in parts.netloc:
        raise UnsupportedUrlError("expected a URL without user name or password, got one with them")
    return Target(
        scheme=parts.scheme,
        host=ascii_host(parts.hostname),
        port=DEFAULT_PORT[parts.scheme] if port is None else port,
        path=_request_path(parts),
    )


def _request_path(parts: SplitResult) -> str:
    path = quote(parts.path or "/", safe=KEPT_IN_TARGET)
    return f"{path}?{quote(parts.query, safe=KEPT_IN_TARGET)}" if parts.query else path


def ascii_host(host: str) -> str:
    """The host name in lower-case ASCII (IDNA 2008 with the UTS 46 mapping). Raises UnsupportedUrlError."""
    if ":" in host:
        try:
            return str(IPv6Address(host))
        except ValueError as error:
            raise UnsupportedUrlError(f"expected an IPv6 address, got {host!r}") from error
    if host.isascii() and all(character.isalnum() or character in "-._" for character in host):
        return host.lower()  # names with underscores exist, and IDNA would refuse them
    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError as error:
        raise UnsupportedUrlError(f"expected a host name, got {host!r}: {error}") from error


def join(base: str, reference: str) -> str | None:
    """``reference`` resolved against ``base``, without fragment; None if it is not http or https."""
    try:
        target = parse_target(urljoin(base, reference.strip()))
    except (UnsupportedUrlError, ValueError):
        return None
    return target.url

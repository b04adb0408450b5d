"""The key under which one publication is recognised at whichever of its addresses it was found.

The canonical URL is only compared, never fetched or shown as the origin: the original is kept beside it. It
may therefore leave out what tells servers apart from one another (`www.`, a mobile host, http against https),
but nothing that tells publications apart. Syntax and percent-encoding follow RFC 3986, host names UTS 46 and
IDNA 2008.
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, unquote, urlsplit

import idna

from sources.canonical_rules import Address, apply_site_rules, is_tracking, without_service_labels

MAX_LENGTH = 8192
MAX_PORT = 65535
DEFAULT_PORTS = {"http": 80, "https": 443}
NETLOC = re.compile(r"(?P<host>\[[^\[\]]+\]|[^\[\]:]+)(?::(?P<port>[0-9]{0,10}))?")

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
SURROGATE = re.compile(r"[\ud800-\udfff]")
LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)", re.ASCII)
NUMBER_LABEL = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)
ENCODED = re.compile(r"%([0-9A-Fa-f]{2})")
UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
PATH_SAFE = UNRESERVED | frozenset("!$&'()*+,;=:@/")
QUERY_SAFE = PATH_SAFE | frozenset("?")


class UrlError(ValueError):
    """The text is no address of a publication. It is not repeated here, since it may hold a password.

    `code` says what is wrong: `url_invalid`, `url_too_long`, `url_control_character`, `url_scheme`,
    `url_credentials`, `url_host` or `url_port`.
    """

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


def canonical_url(url: str) -> str:
    """The key of the publication at `url`; applying it twice changes nothing. Raises `UrlError`.

    Scheme and host in lower case and ASCII; `www.` and mobile labels dropped; https for http, unless a port
    or IP address says that a particular server is meant; path without dot segments and trailing slash; query
    sorted by name, without tracking parameters; no fragment but `#!` routes; one spelling for known sites.
    """
    parts = _split(_checked_text(url))
    host, port = _host_and_port(parts.netloc, parts.scheme)
    address = Address(host, _path(parts.path), _query(parts.query), _route(parts.fragment))
    if port is not None or _is_local(host):
        return _assembled(_origin(parts.scheme, host, port), address)
    address = apply_site_rules(address._replace(host=without_service_labels(host)))
    return _assembled(f"https://{address.host}", address)


def _checked_text(url: str) -> str:
    text = url.strip()
    if len(text) > MAX_LENGTH:
        raise UrlError(
            "url_too_long", f"Expected an address of at most {MAX_LENGTH} characters, got {len(text)}."
        )
    if CONTROL.search(text):
        raise UrlError(
            "url_control_character", "Expected an address in one line, got one with control characters."
        )
    if SURROGATE.search(text):
        raise UrlError("url_invalid", "Expected an address in valid Unicode, got half a surrogate pair.")
    return text


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
    except ValueError:  # whose own message repeats the user name and password
        raise UrlError("url_invalid", "Expected an address such as https://example.org/page.") from None
    if parts.scheme not in DEFAULT_PORTS:
        raise UrlError("url_scheme", f"Expected http:// or https://, got {parts.scheme[:20] or 'no scheme'}.")
    if "@" in parts.netloc:
        raise UrlError("url_credentials", "Expected an address without user name and password, got one with.")
    return parts


def _host_and_port(netloc: str, scheme: str) -> tuple[str, int | None]:
    """The host in ASCII, and the port unless it is the scheme's own."""
    match = NETLOC.fullmatch(netloc)
    if not match:
        raise UrlError("url_host", "Expected a host name and perhaps a port after the scheme.")
    port = int(match["port"] or DEFAULT_PORTS[scheme])
    if port > MAX_PORT:
        raise UrlError("url_port", f"Expected a port from 0 to {MAX_PORT}, got {port}.")
    return _host(match["host"]), None if port == DEFAULT_PORTS[scheme] else port


def _host(name: str) -> str:
    if name.startswith("["):
        return f"[{_ipv6(name.strip('[]'))}]"
    ascii_name = _ascii_host(name)
    return _ipv4(ascii_name) if NUMBER_LABEL.fullmatch(ascii_name.rpartition(".")[2]) else ascii_name


def _ipv6(name: str) -> str:
    try:
        address = ipaddress.IPv6Address(name)
    except ValueError as error:
        raise UrlError("url_host", f"Expected an IPv6 address in the brackets: {error}.") from error
    if address.scope_id:
        raise UrlError(
            "url_host", "Expected an IPv6 address without a zone, which names an interface of one machine."
        )
    return str(address)


def _ipv4(name: str) -> str:
    """In four numbers only: `2130706433` and `0x7f.1` are 127.0.0.1 to some programs and not to others."""
    try:
        return str(ipaddress.IPv4Address(name))
    except ValueError as error:
        raise UrlError("url_host", f"Expected a host name or an IP address: {error}.") from error


def _ascii_host(name: str) -> str:
    """`_` and `--` are no IDNA but are in use, so ASCII names are held to the DNS's own limits only."""
    try:
        mapped = name.lower() if name.isascii() else idna.uts46_remap(name)
        ascii_name = mapped if mapped.isascii() else idna.encode(mapped).decode("ascii")
    except UnicodeError as error:
        raise UrlError("url_host", f"Expected a valid international host name: {error}.") from error
    ascii_name = ascii_name.removesuffix(".")
    if len(ascii_name) > 253 or not all(LABEL.fullmatch(label) for label in ascii_name.split(".")):
        raise UrlError("url_host", f"Expected a valid host name, got {ascii_name[:80]!r}.")
    return ascii_name


def _is_local(host: str) -> bool:
    """An address, or a name of this machine: a particular server, so nothing about it is generalised."""
    return host.startswith("[") or host.rpartition(".")[2] == "localhost" or host.replace(".", "").isdigit()


def _origin(scheme: str, host: str, port: int | None) -> str:
    return f"{scheme}://{host}" if port is None else f"{scheme}://{host}:{port}"


def _path(path: str) -> str:
    kept: list[str] = []
    for segment in _encoded(path, PATH_SAFE).split("/")[1:]:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    return "/" + "/".join(kept).rstrip("/")


def _query(query: str) -> tuple[str, ...]:
    """The pairs sorted by name alone, since the order of equal names may carry meaning."""
    pairs = (_encoded(pair, QUERY_SAFE) for pair in query.split("&") if pair)
    return tuple(sorted((pair for pair in pairs if not is_tracking(pair)), key=_name))


def _name(pair: str) -> str:
    return unquote(pair.partition("=")[0])


def _route(fragment: str) -> str:
    return _encoded(fragment, QUERY_SAFE) if fragment.startswith("!") else ""


def _encoded(text: str, safe: frozenset[str]) -> str:
    """Percent-encoding as RFC 3986 §6.2.2 normalises it; a `%` that encodes nothing is encoded itself."""
    pieces = ENCODED.split(text)
    encoded = [_quoted(pieces[0], safe)]
    for code, literal in zip(pieces[1::2], pieces[2::2], strict=True):
        character = chr(int(code, 16))
        encoded.append(character if character in UNRESERVED else f"%{code.upper()}")
        encoded.append(_quoted(literal, safe))
    return "".join(encoded)


def _quoted(text: str, safe: frozenset[str]) -> str:
    return "".join(
        character if character in safe else "".join(f"%{byte:02X}" for byte in character.encode())
        for character in text
    )


def _assembled(origin: str, address: Address) -> str:
    query = f"?{'&'.join(address.query)}" if address.query else ""
    route = f"#{address.route}" if address.route else ""
    return f"{origin}{address.path}{query}{route}"

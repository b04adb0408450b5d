"""Reading what a fetcher asks of the proxy."""

from __future__ import annotations

from base64 import b64encode

import pytest

from sources.archiving.egress.requests import parse_authority, parse_request
from sources.archiving.errors import HttpProtocolError, UnsupportedUrlError


def head(line: str, *fields: str) -> bytes:
    return "\r\n".join([f"{line} HTTP/1.1", *fields, "", ""]).encode("latin-1")


def test_a_tunnel_is_asked_for_by_host_and_port() -> None:
    request = parse_request(head("CONNECT Example.org:443", "Host: elsewhere.example"))
    assert (request.is_tunnel, request.host, request.port, request.head) == (True, "example.org", 443, b"")


def test_user_and_password_are_read() -> None:
    token = b64encode(b"0198-capture:a:secret").decode()
    request = parse_request(head("CONNECT example.org:443", f"proxy-authorization: BASIC {token}"))
    assert (request.user, request.password) == ("0198-capture", "a:secret")


@pytest.mark.parametrize("value", ["Basic", "Basic ???", "Bearer eDp5", "Basic /w=="])
def test_unreadable_credentials_are_none(value: str) -> None:
    request = parse_request(head("CONNECT example.org:443", f"Proxy-Authorization: {value}"))
    assert (request.user, request.password) == ("", "")


def test_a_plain_request_is_put_into_origin_form() -> None:
    request = parse_request(head("GET http://example.org:8080/a?b=%20{c}", "Accept: */*", "X-Mine: \xff"))
    assert (request.host, request.port) == ("example.org", 8080)
    assert request.head.split(b"\r\n") == [
        b"GET /a?b=%20{c} HTTP/1.1",
        b"Host: example.org:8080",
        b"Accept: */*",
        b"X-Mine: \xff",
        b"Connection: close",
        b"",
        b"",
    ]


@pytest.mark.parametrize(
    ("target", "line"),
    [
        ("http://example.org", b"GET / HTTP/1.1"),
        ("http://example.org?q", b"GET /?q HTTP/1.1"),
        ("HTTP://example.org/x", b"GET /x HTTP/1.1"),
    ],
)
def test_a_missing_path_is_the_root(target: str, line: bytes) -> None:
    assert parse_request(head(f"GET {target}")).head.startswith(line)


def test_what_is_between_fetcher_and_proxy_stays_there() -> None:
    fields = (
        "Proxy-Authorization: Basic eA==",
        "Proxy-Connection: keep-alive",
        "Keep-Alive: 5",
        "TE: trailers",
    )
    others = ("Connection: keep-alive, X-Private", "X-Private: 1", "Upgrade: h2c", "Host: evil.example")
    request = parse_request(head("GET http://example.org/", *fields, *others))
    assert request.head == b"GET / HTTP/1.1\r\nHost: example.org\r\nConnection: close\r\n\r\n"


def test_the_length_of_a_body_is_read() -> None:
    assert parse_request(head("POST http://example.org/", "Content-Length: 12")).body_length == 12


@pytest.mark.parametrize(
    "fields",
    [
        ("Content-Length: 1", "Content-Length: 2"),
        ("Content-Length: -1",),
        ("Content-Length: +1",),
        ("Transfer-Encoding: chunked",),
        ("Content-Length: 1", "Transfer-Encoding: chunked"),
        ("No colon",),
        (" Folded: line",),
        ("Space : before",),
        ("A: b\nX: y",),
        ("A: b\rX: y",),
        ("A: \0",),
    ],
)
def test_a_head_that_two_readers_read_differently_is_refused(fields: tuple[str, ...]) -> None:
    with pytest.raises(HttpProtocolError):
        parse_request(head("POST http://example.org/", *fields))


@pytest.mark.parametrize(
    "line", ["", "GET", "get http://example.org/", "GET  http://example.org/", "GET http://a b/"]
)
def test_a_line_that_asks_for_nothing_is_refused(line: str) -> None:
    with pytest.raises(HttpProtocolError):
        parse_request(head(line))


@pytest.mark.parametrize(
    "line",
    [
        "GET /",
        "GET https://example.org/",
        "GET ftp://example.org/",
        "GET file:///etc/passwd",
        "DELETE http://example.org/",
        "GET http:///",
        "GET http://user@example.org/",
        "CONNECT example.org",
        "CONNECT http://example.org/",
        "CONNECT example.org:443/",
    ],
)
def test_what_the_proxy_does_not_do_is_refused(line: str) -> None:
    with pytest.raises(UnsupportedUrlError):
        parse_request(head(line))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("example.org:80", ("example.org", 80)),
        ("EXAMPLE.org", ("example.org", 443)),
        ("[2001:DB8::1]:8080", ("2001:db8::1", 8080)),
        ("пример.test:80", ("xn--e1afmkfd.test", 80)),
        ("①②⑦.⓪.⓪.①:80", ("127.0.0.1", 80)),
    ],
)
def test_an_authority_is_host_and_port(text: str, expected: tuple[str, int]) -> None:
    assert parse_authority(text, 443) == expected


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            ":80",
            "a:",
            "a:b",
            "a:0",
            "a:65536",
            "a:99999",
            "a:+80",
            "a:８０",
            "a:80:80",
            "u@a",
            "a/b",
            "a\\b",
        ),
        *("[::1", "::1", "[::1]x", "[a]", "a#b", "a?b", "x" * 254, "a%41", "a b"),
    ],
)
def test_all_else_is_no_authority(text: str) -> None:
    with pytest.raises(UnsupportedUrlError):
        parse_authority(text, 80)

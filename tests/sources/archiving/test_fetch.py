"""One GET, recorded byte for byte."""

from __future__ import annotations

import hashlib
import re
import socket
import ssl
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from sources.archiving.deadlines import ByteBudget, Deadline
from sources.archiving.errors import (
    AddressRefusedError,
    ConnectError,
    DeadlineError,
    HttpProtocolError,
    TlsError,
    TooManyRedirectsError,
)
from sources.archiving.exchange import Exchange
from sources.archiving.fetch import fetch, fetch_following
from sources.archiving.policy import FetchPolicy
from tests.certificates import certificate_chain
from tests.way_out import allowed, name_resolves, way_out
from tests.webserver import Server, redirect, response

from .conftest import PEM, Get

BODY = bytes(range(256)) * 2000


def chunked(*chunks: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    """A chunked response."""
    framed = b"".join(f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n" for chunk in chunks)
    return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + framed + end


def test_the_body_is_kept_byte_for_byte(server: Server, get: Get) -> None:
    server.routes["/"] = response(BODY)
    exchange = get()
    assert exchange.body_path.read_bytes() == BODY
    assert exchange.body_sha256 == hashlib.sha256(BODY).hexdigest()
    assert (exchange.body_length, exchange.truncated) == (len(BODY), None)


def test_the_response_is_kept_as_it_came_over_the_wire(server: Server, get: Get) -> None:
    wire = b"HTTP/1.1 200 Fine\r\nx-ODD:  spaced \r\nContent-length: 2\r\nX-Folded: a\r\n b\r\n\r\nhi"
    server.routes["/"] = wire
    exchange = get()
    assert b"".join(exchange.response()) == wire
    assert exchange.response_sha256 == hashlib.sha256(wire).hexdigest()
    assert exchange.response_length == len(wire)
    assert exchange.headers == (("x-ODD", "spaced"), ("Content-length", "2"), ("X-Folded", "a b"))


def test_sloppy_header_lines_do_not_cost_the_page(server: Server, get: Get) -> None:
    server.routes["/"] = b"HTTP/1.1 200\nno colon\nSpace : x\nContent-Length: 2\n\nhi"
    exchange = get()
    assert exchange.headers == (("Space", "x"), ("Content-Length", "2"))
    assert b"".join(exchange.response()) == server.routes["/"]


def test_the_request_is_kept_as_it_was_sent(server: Server, get: Get) -> None:
    server.routes["/"] = response(b"x")
    assert get().request == server.requests[0]


def test_what_follows_the_body_is_not_part_of_the_response(server: Server, get: Get) -> None:
    server.routes["/"] = response(b"body") + b"garbage"
    assert b"".join(get().response()) == response(b"body")


def test_chunks_are_kept_on_the_wire_and_joined_in_the_body(server: Server, get: Get) -> None:
    server.routes["/"] = chunked(b"one", b"two", end=b"0;ext=1\r\nX-Trailer: t\r\n\r\n")
    exchange = get()
    assert b"".join(exchange.response()) == server.routes["/"]
    assert exchange.body_path.read_bytes() == b"onetwo"
    assert exchange.truncated is None


def test_a_body_until_close_is_whole(server: Server, get: Get) -> None:
    server.routes["/"] = b"HTTP/1.0 200 OK\r\n\r\n" + BODY
    exchange = get()
    assert (exchange.body_length, exchange.truncated) == (len(BODY), None)


def test_interim_responses_are_passed_over(server: Server, get: Get) -> None:
    server.routes["/"] = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + response(b"x")
    exchange = get()
    assert (exchange.status, b"".join(exchange.response())) == (200, response(b"x"))


def test_a_status_without_body_does_not_wait_for_one(server: Server, get: Get) -> None:
    server.routes["/"] = b"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n"
    exchange = get()
    assert (exchange.body_length, exchange.truncated) == (0, None)


def test_facts_are_plain_values(server: Server, get: Get) -> None:
    server.routes["/"] = response(b"x")
    facts = get().facts()
    assert (facts["status"], facts["remote_address"], facts["tls"]) == (200, "127.0.0.1", None)
    assert facts["request"].startswith("GET / HTTP/1.1\r\n")


@pytest.mark.parametrize(
    ("answer", "kept", "reason"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort", b"short", "disconnect"),
        (chunked(b"one", end=b"5\r\ntw"), b"onetw", "disconnect"),
        (chunked(b"one", end=b""), b"one", "disconnect"),
        (chunked(b"one", end=b"zz\r\n"), b"one", "unspecified"),
        (chunked(end=b"1\r\nab\r\n"), b"a", "unspecified"),
        (chunked(b"one", end=b"1" * 5000), b"one", "unspecified"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", b"", "unspecified"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nab", b"", "unspecified"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: " + b"1" * 19 + b"\r\n\r\nab", b"", "unspecified"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: " + b"1" * 5000 + b"\r\n\r\nab", b"", "unspecified"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nab", b"", "unspecified"),
    ],
)
def test_a_broken_body_is_never_passed_off_as_whole(
    server: Server, get: Get, answer: bytes, kept: bytes, reason: str
) -> None:
    server.routes["/"] = answer
    exchange = get()
    assert (exchange.body_path.read_bytes(), exchange.truncated) == (kept, reason)


def test_the_body_ceiling_truncates(server: Server, get: Get) -> None:
    server.routes["/"] = response(BODY)
    exchange = get(body_bytes=1000, budget=ByteBudget(10**9))
    assert (exchange.body_path.read_bytes(), exchange.truncated) == (BODY[:1000], "length")


def test_a_body_of_exactly_the_ceiling_is_whole(server: Server, get: Get) -> None:
    server.routes["/"] = response(BODY)
    assert get(body_bytes=len(BODY)).truncated is None


def test_a_shared_budget_truncates(server: Server, get: Get) -> None:
    server.routes["/"] = response(BODY)
    budget = ByteBudget(len(BODY) + 7)
    assert get(budget=budget).truncated is None
    assert get(budget=budget).body_length == 7


def test_an_endless_body_ends_at_the_ceiling(server: Server, get: Get) -> None:
    def pour(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            connection.sendall(b"x" * 65536)

    server.routes["/"] = pour
    exchange = get(body_bytes=1_000_000, budget=ByteBudget(5_000_000))
    assert (exchange.body_length, exchange.truncated) == (1_000_000, "length")


def drip(server: Server, start: bytes) -> Callable[[socket.socket], None]:
    """Send ``start``, then one byte every 20 ms until the server stops or the client goes."""

    def run(connection: socket.socket) -> None:
        connection.sendall(start)
        while not server.stopping.wait(0.02):
            connection.sendall(b"x")

    return run


def test_a_slow_drip_ends_at_the_total_deadline(server: Server, get: Get) -> None:
    server.routes["/"] = drip(server, b"HTTP/1.1 200 OK\r\n\r\n")
    exchange = get(deadline=Deadline.after(0.4))
    assert exchange.truncated == "time"
    assert exchange.body_length > 0


def test_headers_that_drip_past_the_deadline_fail(server: Server, get: Get, tmp_path: Path) -> None:
    server.routes["/"] = drip(server, b"HTTP/1.1 200 OK\r\nX-Slow: ")
    with pytest.raises(DeadlineError):
        get(deadline=Deadline.after(0.3))
    assert list(tmp_path.iterdir()) == []


def test_a_silent_server_ends_at_the_idle_limit(server: Server, get: Get) -> None:
    server.routes["/"] = lambda _: bool(server.stopping.wait())  # type: ignore[assignment]  # the result is unused
    with pytest.raises(DeadlineError, match=r"within 0\.1 s"):
        get(idle_seconds=0.1)


def test_a_deadline_already_passed_makes_no_connection(server: Server, get: Get) -> None:
    with pytest.raises(DeadlineError):
        get(deadline=Deadline.after(0))
    assert server.requests == []


@pytest.mark.parametrize(
    "answer",
    [
        b"SSH-2.0-x\r\n\r\n",
        b"<html>no head at all</html>\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X-Many: x\r\n" * 10_000 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 70_000 + b"\r\n\r\n",
        b"HTTP/1.1 103 Early Hints\r\n\r\n" * 4000,
    ],
)
def test_a_head_that_is_not_http_is_an_error(server: Server, get: Get, answer: bytes) -> None:
    server.routes["/"] = answer
    with pytest.raises(HttpProtocolError):
        get()


def test_a_connection_closed_before_the_head_is_a_temporary_error(server: Server, get: Get) -> None:
    server.routes["/"] = b""
    with pytest.raises(ConnectError) as caught:
        get()
    assert not caught.value.permanent


def test_a_closed_port_is_a_temporary_error(server: Server, policy: FetchPolicy, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    with allowed("127.0.0.1", port), pytest.raises(ConnectError, match=str(port)):
        fetch(f"http://127.0.0.1:{port}/", policy=policy, deadline=Deadline.after(5), directory=tmp_path)


def test_proxies_from_the_environment_are_not_used(
    server: Server, get: Get, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    server.routes["/"] = response(b"direct")
    assert get().body_length == 6


def follow(server: Server, policy: FetchPolicy, tmp_path: Path, path: str = "/") -> list[Exchange]:
    """Follow the redirects from ``path``."""
    return fetch_following(server.url(path), policy=policy, deadline=Deadline.after(20), directory=tmp_path)


def test_redirects_are_followed_and_each_is_kept(server: Server, policy: FetchPolicy, tmp_path: Path) -> None:
    server.routes |= {"/": redirect("/a"), "/a": redirect("b?x=1#frag"), "/b?x=1": response(b"end")}
    chain = follow(server, policy, tmp_path)
    assert [exchange.status for exchange in chain] == [302, 302, 200]
    assert chain[-1].url == server.url("/b?x=1")


def test_a_redirect_in_raw_utf8_is_followed(server: Server, policy: FetchPolicy, tmp_path: Path) -> None:
    server.routes |= {
        "/": b"HTTP/1.1 301 Moved\r\nContent-Length: 0\r\nLocation: /\xd0\xb6\r\n\r\n",
        "/%D0%B6": response(b"end"),
    }
    assert follow(server, policy, tmp_path)[-1].body_length == 3


@pytest.mark.parametrize("location", ["http://[bad", "//[::1", "http://a\u2100b.test/"])
def test_a_redirect_to_no_url_is_a_permanent_error(
    server: Server, policy: FetchPolicy, tmp_path: Path, location: str
) -> None:
    head = f"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: {location}\r\n\r\n"
    server.routes["/"] = head.encode()
    with pytest.raises(HttpProtocolError, match="expected a redirect to a URL") as caught:
        follow(server, policy, tmp_path)
    assert caught.value.permanent


def test_the_sixth_redirect_is_an_error(server: Server, policy: FetchPolicy, tmp_path: Path) -> None:
    server.routes["/"] = redirect("/")
    with pytest.raises(TooManyRedirectsError):
        follow(server, policy, tmp_path)
    assert server.asked("/") == 6


@pytest.mark.parametrize(
    "location",
    ["http://169.254.169.254/latest/", "http://localhost:{port}/", "http://127.0.0.1:1/", "//10.0.0.1/"],
)
def test_a_redirect_goes_through_the_guard(
    server: Server, policy: FetchPolicy, tmp_path: Path, location: str
) -> None:
    server.routes["/"] = redirect(location.format(port=server.port))
    with pytest.raises(AddressRefusedError):
        follow(server, policy, tmp_path)


def test_a_name_that_changes_its_address_is_not_resolved_twice(
    server: Server, policy: FetchPolicy, tmp_path: Path
) -> None:
    server.routes["/"] = response(b"x")
    url = f"http://rebinding.test:{server.port}/"
    with allowed("rebinding.test", server.port), name_resolves("rebinding.test", ["127.0.0.1"], ["10.0.0.1"]):
        exchange = fetch(url, policy=policy, deadline=Deadline.after(5), directory=tmp_path)
    assert exchange.remote_address == "127.0.0.1"
    assert re.search(rb"\r\nHost: rebinding\.test:\d+\r\n", server.requests[0])


def test_the_next_address_is_tried_when_one_does_not_answer(
    server: Server, policy: FetchPolicy, tmp_path: Path
) -> None:
    server.routes["/"] = response(b"x")
    url = f"http://two.test:{server.port}/"  # nobody listens at the first
    with allowed("two.test", server.port), name_resolves("two.test", ["::1", "127.0.0.1"]):
        exchange = fetch(url, policy=policy, deadline=Deadline.after(5), directory=tmp_path)
    assert exchange.remote_address == "127.0.0.1"


def secure(tls_server: Server, tmp_path: Path, trust: Path | None, host: str = "127.0.0.1") -> Exchange:
    """Fetch ``/`` over TLS."""
    policy = FetchPolicy(egress=way_out().egress(), trust=trust)
    url = f"https://{host}:{tls_server.port}/"
    return fetch(url, policy=policy, deadline=Deadline.after(10), directory=tmp_path)


def test_a_certificate_nobody_vouches_for_is_refused(tls_server: Server, tmp_path: Path) -> None:
    with pytest.raises(TlsError) as caught:
        secure(tls_server, tmp_path, None)
    assert caught.value.permanent


def test_a_certificate_for_another_name_is_refused(tls_server: Server, tmp_path: Path) -> None:
    with (
        allowed("other.test", tls_server.port),
        name_resolves("other.test", ["127.0.0.1"]),
        pytest.raises(TlsError, match=r"other\.test"),
    ):
        secure(tls_server, tmp_path, PEM, host="other.test")


def test_an_expired_certificate_is_refused(tmp_path: Path) -> None:
    expired = PEM.with_name("expired.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(expired)
    server = Server(context)
    with pytest.raises(TlsError, match="expired"):
        secure(server, tmp_path, expired)
    server.close()


def test_headers_beyond_the_limit_leave_other_fetches_alone(server: Server, get: Get) -> None:
    server.routes |= {"/huge": b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000 + b"\r\n\r\n", "/": response(b"x")}
    with pytest.raises(HttpProtocolError):
        get("/huge")
    assert get("/").truncated is None


def test_a_trusted_certificate_is_recorded(tls_server: Server, tmp_path: Path) -> None:
    tls_server.routes["/"] = response(b"secret")
    exchange = secure(tls_server, tmp_path, PEM)
    assert exchange.tls is not None
    assert exchange.tls.version.startswith("TLSv1.")
    (certificate,) = x509.load_pem_x509_certificates(PEM.read_bytes())
    own = hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest()
    assert exchange.tls.chain_sha256 == (own,)
    assert exchange.facts()["tls"] == {
        "version": exchange.tls.version,
        "cipher": exchange.tls.cipher,
        "peer_certificate_sha256": own,
        "chain_sha256": [own],
    }


def test_every_certificate_up_to_the_trusted_authority_is_recorded(tmp_path: Path) -> None:
    chain = certificate_chain(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain.served)
    server = Server(context)
    server.routes["/"] = response(b"secret")
    exchange = secure(server, tmp_path, chain.authority)
    server.close()
    assert exchange.tls is not None
    assert exchange.tls.chain_sha256 == chain.sha256


def test_a_tls_stream_cut_without_farewell_is_truncated(tls_server: Server, tmp_path: Path) -> None:
    tls_server.routes["/"] = b"HTTP/1.1 200 OK\r\n\r\nuntil close"
    exchange = secure(tls_server, tmp_path, PEM)
    assert (exchange.body_path.read_bytes(), exchange.truncated) == (b"until close", "disconnect")


def test_a_tls_handshake_that_stalls_ends_at_the_connect_limit(
    server: Server, policy: FetchPolicy, tmp_path: Path
) -> None:
    url = f"https://127.0.0.1:{server.port}/"  # the plain server waits for the end of a request
    with pytest.raises(DeadlineError, match="handshake"):
        fetch(
            url, policy=replace(policy, connect_seconds=0.3), deadline=Deadline.after(5), directory=tmp_path
        )


def test_a_tls_handshake_that_is_hung_up_on_is_a_temporary_error(
    server: Server, policy: FetchPolicy, tmp_path: Path
) -> None:
    server.close_at_once = True
    url = f"https://127.0.0.1:{server.port}/"
    with pytest.raises(ConnectError, match="handshake"):
        fetch(url, policy=policy, deadline=Deadline.after(5), directory=tmp_path)

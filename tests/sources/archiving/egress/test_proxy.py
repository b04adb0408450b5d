"""The proxy over real sockets."""

from __future__ import annotations

import json
import socket
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest

from sources.archiving.egress.answers import journal_password
from sources.archiving.egress.proxy import Limits
from tests.processes import wait_until
from tests.way_out import PASSWORD, WayOut, name_resolves, running_way_out
from tests.webserver import Server, response

from .conftest import answer, credentials, speak


@pytest.fixture
def origin(server: Server, door: WayOut) -> Server:
    """A server that the door leads to."""
    door.allowed.add(("127.0.0.1", server.port))
    server.routes["/"] = response(b"hello")
    return server


def lines(door: WayOut) -> list[dict[str, Any]]:
    return [json.loads(line) for line in door.log.getvalue().splitlines()]


def plain(door: WayOut, origin: Server, path: str = "/", *fields: str) -> bytes:
    return answer(speak(door, f"GET {origin.url(path)}", credentials(), *fields))


def test_a_tunnel_says_where_it_leads(door: WayOut, origin: Server) -> None:
    connection = speak(door, f"CONNECT 127.0.0.1:{origin.port}", credentials())
    head = connection.recv(4096)
    connection.sendall(b"GET / HTTP/1.1\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 ")
    assert b"\r\nSightline-Remote-Address: 127.0.0.1\r\n" in head
    assert answer(connection) == response(b"hello")


def test_a_plain_answer_is_passed_on_as_it_is(door: WayOut, origin: Server) -> None:
    origin.routes["/odd"] = b"HTTP/1.1 200 Fine\r\nx-ODD:  spaced \r\nKeep-Alive: 5\r\n\r\nuntil close"
    assert plain(door, origin, "/odd") == origin.routes["/odd"]


def test_the_origin_hears_nothing_of_the_proxy(door: WayOut, origin: Server) -> None:
    plain(door, origin)
    assert origin.requests == [
        f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{origin.port}\r\nConnection: close\r\n\r\n".encode()
    ]


@pytest.mark.parametrize("fields", [(), (credentials(password="guess"),), ("Proxy-Authorization: Bearer x",)])
@pytest.mark.parametrize("line", ["CONNECT 127.0.0.1:{}", "GET http://127.0.0.1:{}/"])
def test_nobody_passes_without_the_password(
    door: WayOut, origin: Server, line: str, fields: tuple[str, ...]
) -> None:
    said = answer(speak(door, line.format(origin.port), *fields))
    assert said.startswith(b"HTTP/1.1 407 ")
    assert b"Proxy-Authenticate: Basic" in said
    assert origin.requests == []


def test_a_refusal_says_why(door: WayOut) -> None:
    said = answer(speak(door, "CONNECT 169.254.169.254:80", credentials()))
    assert said.startswith(b"HTTP/1.1 403 ")
    assert b"\r\nSightline-Error: address_refused\r\n" in said
    assert "link local" in json.loads(said.split(b"\r\n\r\n")[1])["detail"]


def test_a_closed_port_is_reported(door: WayOut) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    door.allowed.add(("127.0.0.1", port))
    said = answer(speak(door, f"CONNECT 127.0.0.1:{port}", credentials()))
    assert said.startswith(b"HTTP/1.1 502 ")
    assert b"connect_failed" in said


def test_a_name_nobody_knows_is_reported(door: WayOut) -> None:
    said = answer(speak(door, "CONNECT no-such-host.invalid:80", credentials()))
    assert said.startswith(b"HTTP/1.1 502 ")
    assert b"dns_failed" in said


def test_one_look_up_serves_check_and_connection(door: WayOut, origin: Server) -> None:
    door.allowed.add(("rebinding.test", origin.port))
    with name_resolves("rebinding.test", ["127.0.0.1"]):  # a second look-up would find the answers used up
        said = answer(speak(door, f"GET http://rebinding.test:{origin.port}/", credentials()))
    assert said == response(b"hello")


def test_headers_without_end_are_refused(door: WayOut) -> None:
    said = answer(speak(door, "CONNECT example.org:80", *["X-Many: x"] * 7000))
    assert said.startswith(b"HTTP/1.1 400 ")


def test_a_request_that_does_not_come_is_not_waited_for() -> None:
    with (
        running_way_out(Limits(head_seconds=0.1)) as door,
        socket.create_connection(("127.0.0.1", door.port), timeout=10) as connection,
    ):
        connection.sendall(b"CONNECT exa")
        assert connection.recv(4096).startswith(b"HTTP/1.1 504 ")


def test_a_look_up_that_hangs_is_given_up_and_holds_up_nobody(
    monkeypatch: pytest.MonkeyPatch, origin: Server
) -> None:
    look_up = socket.getaddrinfo

    def hang(host: Any, *args: Any, **options: Any) -> Any:
        if host == "slow.test" and not options["flags"]:
            origin.stopping.wait()
        return look_up(host, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    with running_way_out(Limits(connect_seconds=1)) as door:
        door.allowed.add(("127.0.0.1", origin.port))
        slow = speak(door, "CONNECT slow.test:80", credentials())
        assert plain(door, origin) == response(b"hello")
        wait_until(lambda: bool(lines(door)), "it is in the log")
        assert lines(door)[0]["host"] == "127.0.0.1"  # before the other had been given up
        assert answer(slow).startswith(b"HTTP/1.1 504 ")
        origin.stopping.set()


def test_a_silent_tunnel_is_broken_off_not_ended(origin: Server) -> None:
    """As after a lost connection: what ends with its connection must not look whole."""
    origin.routes["/"] = lambda to: [to.sendall(b"HTTP/1.1 200 OK\r\n\r\nhalf"), origin.stopping.wait()]  # type: ignore[assignment,func-returns-value]  # the result is unused
    with running_way_out(Limits(idle_seconds=0.2)) as door:
        door.allowed.add(("127.0.0.1", origin.port))
        with pytest.raises(ConnectionResetError):
            plain(door, origin)
    assert lines(door)[0]["code"] == "deadline_passed"


def reset(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\nhalf")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def test_an_origin_that_breaks_off_breaks_off_at_the_fetcher(door: WayOut, origin: Server) -> None:
    origin.routes["/"] = reset
    with pytest.raises(ConnectionResetError):
        plain(door, origin)
    wait_until(lambda: bool(lines(door)), "it is written down")
    assert lines(door)[0]["code"] == "connect_failed"


def test_what_else_a_fetcher_says_never_reaches_the_origin(door: WayOut, origin: Server) -> None:
    """A second request on the connection, for whomever, must not be answered by the first one's origin."""
    second = f"GET http://other.test/ HTTP/1.1\r\n{credentials()}\r\n\r\n".encode()
    with speak(door, f"GET {origin.url()}", credentials(), body=second) as connection:
        connection.settimeout(10)
        try:
            said = connection.recv(65536)
        except ConnectionResetError:
            said = b""
    assert said in (b"", response(b"hello"))
    assert all(b"other.test" not in request for request in origin.requests)


def test_a_posted_body_is_passed_on_to_its_length(door: WayOut) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        door.allowed.add(("127.0.0.1", port))
        asking = speak(
            door,
            f"POST http://127.0.0.1:{port}/",
            credentials(),
            "Content-Length: 4",
            body=b"bodyGET / HTTP/1.1",
        )
        connection, _ = listener.accept()
        with asking, connection:
            heard = b""
            while data := connection.recv(65536):
                heard += data
    assert heard.endswith(b"Content-Length: 4\r\nConnection: close\r\n\r\nbody")


def test_more_connections_than_allowed_are_turned_away(origin: Server) -> None:
    with running_way_out(Limits(connections=2)) as door:
        door.allowed.add(("127.0.0.1", origin.port))
        tunnels = [speak(door, f"CONNECT 127.0.0.1:{origin.port}", credentials()) for _ in range(2)]
        assert [tunnel.recv(4096)[:12] for tunnel in tunnels] == [b"HTTP/1.1 200"] * 2
        with socket.create_connection(("127.0.0.1", door.port), timeout=10) as third:
            said = third.recv(4096)
        for tunnel in tunnels:
            tunnel.close()
    assert said.startswith(b"HTTP/1.1 503 ")
    assert b"egress_failed" in said


def test_each_connection_is_written_down(door: WayOut, origin: Server) -> None:
    plain(door, origin)
    answer(speak(door, "CONNECT 10.0.0.1:80", credentials()))
    wait_until(lambda: len(lines(door)) == 2, "both are written down")
    reached, refused = lines(door)
    assert (reached["user"], reached["address"], reached["code"]) == ("capture", "127.0.0.1", None)
    assert (reached["up"], reached["down"]) == (len(origin.requests[0]), len(response(b"hello")))
    assert (refused["host"], refused["address"], refused["code"]) == ("10.0.0.1", None, "address_refused")


def test_a_probe_that_asks_nothing_leaves_no_line(door: WayOut, origin: Server) -> None:
    socket.create_connection(("127.0.0.1", door.port)).close()
    plain(door, origin)
    wait_until(lambda: bool(lines(door)), "the request is written down")
    assert len(lines(door)) == 1


def test_a_user_gets_the_list_of_their_own(door: WayOut, origin: Server) -> None:
    plain(door, origin)
    answer(speak(door, "CONNECT 10.0.0.1:80", credentials("other")))
    ask = "GET http://sightline-egress.invalid/connections"
    asking = credentials(password=journal_password(PASSWORD))
    told = [json.loads(answer(speak(door, ask, asking)).split(b"\r\n\r\n")[1]) for _ in range(2)]
    assert [[item["host"] for item in found] for found in told] == [["127.0.0.1"], []]


def test_the_list_is_for_those_who_know_the_password(door: WayOut) -> None:
    said = answer(speak(door, "GET http://sightline-egress.invalid/connections", credentials(password="x")))
    assert said.startswith(b"HTTP/1.1 407 ")


@pytest.mark.parametrize("line", ["POST http://{}/connections", "GET http://{}/", "CONNECT {}:80"])
@pytest.mark.parametrize("password", [PASSWORD, journal_password(PASSWORD)])
def test_of_the_proxy_itself_nothing_else_is_to_be_had(door: WayOut, line: str, password: str) -> None:
    said = answer(speak(door, line.format("sightline-egress.invalid"), credentials(password=password)))
    assert said.startswith(b"HTTP/1.1 400 ")


def test_what_fetches_can_neither_read_nor_empty_the_list(door: WayOut, origin: Server) -> None:
    plain(door, origin)
    ask = "GET http://sightline-egress.invalid/connections"
    assert answer(speak(door, ask, credentials())).startswith(b"HTTP/1.1 400 ")
    asking = credentials(password=journal_password(PASSWORD))
    found = json.loads(answer(speak(door, ask, asking)).split(b"\r\n\r\n")[1])
    assert [item["host"] for item in found] == ["127.0.0.1", "sightline-egress.invalid"]


def test_whoever_may_ask_for_the_list_may_not_go_out(door: WayOut, origin: Server) -> None:
    asking = credentials(password=journal_password(PASSWORD))
    assert answer(speak(door, f"GET {origin.url()}", asking)).startswith(b"HTTP/1.1 407 ")


def test_a_large_answer_arrives_whole_at_a_slow_reader(door: WayOut, origin: Server) -> None:
    origin.routes["/"] = response(bytes(range(256)) * 80_000)
    with speak(door, f"GET {origin.url()}", credentials()) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)
        assert answer(connection) == origin.routes["/"]


def test_many_are_served_at_the_same_time(door: WayOut, origin: Server) -> None:
    with ThreadPoolExecutor(32) as pool:
        said = list(pool.map(lambda _: plain(door, origin), range(200)))
    assert said == [response(b"hello")] * 200


@pytest.mark.parametrize("line", ["CONNECT slow.test:{port}", "GET http://slow.test:{port}/"])
@pytest.mark.parametrize("linger", [b"\1\0\0\0\0\0\0\0", b"\0\0\0\0\0\0\0\0"], ids=["killed", "hung up"])
def test_a_connection_made_for_a_fetcher_that_is_gone_is_ended(
    monkeypatch: pytest.MonkeyPatch, door: WayOut, line: str, linger: bytes
) -> None:
    asked, gone, look_up = Event(), Event(), socket.getaddrinfo

    def wait(host: Any, *args: Any, **options: Any) -> Any:
        if host != "slow.test" or options["flags"]:
            return look_up(host, *args, **options)
        asked.set()
        gone.wait(10)
        return look_up("127.0.0.1", *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", wait)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        door.allowed.add(("slow.test", port))
        with speak(door, line.format(port=port), credentials()) as fetcher:
            assert asked.wait(10)
            fetcher.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        gone.set()
        listener.settimeout(10)
        connection, _ = listener.accept()
        with connection:
            connection.settimeout(10)
            assert heard_until_the_end(connection) in {b"", b"broken off"}


def heard_until_the_end(connection: socket.socket) -> bytes:
    heard = b""
    try:
        while data := connection.recv(4096):
            heard += data
    except ConnectionResetError:
        return b"broken off"
    return heard

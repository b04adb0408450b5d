"""Connections that are kept open within one capture."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from sources.archiving.connections import Connections
from sources.archiving.deadlines import Deadline
from sources.archiving.egress.client import open_tunnel
from sources.archiving.errors import EgressError, TlsError
from sources.archiving.exchange import Exchange
from sources.archiving.fetch import fetch
from sources.archiving.policy import Egress, FetchPolicy
from tests.processes import wait_until
from tests.way_out import PASSWORD, allowed, running_way_out, way_out
from tests.webserver import Server, response


class PatientServer:
    """Answers request after request on a connection, by path; counts connections."""

    def __init__(self) -> None:
        self.routes: dict[str, bytes] = {"/": response(b"hello"), "/b": response(b"another")}
        self.requests: list[bytes] = []
        self.connections: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def url(self, path: str = "/") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def hang_up(self) -> None:
        """Close what is open, as servers do with connections that stay silent."""
        for connection in list(self.connections):  # not those that follow
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Stop, and wait for every thread."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.hang_up()
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self.connections.append(connection)
                thread = threading.Thread(target=self._serve, args=(connection,))
                self._threads.append(thread)
                thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError), connection, connection.makefile("rb") as lines:
            while line := lines.readline():
                request = line
                while not request.endswith(b"\r\n\r\n"):
                    request += lines.readline()
                self.requests.append(request)
                connection.sendall(self.routes[line.split(b" ")[1].decode()])


@pytest.fixture
def patient() -> Iterator[PatientServer]:
    """A server that keeps connections open."""
    running = PatientServer()
    with allowed("127.0.0.1", running.port):
        yield running
    running.close()


@pytest.fixture
def connections() -> Iterator[Connections]:
    """Those of one capture."""
    with Connections() as found:
        yield found


def got(url: str, folder: Path, connections: Connections | None, **limits: object) -> Exchange:
    policy = FetchPolicy(egress=way_out().egress(), **limits)  # type: ignore[arg-type]  # field values as the tests give them
    return fetch(url, policy=policy, deadline=Deadline.after(10), directory=folder, connections=connections)


def test_the_next_request_goes_over_the_same_connection(
    patient: PatientServer, connections: Connections, tmp_path: Path
) -> None:
    for path in ("/", "/b", "/"):
        exchange = got(patient.url(path), tmp_path, connections)
        assert b"".join(exchange.response()) == patient.routes[path]
        assert exchange.request in patient.requests
        assert exchange.remote_address == "127.0.0.1"
    assert len(patient.connections) == 1


def test_without_a_place_to_keep_it_each_request_has_its_own(patient: PatientServer, tmp_path: Path) -> None:
    for _ in range(2):
        got(patient.url(), tmp_path, None)
    assert len(patient.connections) == 2
    assert all(b"\r\nConnection: close\r\n" in request for request in patient.requests)


def test_two_captures_share_none(patient: PatientServer, tmp_path: Path) -> None:
    for _ in range(2):
        with Connections() as connections:
            got(patient.url(), tmp_path, connections)
    assert len(patient.connections) == 2


@pytest.mark.parametrize(
    "last",
    [
        response(b"x", Connection="close"),
        response(b"x").replace(b"HTTP/1.1", b"HTTP/1.0"),
        response(b"x") + b"more than announced",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
    ],
)
def test_a_connection_in_doubt_is_not_used_again(
    patient: PatientServer, connections: Connections, tmp_path: Path, last: bytes
) -> None:
    patient.routes["/b"] = last
    for path in ("/b", "/"):
        got(patient.url(path), tmp_path, connections)
    assert len(patient.connections) == 2


def test_a_response_cut_off_gives_its_connection_up(
    patient: PatientServer, connections: Connections, tmp_path: Path
) -> None:
    assert got(patient.url(), tmp_path, connections, body_bytes=2).truncated == "length"
    got(patient.url(), tmp_path, connections)
    assert len(patient.connections) == 2


@pytest.mark.parametrize(
    "framed",
    [
        b"HTTP/1.1 204 No Content\r\n\r\n",
        b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" + response(b"x"),
    ],
)
def test_whatever_ends_by_itself_leaves_the_connection_open(
    patient: PatientServer, connections: Connections, tmp_path: Path, framed: bytes
) -> None:
    patient.routes["/b"] = framed
    for path in ("/b", "/"):
        got(patient.url(path), tmp_path, connections)
    assert len(patient.connections) == 1


def test_a_connection_the_server_gave_up_is_replaced(
    patient: PatientServer, connections: Connections, tmp_path: Path
) -> None:
    got(patient.url(), tmp_path, connections)
    patient.hang_up()
    assert got(patient.url(), tmp_path, connections).body_length == 5


def test_a_server_that_hangs_up_at_the_second_request_is_asked_once_more(
    patient: PatientServer, connections: Connections, tmp_path: Path
) -> None:
    got(patient.url(), tmp_path, connections)
    patient.routes["/"] = b""  # the request is swallowed …
    waiting = threading.Thread(target=_answer_on_the_second, args=(patient,))
    waiting.start()
    assert got(patient.url(), tmp_path, connections).body_length == 5
    waiting.join()
    assert len(patient.requests) == 3


def _answer_on_the_second(patient: PatientServer) -> None:
    wait_until(lambda: len(patient.requests) == 2, "the second request has come")
    patient.routes["/"] = response(b"hello")
    patient.hang_up()  # … and its connection closed


def test_another_origin_gets_another_connection(
    patient: PatientServer, server: Server, connections: Connections, tmp_path: Path
) -> None:
    server.routes["/"] = response(b"other")
    assert got(patient.url(), tmp_path, connections).body_length == 5
    assert got(server.url(), tmp_path, connections).body_path.read_bytes() == b"other"


def test_what_is_left_open_is_closed_at_the_end(patient: PatientServer, tmp_path: Path) -> None:
    with Connections() as connections:
        got(patient.url(), tmp_path, connections)
    wait_until(lambda: patient.connections[0].fileno() == -1, "the server sees the end")


def test_without_a_way_out_nothing_is_fetched(server: Server, tmp_path: Path) -> None:
    with pytest.raises(EgressError, match="EGRESS_PROXY") as caught:
        fetch(server.url(), policy=FetchPolicy(), deadline=Deadline.after(5), directory=tmp_path)
    assert not caught.value.permanent
    assert server.requests == []


@pytest.mark.parametrize("user", ["a-capture", "пользователь"])
def test_a_wrong_password_is_a_fault_of_ours(server: Server, user: str) -> None:
    egress = Egress("127.0.0.1", way_out().port, user, PASSWORD + "?")
    with pytest.raises(EgressError, match="password"):
        open_tunnel(egress, "127.0.0.1", server.port, deadline=Deadline.after(5), seconds=5)


def test_a_way_out_that_is_closed_is_a_temporary_fault() -> None:
    with running_way_out() as closed:
        egress = closed.egress()
    with pytest.raises(EgressError) as caught:
        open_tunnel(egress, "127.0.0.1", 80, deadline=Deadline.after(5), seconds=5)
    assert not caught.value.permanent


def test_an_origin_that_speaks_before_the_handshake_is_refused(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        talking = threading.Thread(target=_speak_first, args=(listener,))
        talking.start()
        with allowed("127.0.0.1", port), pytest.raises(TlsError):
            got(f"https://127.0.0.1:{port}/", tmp_path, None)
        talking.join()


def _speak_first(listener: socket.socket) -> None:
    connection, _ = listener.accept()
    with connection:
        connection.sendall(b"220 welcome\r\n")
        connection.recv(4096)

"""Whatever a page asks for, the browser connects to the way out alone. Without the guard, canaries sing."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import psutil  # type: ignore[import-untyped]  # ships no types
import pytest

from sources.archiving.browser import program as programs
from sources.archiving.browser import tab
from sources.archiving.browser.browsers import KEEPER
from sources.archiving.errors import AddressRefusedError
from tests.sources.archiving.pages import english
from tests.webserver import Server, redirect, response

from .conftest import Capture

WAYS = (
    "<link rel=preconnect href='{http}/p'>",
    "<link rel=dns-prefetch href='{http}/d'>",
    "<link rel=prefetch href='{http}/f'>",
    "<link rel=preload as=image href='{http}/l'>",
    "<link rel=stylesheet href='{http}/s'>",
    "<script src='{http}/j'></script>",
    "<img src='{http}/i'><img src='{https}/i'>",
    "<video src='{http}/v'></video>",
    "<iframe src='{http}/n'></iframe>",
    "<object data='{http}/o'></object>",
    "<a ping='{http}/q' href='#x' id=pinged>x</a><script>pinged.click()</script>",
    "<script>fetch('{http}/a', {{mode: 'no-cors'}})</script>",
    "<script>navigator.sendBeacon('{http}/b', 'x')</script>",
    "<script>new WebSocket('{ws}/w')</script>",
    "<script>new EventSource('{http}/e')</script>",
    "<script>new Worker(URL.createObjectURL(new Blob([`fetch('{http}/k', {{mode: 'no-cors'}})`])))</script>",
    "<script>window.open('{http}/u')</script>",
    "<form id=sent action='{http}/m' target=other></form><script>sent.submit()</script>",
    """<script>const peer = new RTCPeerConnection({{iceServers: [{{urls: 'stun:{stun}'}}]}});
       peer.createDataChannel('x'); peer.createOffer().then(offer => peer.setLocalDescription(offer))</script>""",
)
FORGED = (
    b"HTTP/1.1 403 No\r\nSightline-Error: address_refused\r\nContent-Type: text/plain\r\n\r\nnot by the guard"
)
PAUSE = "<script>setTimeout(() => {}, 300)</script>"


class Canary:
    """Listens on every address of this machine, TCP and UDP, and counts who comes."""

    def __init__(self) -> None:
        self.visits: list[str] = []
        self._stopping = threading.Event()
        self._tcp = socket.create_server(("0.0.0.0", 0))
        self.port: int = self._tcp.getsockname()[1]
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind(("0.0.0.0", self.port))
        self._threads = [threading.Thread(target=self._accept), threading.Thread(target=self._receive)]
        for listener, thread in zip((self._tcp, self._udp), self._threads, strict=True):
            listener.settimeout(0.1)
            thread.start()

    def close(self) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join()
        self._tcp.close()
        self._udp.close()

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                connection, _ = self._tcp.accept()
            except TimeoutError:
                continue
            self.visits.append("tcp")
            connection.close()

    def _receive(self) -> None:
        while not self._stopping.is_set():
            try:
                self._udp.recvfrom(2048)
            except TimeoutError:
                continue
            self.visits.append("udp")


@pytest.fixture
def canary() -> Iterator[Canary]:
    """A canary."""
    running = Canary()
    yield running
    running.close()


def own_address() -> str:
    """An address of this machine that is not loopback, if it has one."""
    found = (
        item.address
        for addresses in psutil.net_if_addrs().values()
        for item in addresses
        if item.family is socket.AF_INET and not item.address.startswith("127.")
    )
    return next(found, "127.0.0.1")


def trap(way: str, port: int, host: str) -> bytes:
    at = f"{host}:{port}"
    stun = f"{own_address()}:{port}"
    found = way.format(http=f"http://{at}", https=f"https://{at}", ws=f"ws://{at}", stun=stun)
    return english(body=found + PAUSE)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0.0.0.0", "2130706433", "[::ffff:127.0.0.1]"])
def test_no_way_of_asking_reaches_a_canary(
    server: Server, capture: Capture, canary: Canary, host: str
) -> None:
    server.routes["/"] = response(trap("".join(WAYS), canary.port, host))
    capture()
    assert server.asked("/") == 1
    assert canary.visits == []


def test_without_the_guard_canaries_are_reached(
    server: Server, capture: Capture, canary: Canary, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.routes["/"] = response(trap("".join(WAYS), canary.port, "127.0.0.1"))
    monkeypatch.setattr(programs, "SHUT", ("--remote-debugging-pipe",))
    monkeypatch.setattr(programs, "resolver_rules", lambda proxy_host: "")
    monkeypatch.setattr(tab, "proxy_of", lambda egress: {"proxyServer": "direct://"})
    KEEPER.end()
    try:
        capture()
    finally:
        KEEPER.end()
    assert canary.visits.count("tcp") >= 10
    assert "udp" in canary.visits or own_address() == "127.0.0.1"


@pytest.mark.parametrize("way", WAYS)
def test_each_way_alone_stays_with_the_way_out(
    server: Server, capture: Capture, canary: Canary, way: str
) -> None:
    server.routes["/"] = response(trap(way, canary.port, "127.0.0.1"))
    capture()
    assert canary.visits == []


def test_a_page_that_redirects_inside_is_refused(server: Server, capture: Capture, canary: Canary) -> None:
    server.routes["/"] = redirect(f"http://127.0.0.1:{canary.port}/")
    with pytest.raises(AddressRefusedError):
        capture()
    assert canary.visits == []


def test_an_origin_cannot_pass_its_answer_off_as_a_refusal(server: Server, capture: Capture) -> None:
    server.routes["/"] = response(english(body="<script src='/forged'></script>"))
    server.routes["/forged"] = FORGED
    harvest = capture()
    assert [seen["status"] for seen in harvest.exchanges if seen["url"].endswith("/forged")] == [403]
    assert harvest.failures == ()


def test_a_page_cannot_empty_the_list_of_its_connections(server: Server, capture: Capture) -> None:
    own = "http://sightline-egress.invalid/connections"
    asked = f"<script src='http://10.0.0.1/x'></script><script src='{own}'></script>"
    server.routes["/"] = response(english(body=asked + PAUSE))
    harvest = capture()
    hosts = {item["host"]: item["code"] for item in harvest.connections}
    assert own not in {seen["url"] for seen in harvest.exchanges}
    assert hosts["10.0.0.1"] == "address_refused"
    assert hosts["sightline-egress.invalid"] == "unsupported_url"


@pytest.mark.parametrize("total", ["9" * 5000, "²", "-1", ""])
def test_an_odd_range_is_an_answer_like_another(server: Server, capture: Capture, total: str) -> None:
    server.routes["/"] = response(english(body="<img src='/odd'>"))
    head = f"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-1/{total}\r\nContent-Length: 2\r\n\r\nok"
    server.routes["/odd"] = head.encode()
    assert [seen["status"] for seen in capture().exchanges if seen["url"].endswith("/odd")][:1] == [206]

"""Pages that will not end, or not answer, or kill the browser: each capture ends, and the next one is well."""

from __future__ import annotations

import gzip
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import psutil  # type: ignore[import-untyped]  # ships no types
import pytest

from sources.archiving.browser import visit
from sources.archiving.browser.browsers import KEEPER
from sources.archiving.browser.errors import BrowserCrashedError
from sources.archiving.errors import ArchivingError
from sources.archiving.harvest import Harvest, Role
from tests.sources.archiving.harvesting import files
from tests.sources.archiving.pages import english, picture
from tests.webserver import Server, response

from .conftest import Capture

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nConnection: close\r\n\r\n"
BUSY = "the page's scripts kept it busy and were stopped"


@pytest.fixture(autouse=True)
def _next_capture_is_well(server: Server, capture: Capture) -> Iterator[None]:
    yield
    server.routes["/well"] = response(english())
    assert (harvest := capture("/well")).verdict == "complete", harvest.reasons


@pytest.fixture(autouse=True)
def _impatience(_next_capture_is_well: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Steps that end sooner than on a real page, until the next capture."""
    for name, seconds in (("LOAD_SECONDS", 4.0), ("QUIET_SECONDS", 1.0), ("STEP_SECONDS", 2.0)):
        monkeypatch.setattr(visit, name, seconds)


def unending(
    server: Server, media_type: bytes, piece: bytes, pause: float
) -> Callable[[socket.socket], None]:
    """An answer that goes on until the server stops or the client has had enough."""

    def answer(connection: socket.socket) -> None:
        connection.sendall(HEAD % media_type)
        while not server.stopping.wait(pause):
            connection.sendall(piece)

    return answer


def hang(server: Server) -> Callable[[socket.socket], None]:
    """No answer until the server stops."""

    def answer(connection: socket.socket) -> None:
        server.stopping.wait(30)

    return answer


def timed(run: Callable[[], Harvest]) -> tuple[Harvest, float]:
    start = time.monotonic()
    return run(), time.monotonic() - start


@contextmanager
def once_asked(server: Server, path: str, deed: Callable[[], None]) -> Iterator[None]:
    """Do a deed as soon as ``path`` has been asked for."""

    def wait() -> None:
        end = time.monotonic() + 20
        while not server.asked(path) and time.monotonic() < end:
            time.sleep(0.01)
        deed()

    thread = threading.Thread(target=wait)
    thread.start()
    yield
    thread.join()


def test_dialogs_without_end_are_closed(server: Server, capture: Capture) -> None:
    server.routes["/"] = response(english(body="<script>while (true) alert('once more')</script>"))
    harvest, seconds = timed(capture)
    assert seconds < 25
    assert any("dialogs of the page were closed" in note for note in harvest.notes)
    assert files(harvest, Role.PAGE)


def test_emoji_cut_in_two_cost_neither_the_page_nor_the_next(server: Server, capture: Capture) -> None:
    script = "<script>document.title = 'cut \\ud83d'; alert('\\ud83d'); console.log('\\ud83d')</script>"
    server.routes["/"] = response(english(body=script))
    harvest, browser = capture(), KEEPER.browser
    assert (harvest.verdict, harvest.page.title) == ("complete", "cut \ufffd")
    assert capture().verdict == "complete"
    assert KEEPER.browser is browser


def test_a_busy_script_is_stopped_and_the_page_drawn(server: Server, capture: Capture) -> None:
    script = "<script>addEventListener('load', () => setTimeout(() => { while (true); }, 1))</script>"
    server.routes["/"] = response(english(body=script))
    harvest, seconds = timed(capture)
    assert seconds < 25
    assert (harvest.verdict, BUSY in harvest.reasons) == ("partial", True)
    assert "vehicle was lifted" in harvest.page.text
    assert files(harvest, Role.SCREENSHOT)


def test_a_page_that_never_gets_quiet_is_captured_and_says_so(server: Server, capture: Capture) -> None:
    server.routes["/hang"] = hang(server)
    server.routes["/"] = response(english(body="<script>onload = () => fetch('/hang')</script>"))
    harvest = capture()
    assert harvest.verdict == "partial"
    assert "the page was still fetching when it was captured" in harvest.reasons


def test_a_page_that_never_loads_is_captured_and_says_so(server: Server, capture: Capture) -> None:
    server.routes["/hang.jpg"] = hang(server)
    server.routes["/"] = response(english(body="<img src='/hang.jpg'>"))
    harvest = capture(seconds=20)
    assert harvest.verdict == "partial"
    assert "the page was still loading when it was captured" in harvest.reasons
    assert "vehicle was lifted" in harvest.page.text


def test_a_page_that_drips_is_truncated(server: Server, capture: Capture) -> None:
    server.routes["/"] = unending(server, b"text/html", b"<p>drop</p>", 0.1)
    harvest, seconds = timed(lambda: capture(seconds=12))
    assert (harvest.verdict, seconds < 16) == ("truncated", True)


def test_a_picture_that_drips_is_missing(server: Server, capture: Capture) -> None:
    server.routes["/drip.jpg"] = unending(server, b"image/jpeg", b"\xff\xd8\xff", 0.1)
    server.routes["/"] = response(english(body="<img src='/drip.jpg'>"))
    harvest, seconds = timed(lambda: capture(seconds=15))
    assert (harvest.verdict, seconds < 20) == ("partial", True)


def test_a_flood_is_broken_off_before_it_fills_the_memory(server: Server, capture: Capture) -> None:
    server.routes["/flood"] = unending(server, b"text/plain", bytes(1024 * 1024), 0)
    server.routes["/"] = response(english(body="<script>fetch('/flood').then(r => r.text())</script>"))
    harvest, seconds = timed(lambda: capture(seconds=20))
    assert harvest.page.title
    assert seconds < 25


def test_a_bomb_is_broken_off_before_it_fills_the_memory(server: Server, capture: Capture) -> None:
    layer = gzip.compress(bytes(1024 * 1024 * 16)) * 64  # a gigabyte
    server.routes["/bomb.css"] = response(layer, media_type="text/css", Content_Encoding="gzip")
    server.routes["/"] = response(english(head="<link rel=stylesheet href=/bomb.css>"))
    peak = MemoryPeak()
    harvest = capture(seconds=40)
    assert peak.stop() < 1200 * 1024 * 1024
    assert harvest.page.title


def test_ten_thousand_subresources_are_bounded(server: Server, capture: Capture) -> None:
    body = "".join(f"<img src='/{n}.png'>" for n in range(10_000))
    server.routes |= {f"/{n}.png": response(picture(size=(1, 1)), media_type="image/png") for n in range(50)}
    server.routes["/"] = response(english(body=body))
    harvest = capture(seconds=20, capture_requisites=20)
    assert (harvest.verdict, len(harvest.exchanges)) == ("partial", 20)
    assert len(server.requests) < 1000  # some hundreds are on their way already when the limit is met
    assert any("beyond the limit were not fetched" in reason for reason in harvest.reasons)


def test_no_more_bytes_are_kept_than_the_budget_has(server: Server, capture: Capture) -> None:
    server.routes["/photo.jpg"] = response(picture("JPEG", (900, 900)), media_type="image/jpeg")
    server.routes["/"] = response(english(body="<img src='/photo.jpg'>"))
    harvest = capture(capture_bytes=4000)
    assert harvest.verdict == "partial"
    assert sum(item["body_length"] for item in harvest.exchanges) == 4000


def test_windows_that_the_page_opens_are_closed(server: Server, capture: Capture) -> None:
    script = "<script>onload = () => { for (let n = 0; n < 3; n++) window.open('/other', 'w' + n) }</script>"
    server.routes |= {"/": response(english(body=script)), "/other": response(english())}
    harvest = capture()
    assert harvest.final_url == server.url("/")
    assert harvest.verdict in ("complete", "partial")


def test_a_killed_browser_is_a_passing_error(server: Server, capture: Capture) -> None:
    server.routes["/hang.jpg"] = hang(server)
    server.routes["/"] = response(english(body="<img src='/hang.jpg'>"))
    capture("/none")  # so that there is a browser
    kill = once_asked(server, "/hang.jpg", lambda: os.kill(browser_pid(), signal.SIGKILL))
    with kill, pytest.raises(BrowserCrashedError) as raised:
        capture()
    assert (raised.value.code, raised.value.permanent) == ("browser_crashed", False)


def test_a_crashed_page_is_a_passing_error(server: Server, capture: Capture) -> None:
    server.routes["/hang.jpg"] = hang(server)
    server.routes["/"] = response(english(body="<img src='/hang.jpg'>"))
    capture("/none")
    with once_asked(server, "/hang.jpg", kill_renderers), pytest.raises(BrowserCrashedError):
        capture()


def test_what_the_progress_callback_raises_ends_the_capture(server: Server, capture: Capture) -> None:
    def cancel(stage: str, done: int, total: int) -> None:
        if stage == "page" and done:
            raise InterruptedError("cancelled")

    server.routes["/"] = response(english())
    with pytest.raises(InterruptedError, match="cancelled"):
        capture(on_progress=cancel)


def test_a_deadline_that_has_passed_is_an_error(server: Server, capture: Capture) -> None:
    server.routes["/"] = response(english())
    with pytest.raises(ArchivingError):
        capture(seconds=0)


def browser_pid() -> int:
    """The browser that the keeper has."""
    assert KEEPER.browser is not None
    return KEEPER.browser.pid


def kill_renderers() -> None:
    for child in psutil.Process(browser_pid()).children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            if "--type=renderer" in child.cmdline():
                child.kill()


class MemoryPeak:
    """Watches how much memory the browser's processes take together, in bytes."""

    def __init__(self) -> None:
        self._peak = 0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def stop(self) -> int:
        self._stopping.set()
        self._thread.join()
        return self._peak

    def _watch(self) -> None:
        while not self._stopping.wait(0.05):
            with suppress(psutil.Error, AssertionError):
                self._peak = max(self._peak, psutil.Process(browser_pid()).memory_info().rss)

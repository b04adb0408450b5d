"""Hosts that lead yt-dlp astray, never end, or are slow; and the process that runs it, killed."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # has no types of its own
import pytest

from sources.archiving.deadlines import Deadline
from sources.archiving.errors import AddressRefusedError, ArchivingError, DeadlineError
from sources.archiving.harvest import Role
from sources.archiving.policy import FetchPolicy
from sources.archiving.video.conversation import ExtractorCrashedError
from sources.archiving.video.method import archive_media
from tests.way_out import allowed, way_out
from tests.webserver import Server, redirect, response

from ..harvesting import files
from ..pages import english
from .conftest import Archive
from .stage import hls, serve

PLAYLIST = "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{}\n#EXT-X-ENDLIST\n"
HLS_TYPE = "application/vnd.apple.mpegurl"


class Canary(Server):
    """A server on loopback that the way out does not allow; it answers if it is reached all the same."""

    def __init__(self) -> None:
        super().__init__()
        way_out().allowed.discard(("127.0.0.1", self.port))
        self.routes["/"] = self.routes["/clip.mp4"] = response(b"\x00" * 4096, media_type="video/mp4")


@pytest.fixture
def canary() -> Iterator[Canary]:
    running = Canary()
    yield running
    running.close()


def lead_to(server: Server, url: str, way: str) -> str:
    """Serve something that makes a downloader ask for ``url``; the path to begin at."""
    server.routes["/playlist.m3u8"] = response(PLAYLIST.format(url).encode(), media_type=HLS_TYPE)
    server.routes["/redirect"] = redirect(url)
    server.routes["/embed"] = response(english(body=f'<video src="{url}"></video>'))
    server.routes["/embed-redirect"] = response(english(body='<video src="/redirect"></video>'))
    frame = f'<video><source src="{url}" type="application/x-mpegurl"></video>'
    server.routes["/embed-playlist"] = response(english(body=frame))
    key = f'#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXT-X-KEY:METHOD=AES-128,URI="{url}"\n#EXTINF:1,\nx.ts\n#EXT-X-ENDLIST\n'
    server.routes["/key.m3u8"] = response(key.encode(), media_type=HLS_TYPE)
    server.routes["/x.ts"] = response(b"G" * 188 * 16, media_type="video/mp2t")
    return way


WAYS = ("/playlist.m3u8", "/redirect", "/embed", "/embed-redirect", "/embed-playlist", "/key.m3u8")


@pytest.mark.parametrize("way", WAYS)
def test_no_way_leads_to_an_address_that_is_not_public(
    server: Server, canary: Canary, archive: Archive, way: str
) -> None:
    path = lead_to(server, canary.url("/clip.mp4"), way)
    try:
        harvest = archive(path)
    except ArchivingError:
        pass
    else:
        assert harvest.verdict != "complete"
    assert canary.requests == []


@pytest.mark.parametrize("way", WAYS)
def test_the_canary_sings_when_it_is_allowed(
    server: Server, canary: Canary, archive: Archive, way: str
) -> None:
    """The control case: the same ways do lead there once the way out lets them."""
    path = lead_to(server, canary.url("/clip.mp4"), way)
    # Its bytes are no video; that it was asked for them is the point.
    with allowed("127.0.0.1", canary.port), suppress(ArchivingError):
        archive(path)
    assert canary.requests != []


@pytest.mark.parametrize("url", ["http://169.254.169.254/latest", "http://[::1]/x", "http://10.0.0.1/x"])
def test_addresses_that_are_not_public_are_refused(archive: Archive, server: Server, url: str) -> None:
    with pytest.raises(AddressRefusedError):
        archive(lead_to(server, url, "/redirect"))


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "concat:/etc/passwd|/etc/hosts", "data:text/plain,root:"]
)
def test_a_playlist_cannot_name_files_of_the_machine(server: Server, archive: Archive, url: str) -> None:
    path = lead_to(server, url, "/playlist.m3u8")
    try:
        kept = files(archive(path), Role.MEDIUM)
    except ArchivingError:
        kept = []
    secrets = Path("/etc/passwd").read_bytes()[:40]
    assert not any(secrets in file.path.read_bytes() for file in kept)


def endless(connection: socket.socket) -> None:
    """A video without end."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\n\r\n\x00\x00\x00\x18ftypisom")
    while True:
        connection.sendall(b"\x00" * 65536)


def test_an_endless_file_ends_at_the_ceiling(server: Server, archive: Archive, policy: FetchPolicy) -> None:
    server.routes["/"] = response(english(body='<video src="/endless.mp4"></video>'))
    server.routes["/endless.mp4"] = endless
    harvest = archive(policy=replace(policy, body_bytes=200_000))
    (medium,) = files(harvest, Role.MEDIUM)
    assert (harvest.verdict, harvest.may_retry, medium.size) == ("truncated", False, 200_000)


def endless_page(connection: socket.socket) -> None:
    """A page without end."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<!doctype html>")
    while True:
        connection.sendall(b"<p>more" * 10_000)


def test_an_endless_page_ends_at_the_ceiling(server: Server, archive: Archive, policy: FetchPolicy) -> None:
    server.routes["/"] = endless_page
    assert archive(policy=replace(policy, body_bytes=200_000)).verdict == "truncated"


def test_an_endless_fragment_ends_at_the_ceiling(
    server: Server, archive: Archive, policy: FetchPolicy, tmp_path: Path
) -> None:
    serve(server, hls(tmp_path / "made"))
    server.routes["/list1.ts"] = endless
    harvest = archive("/list.m3u8", policy=replace(policy, body_bytes=300_000))
    assert (harvest.verdict, harvest.may_retry) == ("truncated", False)
    assert harvest.reasons[0].endswith("was cut off: length")


def test_an_endless_file_that_only_yt_dlp_gets_ends_at_the_ceiling(
    server: Server, archive: Archive, policy: FetchPolicy
) -> None:
    def choose(connection: socket.socket) -> None:
        if b"Sightline" in server.requests[-1]:
            connection.sendall(response(status="403 Forbidden"))
        else:
            endless(connection)

    server.routes["/"] = response(english(body='<video src="/endless.mp4"></video>'))
    server.routes["/endless.mp4"] = choose
    harvest = archive(policy=replace(policy, body_bytes=200_000))
    (medium,) = files(harvest, Role.MEDIUM)
    assert (harvest.verdict, harvest.may_retry, medium.size) == ("truncated", False, 200_000)
    assert harvest.reasons == ("0.video.0 was cut off: length",)


def keep_waiting(server: Server) -> None:
    """Say nothing until the test is over."""
    server.stopping.wait(60)


def test_the_deadline_keeps_what_was_there(server: Server, archive: Archive, tmp_path: Path) -> None:
    serve(server, hls(tmp_path / "made"))
    server.routes["/list1.ts"] = lambda _: keep_waiting(server)
    harvest = archive("/list.m3u8", seconds=8.0)
    (medium,) = files(harvest, Role.MEDIUM)
    assert (harvest.verdict, harvest.may_retry) == ("truncated", True)
    assert medium.path.read_bytes() == (tmp_path / "made" / "list0.ts").read_bytes()


def test_the_deadline_ends_the_search(server: Server, archive: Archive) -> None:
    server.routes["/"] = response(english())
    with pytest.raises(DeadlineError):
        archive(seconds=0.4)


def downloaders() -> list[psutil.Process]:
    """The processes of this test that run yt-dlp. Of what has ended, and others left to be waited for, none does."""
    return [child for child in psutil.Process().children(recursive=True) if _downloads(child)]


def _downloads(process: psutil.Process) -> bool:
    try:
        return "sources.archiving.video.child" in process.cmdline()
    except psutil.Error:
        return False


def test_nothing_of_the_process_is_left(server: Server, archive: Archive, tmp_path: Path) -> None:
    serve(server, hls(tmp_path / "made"))
    archive("/list.m3u8")
    assert downloaders() == []


def test_a_killed_process_is_a_temporary_error(server: Server, archive: Archive, tmp_path: Path) -> None:
    asked = threading.Event()

    def stall(_: socket.socket) -> None:
        if not asked.is_set():
            asked.set()
            for process in downloaders():
                os.kill(process.pid, signal.SIGKILL)

    serve(server, hls(tmp_path / "made"))
    first = server.routes["/list.m3u8"]
    answers = iter([first])
    server.routes["/list.m3u8"] = lambda connection: (
        connection.sendall(bytes(answer)) if (answer := next(answers, b"")) else stall(connection)  # type: ignore[arg-type]  # bytes here
    )
    with pytest.raises(ExtractorCrashedError) as caught:
        archive("/list.m3u8")
    assert not caught.value.permanent


def test_whoever_cancels_is_heard_while_yt_dlp_works(
    server: Server, policy: FetchPolicy, workdir: Path, tmp_path: Path
) -> None:
    class CancelledError(Exception):
        """What a caller raises that has lost interest."""

    def cancel(stage: str, done: int, total: int) -> None:
        if stage == "video":
            raise CancelledError

    serve(server, hls(tmp_path / "made"))
    with pytest.raises(CancelledError):
        archive_media(
            server.url("/list.m3u8"),
            policy=policy,
            workdir=workdir,
            deadline=Deadline.after(60),
            on_progress=cancel,
        )
    assert downloaders() == []

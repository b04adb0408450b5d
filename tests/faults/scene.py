"""The scene of the fault tests: a slow site, captures of its pages, and the processes that carry them out."""

from __future__ import annotations

import socket
import time
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.db.models import PROTECT

from osint.models import ENDED, Change, JobState
from sources import storage
from sources.address_lists import numbered
from sources.models import Capture, CaptureBatch, Examination, StoredFile
from sources.services.batches import submit_batch
from sources.services.captures import request_capture
from tests import cast
from tests.processes import Celery, beat, wait_until, worker
from tests.webserver import Server, response

PAGE = (
    b"<!doctype html><html lang=en><title>Page %d</title><p>%s</p><video src='/video-%d.mp4'></video></html>"
)
WORDS = b"The launcher was seen again on the roof of the same building by the river. " * 10
PIECES = 20


def slow_video(number: int) -> bytes:
    """Bytes that look like an MP4 and differ from page to page."""
    return b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + number.to_bytes(4, "big") * 50_000


def dribble(body: bytes, pause: float) -> object:
    """An answer that takes a while, so that kills fall into the middle of downloads."""

    def answer(to: socket.socket) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nContent-Length: {len(body)}\r\n\r\n"
        to.sendall(head.encode())
        size = len(body) // PIECES + 1
        for start in range(0, len(body), size):
            to.sendall(body[start : start + size])
            time.sleep(pause)  # the server's slowness is the scene, no test waits by it

    return answer


class Scene:
    """A slow site with pages to capture, and the environment of the workers that capture them."""

    def __init__(self, server: Server, environment: dict[str, str], folder: Path) -> None:
        self.server = server
        self.folder = folder
        self.environment = {
            **environment,
            "CAPTURE_LEASE_SECONDS": "2",
            "CAPTURE_SWEEP_SECONDS": "0.5",
            "CAPTURE_RETRY_SECONDS": "1",
        }
        self.team = cast.team()

    def serve(self, count: int, pause: float = 0.0, first: int = 0) -> list[str]:
        """Addresses of `count` pages, each with a video that takes 20 pauses to download."""
        for number in range(first, first + count):
            self.server.routes[f"/page-{number}"] = response(PAGE % (number, WORDS, number))
            self.server.routes[f"/video-{number}.mp4"] = dribble(slow_video(number), pause)  # type: ignore[assignment]  # a callable answer
        return [self.server.url(f"/page-{number}") for number in range(first, first + count)]

    def ask(self, count: int, pause: float, first: int = 0) -> list[Capture]:
        """Ask for `count` such pages to be captured."""
        pages = [cast.publication(self.team, url) for url in self.serve(count, pause, first)]
        return [request_capture(page, actor=self.team.researcher) for page in pages]

    def batch(self, urls: list[str]) -> CaptureBatch:
        """Hand in the addresses as one list."""
        return submit_batch(self.team.case, actor=self.team.researcher, lines=numbered(urls))

    def worker(self, children: int = 2) -> Celery:
        """A worker with so many children."""
        return worker(self.environment, self.folder / "worker.log", children)

    def beat(self) -> Celery:
        """The clock that makes the sweeper sweep."""
        return beat(self.environment, self.folder / "beat.log", self.folder / "schedule")


def states(captures: list[Capture]) -> list[str]:
    """The states that the captures are in now."""
    found = Capture.objects.filter(pk__in=[capture.pk for capture in captures])
    return list(found.values_list("state", flat=True))


def leased(captures: list[Capture]) -> int:
    """How many of them are being carried out."""
    return states(captures).count(JobState.LEASED)


def all_ended(captures: list[Capture]) -> bool:
    """Whether nothing more will happen to any of them."""
    return set(states(captures)) <= ENDED


def ends_of(capture: Capture) -> list[str]:
    """What the record of changes says became of the capture."""
    ends = Change.objects.filter(subject_id=capture.pk).exclude(action="capture.requested")
    return list(ends.values_list("action", flat=True))


def assert_each_succeeded_once(captures: list[Capture]) -> None:
    """Each has one end on record, one web archive, and its own video byte for byte."""
    assert set(states(captures)) == {JobState.SUCCEEDED}
    for capture in captures:
        number = int(capture.url.rpartition("-")[2])
        assert ends_of(capture) == ["capture.succeeded"]
        assert capture.kept.get(role="medium").file.sha256 == sha256(slow_video(number)).hexdigest()
        assert capture.kept.filter(role="wacz").count() == 1


def all_examined() -> bool:
    return not Examination.objects.exclude(state__in=ENDED).exists()


def strays() -> list[str]:
    """What no row knows, rows that nothing refers to or that miss their bytes, and work left over."""
    known = set(StoredFile.objects.values_list("sha256", flat=True))
    kept = set(storage.kept_digests())
    relations = [link.name for link in StoredFile._meta.related_objects if link.on_delete is PROTECT]
    unreferenced = StoredFile.objects.filter(**{f"{name}__isnull": True for name in relations})
    left_over = [
        *Path(settings.WORK_ROOT).glob("*"),
        *Path(settings.ARCHIVE_ROOT, storage.INCOMING).glob("*"),
    ]
    return [
        *(f"bytes without a row: {digest}" for digest in kept - known),
        *(f"row without bytes: {digest}" for digest in known - kept),
        *(f"unreferenced: {file.media_type}, until {file.reserved_until}" for file in unreferenced),
        *(f"left over: {path}" for path in left_over),
    ]


def nothing_stray() -> bool:
    """Every file has a row that something refers to, every row its file, and no work is left over."""
    return not strays()


def settle(scene: Scene, captures: list[Capture], children: int = 2) -> None:
    """Let a worker and the clock run until everything has ended and been tidied up."""
    with scene.worker(children), scene.beat():
        wait_until(lambda: all_ended(captures), "every job has ended", 120)
        wait_until(all_examined, "everything that was kept is examined", 180)
        wait_until(nothing_stray, lambda: f"nothing stray is left, but there is {strays()}")

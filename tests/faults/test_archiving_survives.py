"""Workers are killed, Redis forgets, messages come five times: every job ends, once, and nothing is left over."""

from __future__ import annotations

import random
import socket
import threading
import time
from collections.abc import Iterator
from functools import partial
from hashlib import sha256
from pathlib import Path

import pytest
import redis
from django.conf import settings

from osint.models import ENDED, Change, JobState
from sources import storage
from sources.models import Capture, StoredFile
from sources.services.captures import request_capture
from sources.tasks import archive_capture
from tests import cast
from tests.processes import Celery, beat, wait_until, worker
from tests.webserver import Server, response

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]

KILLS = 10
QUEUED = 50
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
            "ALLOWED_LOOPBACK": f"127.0.0.1:{server.port}",
            "CAPTURE_LEASE_SECONDS": "2",
            "CAPTURE_SWEEP_SECONDS": "0.5",
            "CAPTURE_RETRY_SECONDS": "1",
        }
        self.team = cast.team()

    def ask(self, count: int, pause: float) -> list[Capture]:
        """Ask for `count` pages to be captured, each with a video that takes 20 pauses to download."""
        for number in range(count):
            self.server.routes[f"/page-{number}"] = response(PAGE % (number, WORDS, number))
            self.server.routes[f"/video-{number}.mp4"] = dribble(slow_video(number), pause)  # type: ignore[assignment]  # a callable answer
        pages = [cast.publication(self.team, self.server.url(f"/page-{number}")) for number in range(count)]
        return [request_capture(page, actor=self.team.researcher) for page in pages]

    def worker(self) -> Celery:
        return worker(self.environment, self.folder / "worker.log")

    def beat(self) -> Celery:
        return beat(self.environment, self.folder / "beat.log", self.folder / "schedule")


@pytest.fixture
def scene(child_environment: dict[str, str], tmp_path: Path) -> Iterator[Scene]:
    server = Server()
    yield Scene(server, child_environment, tmp_path)
    server.close()
    for digest in list(storage.kept_digests()):
        storage.drop(digest)


def states(captures: list[Capture]) -> list[str]:
    found = Capture.objects.filter(pk__in=[capture.pk for capture in captures])
    return list(found.values_list("state", flat=True))


def claims() -> int:
    """How often a job has been taken up so far."""
    return sum(Capture.objects.values_list("attempt", flat=True))


def claimed_since(before: int) -> bool:
    return claims() > before


def children_lost(count: int) -> bool:
    return Capture.objects.get().lost_children == count


def some_leased(captures: list[Capture]) -> bool:
    return JobState.LEASED in states(captures)


def all_ended(captures: list[Capture]) -> bool:
    return set(states(captures)) <= ENDED


def assert_each_succeeded_once(captures: list[Capture]) -> None:
    assert set(states(captures)) == {JobState.SUCCEEDED}
    for number, capture in enumerate(captures):
        ends = Change.objects.filter(subject_id=capture.pk).exclude(action="capture.requested")
        assert list(ends.values_list("action", flat=True)) == ["capture.succeeded"]
        assert capture.kept.get(role="medium").file.sha256 == sha256(slow_video(number)).hexdigest()
        assert capture.kept.filter(role="wacz").count() == 1


def nothing_stray() -> bool:
    """Every file has a row that something refers to, every row its file, and no work is left over."""
    known = set(StoredFile.objects.values_list("sha256", flat=True))
    unreferenced = StoredFile.objects.filter(kept_by=None, thumbnail_of=None)
    left_over = [
        *Path(settings.WORK_ROOT).glob("*"),
        *Path(settings.ARCHIVE_ROOT, storage.INCOMING).glob("*"),
    ]
    return set(storage.kept_digests()) == known and not unreferenced.exists() and not left_over


def settle(scene: Scene, captures: list[Capture]) -> None:
    """Let a worker and the clock run until everything has ended and been tidied up."""
    with scene.worker(), scene.beat():
        wait_until(lambda: all_ended(captures), "every job has ended", 120)
        wait_until(nothing_stray, "nothing stray is left")


def test_a_worker_killed_ten_times_loses_nothing(scene: Scene) -> None:
    captures = scene.ask(8, pause=0.15)
    moment = random.Random(20230119)
    with scene.beat():
        for _ in range(KILLS):
            before = claims()
            with scene.worker() as victim:
                wait_until(partial(claimed_since, before), "a download is under way")
                threading.Event().wait(
                    moment.uniform(0, 1.5)
                )  # not to pass by: where in the download it hits
                victim.kill()
    settle(scene, captures)
    assert_each_succeeded_once(captures)
    assert claims() >= len(captures) + KILLS


def test_what_redis_forgets_is_done_all_the_same(scene: Scene) -> None:
    captures = scene.ask(QUEUED, pause=0)
    with redis.Redis.from_url(settings.REDIS_URL) as broker:
        assert broker.llen("captures") == QUEUED
        broker.flushall()
    settle(scene, captures)
    assert_each_succeeded_once(captures)


def test_a_message_that_comes_five_times_is_carried_out_once(scene: Scene) -> None:
    captures = scene.ask(1, pause=0.01)
    for _ in range(5):
        archive_capture.delay(str(captures[0].pk))
    settle(scene, captures)
    assert_each_succeeded_once(captures)
    assert scene.server.asked("/page-0") == 1


def kill_children(program: Celery) -> None:
    for child in program.children():
        child.kill()


def test_a_killed_child_is_noticed_and_its_job_done_again(scene: Scene) -> None:
    captures = scene.ask(1, pause=0.1)
    with scene.worker() as program:
        wait_until(lambda: some_leased(captures), "the download is under way")
        kill_children(program)
        wait_until(partial(children_lost, 1), "the loss is noticed")
    settle(scene, captures)
    assert_each_succeeded_once(captures)


def test_a_job_that_keeps_killing_its_process_is_set_aside(scene: Scene) -> None:
    captures = scene.ask(1, pause=0.5)
    with scene.worker() as program, scene.beat():
        for lost in range(1, settings.CAPTURE_MAX_CRASHES + 1):
            wait_until(lambda: some_leased(captures), "the download is under way")
            kill_children(program)
            wait_until(partial(children_lost, lost), "the loss is noticed")
        wait_until(lambda: all_ended(captures), "the job is given up")
    assert states(captures) == [JobState.QUARANTINED]

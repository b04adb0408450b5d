"""Redis forgets, or is killed and comes back: what PostgreSQL holds is done all the same."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from django.conf import settings

from sources import bells
from sources.models import Priority
from tests.faults.scene import Scene, all_ended, assert_each_succeeded_once, leased, settle
from tests.processes import wait_until

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]

# Fifty tell as much of what is lost as two hundred, in a quarter of the time.
many = pytest.mark.parametrize("queued", [50, pytest.param(200, marks=pytest.mark.long)])


@pytest.fixture
def broker() -> Iterator[Any]:
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.flushall()
        yield client
        client.flushall()


@pytest.fixture(scope="session")
def revived() -> Iterator[list[subprocess.Popen[bytes]]]:
    """Servers that a test has started in place of one it killed; they serve the tests after it, too."""
    servers: list[subprocess.Popen[bytes]] = []
    yield servers
    for server in servers:
        server.kill()
        server.wait()


def answers(client: Any) -> bool:
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False


def kill_and_revive(client: Any, revived: list[subprocess.Popen[bytes]]) -> None:
    """End the server at once, as the kernel would, and start it again with the same configuration."""
    about = client.info("server")
    os.kill(about["process_id"], signal.SIGKILL)
    wait_until(lambda: not answers(client), "Redis is gone")
    for server in revived:
        server.wait()
    command = [about["executable"], about["config_file"]]
    revived.append(subprocess.Popen(command, stdout=subprocess.DEVNULL))
    wait_until(lambda: answers(client), "Redis is back")


@many
def test_what_redis_forgets_while_many_wait_and_four_run_is_done_all_the_same(
    scene: Scene, broker: Any, queued: int
) -> None:
    slow = scene.ask(4, pause=0.5)
    with scene.worker(children=4), scene.beat():
        wait_until(lambda: leased(slow) == 4, "four are under way")
        captures = slow + scene.ask(queued, pause=0, first=4)
        assert broker.llen(bells.ARCHIVE_QUEUE) >= queued - 4
        broker.flushall()
        wait_until(lambda: all_ended(captures), "every job has ended", 120)
    settle(scene, captures)
    assert_each_succeeded_once(captures)


@many
def test_redis_killed_while_many_are_asked_for_loses_none(
    scene: Scene, broker: Any, revived: list[subprocess.Popen[bytes]], queued: int
) -> None:
    captures = scene.ask(queued // 2, pause=0)
    with scene.worker(), scene.beat():
        kill_and_revive(broker, revived)
        captures += scene.ask(queued // 2, pause=0, first=queued // 2)
        wait_until(lambda: all_ended(captures), "every job has ended", 120)
    settle(scene, captures)
    assert_each_succeeded_once(captures)


def test_what_is_asked_for_while_redis_is_dead_is_done_once_it_is_back(
    scene: Scene, broker: Any, revived: list[subprocess.Popen[bytes]]
) -> None:
    about = broker.info("server")
    os.kill(about["process_id"], signal.SIGKILL)
    wait_until(lambda: not answers(broker), "Redis is gone")
    captures = scene.ask(3, pause=0)
    revived.append(subprocess.Popen([about["executable"], about["config_file"]], stdout=subprocess.DEVNULL))
    wait_until(lambda: answers(broker), "Redis is back")
    settle(scene, captures)
    assert_each_succeeded_once(captures)


def test_somebody_who_waits_is_served_before_a_thousand_of_a_list(scene: Scene, broker: Any) -> None:
    absent = "01890000-0000-7000-8000-000000000000"
    for _ in range(1000):
        bells.ring_archiver(absent, Priority.BULK)
    captures = scene.ask(1, pause=0)
    with scene.worker(children=1):
        wait_until(lambda: leased(captures) == 1 or all_ended(captures), "it is taken up")
        left = bells.archiver_bells()
        assert left is not None
        # Those that the worker had taken before it looked again, and no more.
        assert left > 900
        wait_until(lambda: all_ended(captures), "it has ended")
    assert_each_succeeded_once(captures)

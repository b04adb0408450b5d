"""Workers are killed, and messages come five times: every job ends, once, and nothing is left over."""

from __future__ import annotations

import random
import threading
from contextlib import ExitStack
from functools import partial

import pytest
from django.conf import settings

from osint.models import JobState
from sources.models import Capture
from sources.tasks import archive_capture
from tests.faults.scene import Scene, all_ended, assert_each_succeeded_once, leased, settle, states
from tests.processes import Celery, wait_until

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]


def claims() -> int:
    """How often a job has been taken up so far."""
    return sum(Capture.objects.values_list("attempt", flat=True))


def claimed_since(before: int) -> bool:
    return claims() > before


def children_lost(count: int) -> bool:
    return Capture.objects.get().lost_children == count


def kill_children(program: Celery) -> None:
    for child in program.children():
        child.kill()


@pytest.mark.parametrize("kills", [10, pytest.param(50, marks=pytest.mark.long)])
def test_a_worker_killed_again_and_again_loses_nothing(scene: Scene, kills: int) -> None:
    captures = scene.ask(8, pause=0.15)
    moment = random.Random(20230119)
    with scene.beat(), ExitStack() as running:
        following = running.enter_context(scene.worker())
        for _ in range(kills):
            victim, following = following, running.enter_context(scene.worker())
            before = claims()
            wait_until(
                lambda before=before: claimed_since(before) or all_ended(captures),  # type: ignore[misc]  # bound now
                "a download is under way",
            )
            # Not to pass by: where in the download it hits.
            threading.Event().wait(moment.uniform(0, 0.5))
            victim.kill()
    settle(scene, captures)
    assert_each_succeeded_once(captures)


def test_a_message_that_comes_five_times_at_once_is_carried_out_once(scene: Scene) -> None:
    captures = scene.ask(2, pause=0.02)
    for capture in captures:
        for _ in range(5):
            archive_capture.delay(str(capture.pk))
    settle(scene, captures, children=5)
    assert_each_succeeded_once(captures)
    assert [scene.server.asked(f"/page-{number}") for number in range(2)] == [1, 1]


def test_a_killed_child_is_noticed_and_its_job_done_again(scene: Scene) -> None:
    captures = scene.ask(1, pause=0.1)
    with scene.worker() as program:
        wait_until(lambda: leased(captures) == 1, "the download is under way")
        kill_children(program)
        wait_until(partial(children_lost, 1), "the loss is noticed")
    settle(scene, captures)
    assert_each_succeeded_once(captures)


def test_a_job_that_keeps_killing_its_process_is_set_aside(scene: Scene) -> None:
    captures = scene.ask(1, pause=0.5)
    with scene.worker() as program, scene.beat():
        for lost in range(1, settings.CAPTURE_MAX_CRASHES + 1):
            wait_until(lambda: leased(captures) == 1, "the download is under way")
            kill_children(program)
            wait_until(partial(children_lost, lost), "the loss is noticed")
        wait_until(lambda: all_ended(captures), "the job is given up")
    assert states(captures) == [JobState.QUARANTINED]

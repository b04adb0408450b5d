"""Long lists under load: paused, cancelled, and told apart from what somebody waits for."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from django.conf import settings as django_settings

from osint.models import Change, JobState
from sources import bells
from sources.models import Capture, CaptureBatch
from sources.services.batches import cancel_batch, pause_batch, resume_batch
from tests.faults.scene import Scene, all_ended, assert_each_succeeded_once, ends_of, nothing_stray, settle
from tests.processes import wait_until

pytestmark = [
    pytest.mark.faults,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(300),
    pytest.mark.long,
]

MANY = 10_000


def counts(batch: CaptureBatch) -> Counter[str]:
    return Counter(batch.captures.values_list("state", flat=True))


def test_a_list_cancelled_under_load_ends_whole_and_leaves_nothing(scene: Scene) -> None:
    batch = scene.batch(scene.serve(60, pause=0.02))
    captures = list(batch.captures.all())
    with scene.worker(), scene.beat():
        wait_until(
            lambda: counts(batch)["succeeded"] >= 3 and counts(batch)["leased"] >= 1, "it is under way"
        )
        cancel_batch(batch, actor=scene.team.researcher)
        assert all_ended(captures)
        wait_until(nothing_stray, "nothing stray is left")
    found = counts(batch)
    assert set(found) == {JobState.SUCCEEDED, JobState.CANCELLED}
    for capture in Capture.objects.filter(batch=batch):
        assert ends_of(capture) == [f"capture.{capture.state}"]
        assert capture.kept.exists() == (capture.state == JobState.SUCCEEDED)


def test_a_list_paused_under_load_stands_still_and_goes_on(scene: Scene) -> None:
    batch = scene.batch(scene.serve(30, pause=0.01))
    captures = list(batch.captures.all())
    with scene.worker(), scene.beat():
        wait_until(lambda: counts(batch)["succeeded"] >= 3, "it is under way")
        pause_batch(batch, actor=scene.team.researcher)
        wait_until(lambda: counts(batch)["leased"] == 0, "what ran has ended")
        standing = counts(batch)
        assert standing["queued"] > 0
        others = scene.ask(2, pause=0, first=100)
        wait_until(lambda: all_ended(others), "what somebody else waits for is done meanwhile")
        assert counts(batch) == standing
        resume_batch(batch, actor=scene.team.researcher)
        wait_until(lambda: all_ended(captures), "the rest is done", 120)
    settle(scene, captures + others)
    assert_each_succeeded_once(captures + others)


def test_ten_thousand_addresses_are_taken_fill_no_broker_and_are_cancelled(scene: Scene) -> None:
    urls = [scene.server.url(f"/absent/{number}") for number in range(MANY)]
    batch = scene.batch(urls)
    assert (batch.total, counts(batch)["queued"]) == (MANY, MANY)
    most = 0

    def some_carried_out() -> bool:
        nonlocal most
        held: Any = bells.archiver_bells()
        most = max(most, held)
        return counts(batch)["failed"] >= 5

    with scene.worker(), scene.beat():
        wait_until(some_carried_out, "some are carried out")
        cancel_batch(batch, actor=scene.team.researcher)
    assert 0 < most <= django_settings.CAPTURE_BELLS + 50
    found = counts(batch)
    assert set(found) <= {JobState.FAILED, JobState.CANCELLED}
    assert sum(found.values()) == MANY
    ends = Change.objects.filter(action__in=["capture.failed", "capture.cancelled"])
    assert ends.values("subject_id").distinct().count() == ends.count() == MANY

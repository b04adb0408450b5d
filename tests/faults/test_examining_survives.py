"""Workers are killed while they examine: every examination ends, once, and no process is left over."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # has no types of its own
import pytest

from osint.models import Change, JobState
from sources import storage
from sources.models import Examination, MediumFacts, PictureHash
from tests import cast
from tests.harvested import medium, page, picture, preserve_harvest
from tests.processes import beat, wait_until, worker

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]

KILLS = 3
PICTURES = 12


@pytest.fixture
def environment(child_environment: dict[str, str]) -> Iterator[dict[str, str]]:
    """Short leases, so that what a killed worker held is soon taken up."""
    yield {
        **child_environment,
        "CAPTURE_LEASE_SECONDS": "2",
        "CAPTURE_SWEEP_SECONDS": "0.5",
        "CAPTURE_RETRY_SECONDS": "1",
    }
    for digest in list(storage.kept_digests()):
        storage.drop(digest)


def examining() -> bool:
    return Examination.objects.filter(state=JobState.LEASED).exists()


def are_gone(family: list[psutil.Process]) -> bool:
    return not any(process.is_running() for process in family)


def test_a_worker_killed_while_it_examines_loses_nothing(environment: dict[str, str], tmp_path: Path) -> None:
    files = [medium(picture(seed)) for seed in range(PICTURES)]
    (tmp_path / "files").mkdir()
    capture = preserve_harvest(cast.team(), tmp_path / "files", page(), *files)
    family: list[psutil.Process] = []
    with beat(environment, tmp_path / "beat.log", tmp_path / "schedule"):
        for _ in range(KILLS):
            with worker(environment, tmp_path / "worker.log") as victim:
                wait_until(examining, "an examination is under way")
                family += victim.children()
                victim.kill()
            wait_until(partial(are_gone, family), "its processes are gone")
            Examination.objects.filter(state=JobState.LEASED).update(lease_until="2023-01-19T00:00:00Z")
        with worker(environment, tmp_path / "worker.log"):
            wait_until(lambda: Examination.objects.get().has_ended, "the examination has ended", 120)
    assert Examination.objects.get().state == JobState.SUCCEEDED
    assert (MediumFacts.objects.count(), PictureHash.objects.count()) == (PICTURES, PICTURES)
    assert capture.kept.filter(role="text").count() == 1
    assert Change.objects.filter(action="examination.succeeded").count() == 1

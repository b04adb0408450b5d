"""Disks fill up and fail: the job waits until they are well again, and nothing half-written stays behind."""

from __future__ import annotations

import errno
import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from osint.models import JobState
from sources import storage
from sources.archiving.recorder import HashingFile
from sources.models import Capture, StoredFile
from sources.services.captures import request_capture
from sources.services.files import collect_unreferenced
from sources.services.fixity import read_whole
from sources.services.preservation import preserve
from sources.storage import local as local_storage
from tests import cast
from tests.faults.one_capture import left_over
from tests.way_out import allowed
from tests.webserver import Server, response

pytestmark = [pytest.mark.faults]

ROOT = Path(__file__).resolve().parents[2]
PAGE = b"<!doctype html><html lang=en><title>A page</title><p>%s</p><video src='/video.mp4'></video></html>"
WORDS = b"The launcher was seen again on the roof of the same building by the river. " * 10
VIDEO = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + os.urandom(2_000_000)
NEVER = "2020-01-01T00:00Z"


@pytest.fixture
def server() -> Iterator[Server]:
    """A site with a page and a video of 2 MB."""
    running = Server()
    running.routes = {"/": response(PAGE % WORDS), "/video.mp4": response(VIDEO, media_type="video/mp4")}
    with allowed("127.0.0.1", running.port):
        yield running
    running.close()


@pytest.fixture
def asked(db: None, server: Server) -> Iterator[Capture]:
    """A capture that waits, and an archive that is empty before, whatever other tests left in it, and after."""
    empty_archive()
    team = cast.team()
    yield request_capture(cast.publication(team, server.url("/")), actor=team.researcher, method="http")
    empty_archive()


def empty_archive() -> None:
    for digest in list(storage.kept_digests()):
        storage.drop(digest)


def carried_out(capture: Capture) -> Capture:
    Capture.objects.filter(pk=capture.pk).update(not_before=timezone.now())
    preserve(capture.pk, worker="here")
    capture.refresh_from_db()
    return capture


def temporary_files() -> list[str]:
    return left_over(Path(settings.ARCHIVE_ROOT, storage.INCOMING), Path(settings.WORK_ROOT))


def findings() -> list[str]:
    return list(read_whole().checks.exclude(outcome="intact").values_list("outcome", flat=True))


def assert_well(capture: Capture) -> None:
    """The capture succeeds now, what earlier attempts reserved is collected, and archive and rows agree."""
    assert carried_out(capture).state == JobState.SUCCEEDED
    assert temporary_files() == []
    StoredFile.objects.update(reserved_until=NEVER)
    while collect_unreferenced():
        pass
    assert not StoredFile.objects.filter(stored_at=None).exists()
    assert set(storage.kept_digests()) == set(StoredFile.objects.values_list("sha256", flat=True))
    assert findings() == []


def failing(number: int, *, after: int = 0, then: Callable[..., Any] | None = None) -> Callable[..., Any]:
    """A call that fails with this error, once it has done what it is for `after` times."""
    calls = iter(range(after))

    def call(*args: Any, **options: Any) -> Any:
        if then is not None and next(calls, None) is not None:
            return then(*args, **options)
        raise OSError(number, os.strerror(number))

    return call


FAULTS = [
    ("write of what is fetched", HashingFile, "write", HashingFile.write),
    ("link into the archive", os, "link", os.link),
    ("fsync", os, "fsync", os.fsync),
    ("rename", Path, "rename", Path.rename),
    ("mkdir", Path, "mkdir", Path.mkdir),
]


@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC], ids=["EIO", "ENOSPC"])
@pytest.mark.parametrize("after", [0, 2])
@pytest.mark.parametrize(
    ("owner", "name", "real"), [fault[1:] for fault in FAULTS], ids=[f[0] for f in FAULTS]
)
def test_a_failing_call_puts_the_job_back_until_the_disk_is_well(
    asked: Capture, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, real: Any, after: int, number: int
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, failing(number, after=after, then=real))
        capture = carried_out(asked)
    assert (capture.state, capture.error_code) == (JobState.QUEUED, "storage_failed")
    assert capture.error_detail == os.strerror(number)
    assert temporary_files() == []
    assert findings() == []
    assert_well(asked)


@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC], ids=["EIO", "ENOSPC"])
def test_a_copy_that_fails_halfway_leaves_nothing(
    asked: Capture, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def half(file: storage.Arriving, path: Path) -> None:
        path.write_bytes(file.path.read_bytes()[: file.size // 2])
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(os, "link", failing(errno.EXDEV))
        patch.setattr(local_storage, "_copy", half)
        assert carried_out(asked).error_code == "storage_failed"
    assert temporary_files() == []
    assert_well(asked)


@cache
def can_mount() -> bool:
    """Whether file systems may be mounted here, for a process of our own alone."""
    try:
        mount = "mount -t tmpfs -o size=64k tmpfs /mnt"
        return not subprocess.run(
            ["unshare", "-m", "sh", "-c", mount], capture_output=True, check=False
        ).returncode
    except FileNotFoundError:
        return False


def in_a_child(capture: Capture, environment: dict[str, str], *, tiny: Path | None = None) -> dict[str, Any]:
    """Carry out the capture in another process, to which the folder `tiny` is a disk of 1 MB."""
    command = [sys.executable, "-m", "tests.faults.one_capture", str(capture.pk)]
    if tiny is not None:
        tiny.mkdir(parents=True, exist_ok=True)
        mount = f"mount -t tmpfs -o size=1m tmpfs {shlex.quote(str(tiny))}"
        command = ["unshare", "-m", "sh", "-c", f"{mount} && exec {shlex.join(command)}"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return said


PUT_BACK = {"state": "queued", "code": "storage_failed", "left": []}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("place", ["ARCHIVE_ROOT", "WORK_ROOT"])
def test_a_full_disk_puts_the_job_back_until_there_is_room(
    child_environment: dict[str, str], asked: Capture, place: str
) -> None:
    if not can_mount():
        pytest.skip("needs the right to mount a file system in a namespace of its own")
    assert in_a_child(asked, child_environment, tiny=Path(getattr(settings, place))) == PUT_BACK
    assert findings() == []
    assert_well(asked)


@pytest.mark.django_db(transaction=True)
def test_a_limit_on_the_size_of_files_puts_the_job_back_until_it_is_lifted(
    child_environment: dict[str, str], asked: Capture
) -> None:
    assert in_a_child(asked, {**child_environment, "FILE_LIMIT": "500000"}) == PUT_BACK
    assert_well(asked)

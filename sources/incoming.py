"""Bytes of uploads on their way in: one file an upload, appended to under a lock.

The lock is the file's own (`flock`), so it ends with the process that held it, however that ended. The file
serves as the lock of everything that happens to an upload: appending, completing, cancelling, clearing away.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import BufferedRandom
from pathlib import Path
from uuid import UUID

from django.conf import settings

from osint.errors import SightlineError

READ_ONLY = 0o400
NAME = re.compile(r"[0-9a-f]{32}")


class UploadBusyError(SightlineError):
    """Another request is writing to the upload at this moment."""

    code = "upload_busy"
    status = 423
    title = "Another request is sending this upload"


class UploadGoneError(SightlineError):
    """The upload has expired, or its bytes are no longer there: it has to begin anew."""

    code = "upload_gone"
    status = 410
    title = "This upload is no longer there"


def path_of(upload_id: UUID) -> Path:
    """Where the upload's bytes lie. Never made of a name that a person gave."""
    return Path(settings.UPLOAD_ROOT) / upload_id.hex


def create(upload_id: UUID) -> None:
    """Make the upload's empty file. Raises OSError."""
    path = path_of(upload_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(exist_ok=False)
    _sync_folder(path.parent)


@contextmanager
def opened(upload_id: UUID) -> Iterator[BufferedRandom]:
    """The upload's file, to read and write, for nobody else meanwhile. Raises UploadBusyError, UploadGoneError."""
    try:
        file = path_of(upload_id).open("r+b")
    except FileNotFoundError as error:
        raise UploadGoneError from error
    except PermissionError as error:  # sealed in this moment
        raise UploadBusyError from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UploadBusyError from error
        yield file


def rewind(file: BufferedRandom, length: int) -> None:
    """Drop what nobody was ever told of, so that writing goes on at `length` bytes. Raises UploadGoneError."""
    if file.seek(0, os.SEEK_END) < length:
        raise UploadGoneError(f"Expected {length} bytes on the disk, found {file.tell()}.")
    file.truncate(length)
    file.seek(length)


def sync(file: BufferedRandom) -> None:
    """Returns once what was written is on the disk."""
    file.flush()
    os.fsync(file.fileno())


def seal(upload_id: UUID) -> None:
    """From now on the bytes are evidence: nobody writes to them again."""
    path_of(upload_id).chmod(READ_ONLY)


def share(old: UUID, new: UUID) -> None:
    """Let another upload have the same bytes, without a copy. Raises UploadGoneError."""
    try:
        os.link(path_of(old), path_of(new))
    except FileNotFoundError as error:
        raise UploadGoneError from error


def drop(upload_id: UUID) -> None:
    """Remove the upload's bytes, if they are there."""
    path_of(upload_id).unlink(missing_ok=True)


def lying(idle: timedelta) -> list[UUID]:
    """The uploads whose bytes lie here, untouched for at least `idle`, whether the database knows them or not.

    A second name for bytes that are there counts as a touch, and leaves the time of the last writing as it was.
    """
    before = time.time() - idle.total_seconds()
    found = (path for path in Path(settings.UPLOAD_ROOT).glob("*") if NAME.fullmatch(path.name))
    return [UUID(hex=path.name) for path in found if path.stat().st_ctime < before]


def has_room(size: int) -> bool:
    """Whether so many more bytes fit on the disk."""
    root = Path(settings.UPLOAD_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    return shutil.disk_usage(root).free > size


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

"""Where preserved bytes lie: named by their content, written whole or not at all."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, storages

from osint.errors import SightlineError

CHUNK = 1024 * 1024

#: Where bytes are until all of them have arrived: in the archive, since a rename cannot cross file systems.
INCOMING = ".incoming"


class WrongBytesError(SightlineError):
    """What was read is not what its name says."""

    code = "wrong_bytes"
    status = 500
    title = "The bytes do not match their hash"


class AtomicFileSystemStorage(FileSystemStorage):
    """A file system that shows a file under its name only when all of it has reached the disk."""

    def _save(self, name: str, content: File[Any]) -> str:
        target = Path(self.path(name))
        target.parent.mkdir(parents=True, exist_ok=True)
        incoming = Path(self.path(INCOMING)) / uuid4().hex
        incoming.parent.mkdir(parents=True, exist_ok=True)
        try:
            with incoming.open("xb") as sink:
                for chunk in content.chunks(CHUNK):
                    sink.write(chunk)
                sink.flush()
                os.fsync(sink.fileno())
            incoming.rename(target)
            _sync_directory(target.parent)
        finally:
            incoming.unlink(missing_ok=True)
        return name


def archive() -> Any:
    """The storage of preserved files."""
    return storages["archive"]


def name_of(digest: str) -> str:
    """The name under which the bytes with this SHA-256 lie: two levels of folders keep each one small."""
    return f"{digest[:2]}/{digest[2:4]}/{digest}"


def keep(path: Path, digest: str) -> None:
    """Copy a local file into the archive under its SHA-256. Bytes already there are left alone.

    Raises WrongBytesError when the file is not what `digest` says: nothing is kept under a wrong name.
    """
    if hash_of(path) != digest:
        raise WrongBytesError(f"Expected SHA-256 {digest} of a file to be kept, found another.")
    if not archive().exists(name_of(digest)):
        with path.open("rb") as source:
            archive().save(name_of(digest), File(source))


def drop(digest: str) -> None:
    """Remove the bytes with this SHA-256, if they are there."""
    archive().delete(name_of(digest))


def read(digest: str) -> File[Any]:
    """Open preserved bytes for reading. Raises FileNotFoundError."""
    opened: File[Any] = archive().open(name_of(digest), "rb")
    return opened


def kept_digests() -> Iterator[str]:
    """The SHA-256 of everything that lies in the archive, whether the database knows it or not."""
    for path in sorted(Path(archive().location).glob("??/??/*")):
        yield path.name


def remove_abandoned(idle: timedelta) -> int:
    """Remove what killed writers left half-written, untouched for at least `idle`; returns how many."""
    before = time.time() - idle.total_seconds()
    abandoned = [
        path for path in Path(archive().location, INCOMING).glob("*") if path.stat().st_mtime < before
    ]
    for path in abandoned:
        path.unlink(missing_ok=True)
    return len(abandoned)


def hash_of(path: Path) -> str:
    """SHA-256 of a local file, in hex."""
    digest = sha256()
    with path.open("rb") as source:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _sync_directory(folder: Path) -> None:
    """A rename is on the disk only when its folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

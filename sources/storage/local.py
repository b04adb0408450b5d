"""The archive on a file system."""

from __future__ import annotations

import errno
import os
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage

from .base import CHUNK, Arriving, wrong_bytes

#: Where bytes are until all of them have arrived: in the archive, since a rename cannot cross file systems.
INCOMING = ".incoming"

#: File systems gather what is synced at the same time into one write of their journal.
SYNCED_AT_ONCE = 8

#: Another file system, or one that knows no links: then the bytes are copied.
UNLINKABLE = frozenset({errno.EXDEV, errno.EPERM, errno.EACCES, errno.EMLINK, errno.EOPNOTSUPP, errno.ENOSYS})

READ_ONLY = 0o444


class AtomicFileSystemStorage(FileSystemStorage):
    """A file system that shows a file under its name only when all of it has reached the disk.

    Files come in under a temporary name, as links to the local ones where that is possible. All of them are
    synced, then all renamed, then their folders synced: a power failure leaves each one whole under its name or
    absent, and once `keep` has returned, whole.
    """

    def keep(self, files: Sequence[Arriving], *, may_link: bool) -> None:
        """Keep the files. A copy is hashed on its way; of a link only the size is looked at.

        Raises OSError, WrongBytesError; then no temporary file stays.
        """
        staged: dict[Path, Path] = {}
        try:
            for file in files:
                target = Path(self.path(file.name))
                if not target.exists():
                    staged[self._staged(file, may_link)] = target
            self._settle(staged)
        finally:
            for path in staged:
                path.unlink(missing_ok=True)

    def names(self) -> Iterator[str]:
        """The names of everything in the archive, folder by folder, but what has not wholly arrived."""
        yield from _names_in(Path(self.location), "")

    def remove_abandoned(self, idle: timedelta) -> int:
        """Remove what killed writers left half-written, untouched for at least `idle`; returns how many."""
        before = time.time() - idle.total_seconds()
        abandoned = [path for path in Path(self.path(INCOMING)).glob("*") if _touched(path) < before]
        for path in abandoned:
            path.unlink(missing_ok=True)
        return len(abandoned)

    def probe(self) -> None:
        """Write a byte. Raises OSError."""
        folder = Path(self.location)
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"?")

    def _save(self, name: str, content: File[Any]) -> str:
        path = self._temporary()
        try:
            with path.open("xb") as sink:
                for chunk in content.chunks(CHUNK):
                    sink.write(chunk)
            self._settle({path: Path(self.path(name))})
        finally:
            path.unlink(missing_ok=True)
        return name

    def _temporary(self) -> Path:
        folder = Path(self.path(INCOMING))
        folder.mkdir(parents=True, exist_ok=True)
        return folder / uuid4().hex

    def _staged(self, file: Arriving, may_link: bool) -> Path:
        path = self._temporary()
        try:
            if not (may_link and _linked(file.path, path)):
                _copy(file, path)
            _require_size(file, path)
            path.chmod(READ_ONLY)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return path

    def _settle(self, staged: dict[Path, Path]) -> None:
        if not staged:
            return
        _sync_all(staged)
        for path, target in staged.items():
            target.parent.mkdir(parents=True, exist_ok=True)
            path.rename(target)
        _sync_all(self._folders_of(staged.values()))

    def _folders_of(self, targets: Iterable[Path]) -> set[Path]:
        """The folders up to the archive's own: a name is on the disk only when its folder is."""
        folders = {Path(self.location)}
        for target in targets:
            folder = target.parent
            while folder not in folders:
                folders.add(folder)
                folder = folder.parent
        return folders


def _sync_all(paths: Iterable[Path]) -> None:
    for _ in _syncers(os.getpid()).map(_sync, paths):
        pass  # to hear of errors


@cache
def _syncers(process: int) -> ThreadPoolExecutor:
    """The threads of this process that wait for the disk; a child that was forked off has none of its parent's."""
    return ThreadPoolExecutor(SYNCED_AT_ONCE, thread_name_prefix="sync")


def _linked(source: Path, path: Path) -> bool:
    try:
        os.link(source, path)
    except OSError as error:
        if error.errno not in UNLINKABLE:
            raise
        return False
    return True


def _copy(file: Arriving, path: Path) -> None:
    digest = sha256()
    with file.path.open("rb") as source, path.open("xb") as sink:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            sink.write(chunk)
    if (found := digest.hexdigest()) != file.sha256:
        raise wrong_bytes(file, found)


def _require_size(file: Arriving, path: Path) -> None:
    if (size := path.stat().st_size) != file.size:
        raise wrong_bytes(file, f"{size} bytes")


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _touched(path: Path) -> float:
    """When the file came in, in seconds since 1970: a link is as old as its inode's last change, not its content."""
    try:
        return path.stat().st_ctime
    except FileNotFoundError:
        return time.time()


def _names_in(folder: Path, prefix: str) -> Iterator[str]:
    try:
        with os.scandir(folder) as entries:
            ordered = sorted(entries, key=lambda entry: entry.name)
    except FileNotFoundError:
        return
    for entry in ordered:
        name = prefix + entry.name
        if not entry.is_dir(follow_symlinks=False):
            yield name
        elif name != INCOMING:
            yield from _names_in(folder / entry.name, f"{name}/")

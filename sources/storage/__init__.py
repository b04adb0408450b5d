"""Where preserved bytes lie: named by their content, written whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

from django.core.files.base import File
from django.core.files.storage import storages

from .base import Archive, Arriving, WrongBytesError, digest_in, frame_name_of, hash_of, name_of
from .local import INCOMING

__all__ = [
    "INCOMING",
    "Arriving",
    "WrongBytesError",
    "archive",
    "digest_in",
    "drop",
    "frame_name_of",
    "hash_of",
    "keep",
    "keep_all",
    "kept_digests",
    "kept_names",
    "name_of",
    "read",
    "read_frame",
    "remove_abandoned",
]


def archive() -> Archive:
    """The storage of preserved files."""
    return cast(Archive, storages["archive"])


def keep(path: Path, digest: str) -> None:
    """Copy a local file into the archive under its SHA-256. Bytes already there are left alone.

    Raises OSError, and WrongBytesError when the file is not what `digest` says: nothing is kept under a wrong name.
    """
    archive().keep([Arriving(path, name_of(digest), digest, path.stat().st_size)], may_link=False)


def keep_all(files: Sequence[Arriving]) -> None:
    """Take local files into the archive, for good when this returns. Nobody must write to them any more.

    Where archive and files share a file system they share the bytes too, and the hashes, which were made while the
    bytes came in, are believed. Raises OSError, WrongBytesError.
    """
    archive().keep(files, may_link=True)


def drop(digest: str) -> None:
    """Remove the bytes with this SHA-256, or the frame of the file with it, if they are there."""
    for name in (name_of(digest), frame_name_of(digest)):
        archive().delete(name)


def read(digest: str) -> File[Any]:
    """Open preserved bytes for reading. Raises FileNotFoundError.

    A spliced file is not in one piece; `sources.services.files.open_stored` reads any.
    """
    opened: File[Any] = archive().open(name_of(digest))
    return opened


def read_frame(digest: str) -> File[Any]:
    """Open what of a spliced file lies under its own name. Raises FileNotFoundError."""
    opened: File[Any] = archive().open(frame_name_of(digest))
    return opened


def kept_names() -> Iterator[str]:
    """The names of everything that lies in the archive, whether the database knows it or not."""
    return archive().names()


def kept_digests() -> Iterator[str]:
    """The SHA-256 of everything that lies in the archive."""
    return map(digest_in, kept_names())


def remove_abandoned(idle: timedelta) -> int:
    """Remove what killed writers left half-written, untouched for at least `idle`; returns how many."""
    return archive().remove_abandoned(idle)

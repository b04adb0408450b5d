"""Looking at a picture that somebody only wants to search with: nothing of it is kept."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from django.conf import settings
from django.core.exceptions import ValidationError

from osint.errors import BusyError
from sources.archiving.examining.examiner import Examiner
from sources.archiving.examining.tasks import Examined, Kind, Look, Task

#: So many at once in a process: each is a process of its own with a picture in its memory.
_turns = threading.BoundedSemaphore(2)
PATIENCE_SECONDS = 2.0


class Picture(Protocol):
    """What a request brings: a size in bytes, and the bytes in pieces."""

    size: int | None

    def chunks(self) -> Iterable[bytes]:
        """The bytes."""


def look_at(picture: Picture) -> list[Look]:
    """How the picture looks, for `find_alike`.

    Raises ValidationError for the field `picture` (`picture_too_large`, `picture_unreadable`, `picture_too_plain`),
    ExaminerError, BusyError where others wait already.
    """
    if (picture.size or 0) > settings.PICTURE_SEARCH_MAX_BYTES:
        megabytes = settings.PICTURE_SEARCH_MAX_BYTES // 1024**2
        raise _refused("picture_too_large", f"Choose a picture of at most {megabytes} MB.")
    with TemporaryDirectory(prefix="sightline-") as folder, _turn():
        examined = _examined(picture, Path(folder).resolve())
    if examined.width is None:
        raise _refused("picture_unreadable", f"This is no picture that can be read: {examined.note}.")
    if not examined.looks:
        message = "There is too little to see in this picture for it to be told from others."
        raise _refused("picture_too_plain", message)
    return list(examined.looks)


@contextmanager
def _turn() -> Iterator[None]:
    """Its turn. Not for long: whoever waits here keeps a thread from answering everybody else. Raises BusyError."""
    if not _turns.acquire(timeout=PATIENCE_SECONDS):
        raise BusyError("Other pictures are being searched for at this moment. Try again in a minute.")
    try:
        yield
    finally:
        _turns.release()


def _examined(picture: Picture, folder: Path) -> Examined:
    path, results = folder / "picture", folder / "results"
    results.mkdir()
    with path.open("xb") as sink:
        for chunk in picture.chunks():
            sink.write(chunk)
    with Examiner() as examiner:
        return examiner.examine(Task(Kind.LOOK, path, results, media_type=""))


def _refused(code: str, message: str) -> ValidationError:
    return ValidationError({"picture": ValidationError(message, code=code)})

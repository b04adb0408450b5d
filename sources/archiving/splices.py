"""Files of which some stretches lie elsewhere: written without copying those, read as if they were whole."""

from __future__ import annotations

import hashlib
import io
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from .harvest import Splice

PIECE = 1024 * 1024
BUFFER = 128 * 1024
#: The frame is come back to between any two parts.
OPEN_AT_ONCE = 2


@dataclass(frozen=True)
class Body:
    """Bytes that lie in a file of their own, all of it. ``size`` in bytes, ``sha256`` in hex."""

    path: Path
    sha256: str
    size: int
    media_type: str


class SplicedWriter:
    """A new file at ``path`` that leaves out the bodies spliced into it; positions are those of the whole.

    Does what ``zipfile`` wants of a file. What was written may be overwritten after seeking back; a body goes to
    the end only.
    """

    def __init__(self, path: Path) -> None:
        self.splices: list[Splice] = []
        self._frame = path.open("xb")
        self._position = 0
        self._is_elsewhere = False

    def write(self, data: bytes) -> int:
        """Append or overwrite at the current position."""
        self._position += len(data)
        return len(data) if self._is_elsewhere else self._frame.write(data)

    def tell(self) -> int:
        """The position in the whole, in bytes."""
        return self._position

    def seek(self, position: int, whence: int = io.SEEK_SET) -> int:
        """Go to a position in the whole that was written before and lies in no body."""
        if whence != io.SEEK_SET:
            raise io.UnsupportedOperation("expected a position from the start")
        left_out = sum(splice.size for splice in self.splices if splice.offset < position)
        self._frame.seek(position - left_out)
        self._position = position
        return position

    def flush(self) -> None:
        """Hand what is buffered to the system."""
        self._frame.flush()

    @contextmanager
    def elsewhere(self, body: Body) -> Iterator[None]:
        """What is written within is ``body``, and is counted but not stored.

        Raises OSError when it is not as long as the body says: the file changed under our hands.
        """
        start = self._position
        self._is_elsewhere = True
        try:
            yield
        finally:
            self._is_elsewhere = False
        if self._position - start != body.size:
            raise OSError(f"expected a body of {body.size} bytes, got {self._position - start}")
        self.splices.append(Splice(start, body.sha256, body.size, body.path, body.media_type))

    def close(self) -> None:
        """Close the file; the splices stay readable."""
        self._frame.close()


Opener = Callable[[], BinaryIO]


@dataclass(frozen=True)
class Stretch:
    """``size`` bytes of the whole from ``start`` on are those of ``source`` from ``offset`` on."""

    start: int
    size: int
    source: Opener
    offset: int


class SplicedReader(io.RawIOBase):
    """A spliced file as one seekable file. Sources are opened when they are first read, and few at once."""

    def __init__(self, stretches: Sequence[Stretch]) -> None:
        self._stretches = list(stretches)
        self._starts = [stretch.start for stretch in self._stretches]
        self._size = self._starts[-1] + self._stretches[-1].size if self._stretches else 0
        self._position = 0
        self._opened: dict[Opener, BinaryIO] = {}

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, position: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        if base + position < 0:
            raise ValueError(f"expected a position in the file, got {base + position}")
        self._position = base + position
        return self._position

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # no other buffer comes
        if self._position >= self._size:
            return 0
        stretch = self._stretches[bisect_right(self._starts, self._position) - 1]
        within = self._position - stretch.start
        source = self._open(stretch.source)
        source.seek(stretch.offset + within)
        data = source.read(min(len(buffer), stretch.size - within))
        if not data:
            raise OSError(f"expected {stretch.size - within} bytes more of a part, got none")
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)

    def close(self) -> None:
        while self._opened:
            self._opened.popitem()[1].close()
        super().close()

    def _open(self, source: Opener) -> BinaryIO:
        opened = self._opened.pop(source, None) or source()
        self._opened[source] = opened  # the end of the queue is for what was used last
        if len(self._opened) > OPEN_AT_ONCE:
            self._opened.pop(next(iter(self._opened))).close()
        return opened


def stretches_of(size: int, frame: Opener, parts: Sequence[tuple[int, int, Opener]]) -> list[Stretch]:
    """How a whole of ``size`` bytes is put together of its frame and its ``parts``: offset, size, opener each.

    Parts are in order of their offsets and do not overlap.
    """
    stretches: list[Stretch] = []
    position = in_frame = 0
    for offset, length, part in [*parts, (size, 0, frame)]:
        if between := offset - position:
            stretches.append(Stretch(position, between, frame, in_frame))
            in_frame += between
        if length:
            stretches.append(Stretch(offset, length, part, 0))
        position = offset + length
    return stretches


def open_spliced(size: int, frame: Opener, parts: Sequence[tuple[int, int, Opener]]) -> io.BufferedReader:
    """A whole of ``size`` bytes, seekable and buffered; ``parts`` as for ``stretches_of``."""
    return io.BufferedReader(SplicedReader(stretches_of(size, frame, parts)), BUFFER)


def open_frame(path: Path, size: int, splices: Sequence[Splice]) -> io.BufferedReader:
    """A whole that still lies in a work folder: its frame at ``path``, its parts where the splices say."""
    parts = [(splice.offset, splice.size, _opener(splice.path)) for splice in splices]
    return open_spliced(size, _opener(path), parts)


def sha256_of(file: BinaryIO) -> str:
    """SHA-256 (hex) of everything from the current position on."""
    digest = hashlib.sha256()
    while data := file.read(PIECE):
        digest.update(data)
    return digest.hexdigest()


def pieces_of(path: Path, size: int = PIECE) -> Iterator[bytes]:
    """A file's bytes in pieces of at most ``size`` bytes."""
    with path.open("rb") as file:
        while data := file.read(size):
            yield data


def _opener(path: Path) -> Opener:
    return lambda: path.open("rb")

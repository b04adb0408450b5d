"""Writing a response to disk while it arrives, hashing as it goes."""

from __future__ import annotations

import hashlib
from pathlib import Path
from types import TracebackType
from typing import Self

from .deadlines import ByteBudget
from .wire import Head, Piece


class HashingFile:
    """A new file that knows its length (bytes) and SHA-256 (hex)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.length = 0
        self._hash = hashlib.sha256()
        self._file = path.open("xb")

    def write(self, data: bytes) -> None:
        """Append ``data``."""
        self._file.write(data)
        self._hash.update(data)
        self.length += len(data)

    @property
    def sha256(self) -> str:
        """The digest of what was written so far."""
        return self._hash.hexdigest()

    def close(self) -> None:
        """Close the file; its facts stay readable."""
        self._file.close()


class Recorder:
    """One response: its entity body as a file, the framed body as another where they differ, and their digests.

    ``sha256`` (hex) and ``length`` (bytes) are those of the whole response as received, head and framing included.
    """

    def __init__(self, body: Path, head: Head, *, ceiling: int, budget: ByteBudget) -> None:
        self.body = HashingFile(body)
        self.framed = HashingFile(body.with_suffix(".framed")) if head.is_framed else None
        self.length = len(head.raw)
        self._hash = hashlib.sha256(head.raw)
        self._room = ceiling
        self._budget = budget

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for file in filter(None, (self.body, self.framed)):
            file.close()
            if error is not None:
                file.path.unlink()

    @property
    def sha256(self) -> str:
        """The digest of the response as received so far."""
        return self._hash.hexdigest()

    def add(self, piece: Piece) -> bool:
        """Record ``piece``; False if only part of it fitted under the ceiling or into the budget."""
        granted = self._budget.take(min(len(piece.data), self._room))
        self._room -= granted
        kept = piece.data[:granted]
        self.length += len(kept)
        self._hash.update(kept)
        if self.framed:
            self.framed.write(kept)
        if not piece.is_framing:
            self.body.write(kept)
        return granted == len(piece.data)

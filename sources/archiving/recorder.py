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
    """Two files for one response: everything as received, and the entity body alone."""

    def __init__(self, response: Path, body: Path, *, ceiling: int, budget: ByteBudget) -> None:
        self.response = HashingFile(response)
        self.body = HashingFile(body)
        self._room = ceiling
        self._budget = budget

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for file in (self.response, self.body):
            file.close()
            if error is not None:
                file.path.unlink()

    def add_head(self, head: Head) -> None:
        """Record status line and headers."""
        self.response.write(head.raw)

    def add(self, piece: Piece) -> bool:
        """Record ``piece``; False if only part of it fitted under the ceiling or into the budget."""
        granted = self._budget.take(min(len(piece.data), self._room))
        self._room -= granted
        kept = piece.data[:granted]
        self.response.write(kept)
        if not piece.is_framing:
            self.body.write(kept)
        return granted == len(piece.data)

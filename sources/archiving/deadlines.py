"""How long and how much one capture may take."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from .errors import DeadlineError


@dataclass(frozen=True)
class Deadline:
    """A moment on the monotonic clock (seconds) by which the work has to be over."""

    at: float

    @classmethod
    def after(cls, seconds: float) -> Deadline:
        """The deadline ``seconds`` from now."""
        return cls(time.monotonic() + seconds)

    def sooner(self, seconds: float) -> Deadline:
        """This deadline, or the one ``seconds`` from now if that comes first."""
        return Deadline(min(self.at, time.monotonic() + seconds))

    def remaining(self, at_most: float) -> float:
        """Seconds left, capped at ``at_most``.

        Raises DeadlineError when none is left: a timeout of zero would mean "do not block" to a socket.
        """
        left = self.at - time.monotonic()
        if left <= 0:
            raise DeadlineError("expected to finish before the deadline, but it has passed")
        return min(left, at_most)


class ByteBudget:
    """Bytes that the fetches of one capture share; safe to use from several threads."""

    def __init__(self, total: int) -> None:
        self._left = total
        self._lock = threading.Lock()

    def take(self, wanted: int) -> int:
        """How many of the ``wanted`` bytes may still be kept; they are then spent."""
        with self._lock:
            granted = min(wanted, self._left)
            self._left -= granted
        return granted

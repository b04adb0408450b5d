"""What went through the door: one JSON line a connection, and for a while the list of each user's own."""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict, deque
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import IO, Any

from ..errors import ArchivingError

USERS = 1000
PER_USER = 2000


@dataclass(eq=False)
class Entry:
    """One connection. ``up`` and ``down`` are bytes from and to the fetcher, times UTC.

    ``code`` is that of the error which ended it, None if nothing went wrong; ``ended`` is None while it is open.
    """

    user: str
    method: str
    host: str
    port: int
    address: str | None = None
    code: str | None = None
    detail: str = ""
    up: int = 0
    down: int = 0
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    ended: datetime | None = None

    def blame(self, error: ArchivingError) -> None:
        """Record what went wrong."""
        self.code, self.detail = error.code, error.detail

    def as_json(self) -> dict[str, Any]:
        """The entry as JSON-safe values."""
        times = {"started": self.started.isoformat(), "ended": self.ended and self.ended.isoformat()}
        return asdict(self) | times


class Journal:
    """Writes lines to ``out``; remembers the newest connections of the latest users, which may ask for theirs."""

    def __init__(self, out: IO[str], *, users: int = USERS, per_user: int = PER_USER) -> None:
        self._out = out
        self._users = users
        self._per_user = per_user
        self._open: set[Entry] = set()
        self._ended: OrderedDict[str, deque[Entry]] = OrderedDict()
        self._change = asyncio.Event()

    def begin(self, entry: Entry) -> None:
        """A connection is being made."""
        self._open.add(entry)

    def end(self, entry: Entry) -> None:
        """It is over: written down, and kept for its user unless told already."""
        entry.ended = datetime.now(UTC)
        if entry in self._open:
            self._open.remove(entry)
            self._keep(entry)
        self._change.set()
        self._out.write(json.dumps(entry.as_json()) + "\n")
        self._out.flush()

    async def take(self, user: str, patience: float) -> list[dict[str, Any]]:
        """The connections of ``user``, which are then forgotten here.

        Whoever asks has just closed theirs: for up to ``patience`` seconds they are given time to be over.
        """
        try:
            async with asyncio.timeout(patience):
                await self._settled(user)
        except TimeoutError:
            pass  # what is still open is told as it stands
        still_open = [entry for entry in self._open if entry.user == user]
        self._open.difference_update(still_open)
        found = [*self._ended.pop(user, ()), *still_open]
        return [entry.as_json() for entry in sorted(found, key=lambda entry: entry.started)]

    async def _settled(self, user: str) -> None:
        while any(entry.user == user for entry in self._open):
            self._change.clear()
            await self._change.wait()

    def _keep(self, entry: Entry) -> None:
        self._ended.setdefault(entry.user, deque(maxlen=self._per_user)).append(entry)
        self._ended.move_to_end(entry.user)
        while len(self._ended) > self._users:
            self._ended.popitem(last=False)

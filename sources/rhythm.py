"""When an original is looked at next: ever more rarely while nothing happens, soon again when something did."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import timedelta

SHORTEST = timedelta(days=1)
LONGEST = timedelta(days=64)
FIRST_RETRY = timedelta(hours=1)
LAST_RETRY = timedelta(days=8)

#: Looks that fell on one moment drift apart.
JITTER = 0.1


@dataclass(frozen=True)
class Rhythm:
    """The wait after the last answer, and how many looks in a row since then got none."""

    interval: timedelta = SHORTEST
    failures: int = 0

    def quiet(self) -> Rhythm:
        """Nothing new: 1, 2, 4 … up to 64 days."""
        return Rhythm(min(self.interval * 2, LONGEST))

    def news(self) -> Rhythm:
        """Something happened: back to one day."""
        return Rhythm()

    def silence(self) -> Rhythm:
        """No answer: tried again after 1, 2, 4 … hours up to 8 days, which the other waits do not depend on."""
        return Rhythm(self.interval, self.failures + 1)

    @property
    def wait(self) -> timedelta:
        """How long until the next look."""
        if not self.failures:
            return self.interval
        return min(FIRST_RETRY * (1 << min(self.failures - 1, 16)), LAST_RETRY)


def drifting(wait: timedelta) -> timedelta:
    """The wait, a little shorter or longer."""
    return wait * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311  # spreads load, guards nothing

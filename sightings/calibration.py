"""How often what a source said was borne out. Pure: counts in, shares and intervals out."""

from __future__ import annotations

import math
from dataclasses import dataclass

#: The 97.5 % point of the normal distribution: an interval that holds the truth 95 times in a hundred.
Z_95 = 1.959963984540054

#: With fewer decided claims there are counts and an interval, and no word on how good a source is.
FEWEST_TO_SAY = 8


@dataclass(frozen=True)
class Interval:
    """From `low` to `high`, both shares from 0 to 1."""

    low: float
    high: float


@dataclass(frozen=True)
class Record:
    """Decided claims that a source spoke about, each counted once, by what it said and what was decided."""

    supported_verified: int = 0
    supported_rejected: int = 0
    refuted_verified: int = 0
    refuted_rejected: int = 0
    #: Claims that it both supported and refuted: they say nothing of its judgement.
    divided: int = 0

    @property
    def right(self) -> int:
        """Claims decided as the source had it."""
        return self.supported_verified + self.refuted_rejected

    @property
    def decided(self) -> int:
        """All that count."""
        return self.right + self.supported_rejected + self.refuted_verified

    @property
    def is_enough(self) -> bool:
        """Whether there are enough to say something of the source."""
        return self.decided >= FEWEST_TO_SAY

    @property
    def share(self) -> float | None:
        """The share that was borne out; None where there are too few to say."""
        return self.right / self.decided if self.is_enough else None

    @property
    def interval(self) -> Interval | None:
        """Where the share lies in truth, with 95 % confidence; None where nothing was decided."""
        return wilson(self.right, self.decided) if self.decided else None

    @property
    def words(self) -> str:
        """The record for people; never a percentage of a handful."""
        if self.interval is None:
            return "nothing decided yet"
        found = f"{self.right} of {self.decided} borne out"
        between = f"95 % interval {_percent(self.interval.low)} to {_percent(self.interval.high)} %"
        return f"{found}; {between}" if self.is_enough else f"{found}; too few to say ({between})"


def wilson(successes: int, trials: int, z: float = Z_95) -> Interval:
    """The score interval of E. B. Wilson (1927) for a share, without correction for continuity.

    Raises ValueError unless 0 ≤ successes ≤ trials and there is a trial.
    """
    if not 0 <= successes <= trials or trials == 0:
        raise ValueError(f"expected 0 ≤ successes ≤ trials and a trial, got {successes} of {trials}")
    share, spread = successes / trials, z * z / trials
    centre = (share + spread / 2) / (1 + spread)
    reach = z * math.sqrt(share * (1 - share) / trials + spread / (4 * trials)) / (1 + spread)
    # At the ends the formula gives 0 and 1 exactly; the machine's arithmetic nearly does.
    low = 0.0 if successes == 0 else max(0.0, centre - reach)
    high = 1.0 if successes == trials else min(1.0, centre + reach)
    return Interval(low, high)


def _percent(share: float) -> int:
    return round(100 * share)

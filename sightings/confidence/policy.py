"""The choices behind the numbers, all of them, under one version. Whoever changes one changes the version.

The structure follows subjective logic (A. Jøsang, Subjective Logic, Springer 2016): evidence r and s for and against,
with the base rate 1/2 and the prior weight 2. The grades are those of the Admiralty code, the words those of ICD 203.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

MODEL = "root-discounted-fusion/1"

#: Evidence that a perfect item would carry: 3.5 lets the best single root come close to .80 and not beyond.
SCALE = 3.5

#: How much of an item's weight survives its source's grade. F, "cannot be judged", is neither worst nor middle.
RELIABILITY: Mapping[str, float] = MappingProxyType(
    {"A": 0.95, "B": 0.80, "C": 0.60, "D": 0.35, "E": 0.10, "F": 0.30}
)

#: How much survives its own grade. 6, "cannot be judged", gives no basis for weighing it.
CREDIBILITY: Mapping[int, float] = MappingProxyType({1: 0.90, 2: 0.75, 3: 0.45, 4: 0.15, 5: 0.0, 6: 0.0})

#: Within a cluster each further root counts by so much of the one before.
CLUSTER_DISCOUNT = 0.5

#: The prior weight W: evidence that counts as much as knowing nothing.
PRIOR_WEIGHT = 2.0
BASE_RATE = 0.5

#: Above so much uncertainty there is no word of likelihood.
INSUFFICIENT = 0.75

#: Upper bounds of the words. A bound belongs to the term nearer to one half.
WORDS_BELOW_HALF = ((0.05, "almost no chance"), (0.20, "very unlikely"), (0.45, "unlikely"))
WORDS_ABOVE_HALF = ((0.95, "almost certain"), (0.80, "very likely"), (0.55, "likely"))
EVEN = "roughly even chance"
NO_WORD = "insufficient information"

#: With fewer clusters than this on the leading side no word is stronger than these.
CLUSTERS_FOR_A_STRONG_WORD = 2
CAPS: Mapping[str, str] = MappingProxyType(
    {
        "almost certain": "likely",
        "very likely": "likely",
        "almost no chance": "unlikely",
        "very unlikely": "unlikely",
    }
)

#: Analytic confidence: at least so many clusters on the leading side, at most so much uncertainty and conflict.
CONFIDENCE_LEVELS = (("high", 3, 0.25, 0.2), ("moderate", 2, 0.45, 1.0))
LEAST_CONFIDENCE = "low"

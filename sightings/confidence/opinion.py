"""From evidence for and against to a probability, its word, and how much it can be relied upon."""

from __future__ import annotations

from dataclasses import dataclass

from .fusing import Fusion
from .policy import (
    BASE_RATE,
    CAPS,
    CLUSTERS_FOR_A_STRONG_WORD,
    CONFIDENCE_LEVELS,
    EVEN,
    INSUFFICIENT,
    LEAST_CONFIDENCE,
    NO_WORD,
    PRIOR_WEIGHT,
    WORDS_ABOVE_HALF,
    WORDS_BELOW_HALF,
)


@dataclass(frozen=True, slots=True)
class Opinion:
    """What follows from `support` and `refutation` with so many `clusters` on the leading side.

    `word` says how likely the claim is, `analytic_confidence` how well that is founded: two statements, never one.
    `is_capped` says that there are too few independent clusters for a strong word; `plain` is the word without it.
    """

    support: float
    refutation: float
    clusters: int
    belief: float
    disbelief: float
    uncertainty: float
    probability: float
    conflict: float
    word: str
    plain: str
    is_capped: bool
    analytic_confidence: str


def opinion_of(fusion: Fusion) -> Opinion:
    """The opinion that the fused evidence amounts to."""
    support, refutation = fusion.support, fusion.refutation
    leading = "supports" if support >= refutation else "refutes"
    return opinion_on(support, refutation, len(fusion.clusters[leading]))


def opinion_on(support: float, refutation: float, clusters: int) -> Opinion:
    """b = r/T, d = s/T, u = 2/T, P = (r + 1)/T with T = r + s + 2: subjective logic with base rate 1/2."""
    total = support + refutation + PRIOR_WEIGHT
    uncertainty = PRIOR_WEIGHT / total
    probability = (support + BASE_RATE * PRIOR_WEIGHT) / total
    strongest = max(support, refutation)
    conflict = min(support, refutation) / strongest if strongest else 0.0
    plain = plain_word(probability, uncertainty)
    is_capped = clusters < CLUSTERS_FOR_A_STRONG_WORD and plain != NO_WORD
    return Opinion(
        support,
        refutation,
        clusters,
        support / total,
        refutation / total,
        uncertainty,
        probability,
        conflict,
        CAPS.get(plain, plain) if is_capped else plain,
        plain,
        is_capped,
        _confidence(clusters, uncertainty, conflict),
    )


def plain_word(probability: float, uncertainty: float) -> str:
    """The word of ICD 203 for a probability, before the cap; none where next to nothing is known."""
    if uncertainty > INSUFFICIENT:
        return NO_WORD
    for bound, word in WORDS_BELOW_HALF:
        if probability < bound:
            return word
    for bound, word in WORDS_ABOVE_HALF:
        if probability > bound:
            return word
    return EVEN


def _confidence(clusters: int, uncertainty: float, conflict: float) -> str:
    for level, least_clusters, most_uncertainty, most_conflict in CONFIDENCE_LEVELS:
        if clusters >= least_clusters and uncertainty <= most_uncertainty and conflict <= most_conflict:
            return level
    return LEAST_CONFIDENCE

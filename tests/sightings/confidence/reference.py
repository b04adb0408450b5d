"""The specification once more, in exact fractions and without any thought of speed: what ours is held against."""

from __future__ import annotations

from fractions import Fraction

from sightings.confidence import Inputs, Item

RHO = {"A": "0.95", "B": "0.80", "C": "0.60", "D": "0.35", "E": "0.10", "F": "0.30"}
KAPPA = {1: "0.90", 2: "0.75", 3: "0.45", 4: "0.15", 5: "0", 6: "0"}


def evidence(inputs: Inputs) -> tuple[Fraction, Fraction]:
    """r and s."""
    return side(inputs, "supports"), side(inputs, "refutes")


def side(inputs: Inputs, stance: str) -> Fraction:
    total = Fraction(0)
    for cluster in set(inputs.clusters.values()):
        roots = [root for root in inputs.clusters if inputs.clusters[root] == cluster]
        total += halving([strongest(inputs, stance, root) * (1 - beta(inputs, root)) for root in roots])
    return total


def strongest(inputs: Inputs, stance: str, root: str, against: str | None = None) -> Fraction:
    weights = [
        weight(item) / len(item.roots)
        for item in inputs.items
        if item.stance == stance and root in item.roots and (against is None or against in item.undercuts)
    ]
    return max(weights, default=Fraction(0))


def weight(item: Item) -> Fraction:
    rho = min(Fraction(RHO[grade]) for grade in item.reliability_path)
    counted = 2 if (item.credibility, item.is_confirmed_here) == (1, True) else item.credibility
    return Fraction("3.5") * rho * Fraction(KAPPA[counted]) * Fraction(item.decay)


def beta(inputs: Inputs, root: str) -> Fraction:
    if root in inputs.invalidated_roots:
        return Fraction(1)
    q = Fraction(0)
    for cluster in set(inputs.clusters.values()):
        own = [each for each in inputs.clusters if inputs.clusters[each] == cluster]
        q += halving(
            [
                strongest(inputs, "undercuts", each, root)
                for each in own
                if each not in inputs.invalidated_roots
            ]
        )
    return q / (q + 2)


def halving(weights: list[Fraction]) -> Fraction:
    return sum((each / 2**rank for rank, each in enumerate(sorted(weights, reverse=True))), Fraction(0))

"""From items to evidence for and against: the best item of each root, discounted by undercuts, fused by clusters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .inputs import Inputs, Item
from .policy import CLUSTER_DISCOUNT, CREDIBILITY, PRIOR_WEIGHT, RELIABILITY, SCALE

Weights = dict[str, float]


@dataclass(frozen=True, slots=True)
class Fusion:
    """Evidence by root, before (`best`) and after undercuts (`left`), for each side; and by cluster.

    `discounts` is β of each root that is attacked: from 0, nothing is lost, to 1, everything is.
    """

    best: Mapping[str, Weights]
    discounts: Weights
    left: Mapping[str, Weights]
    clusters: Mapping[str, Weights]

    @property
    def support(self) -> float:
        """r, the evidence for the claim."""
        return sum(self.clusters["supports"].values(), 0.0)

    @property
    def refutation(self) -> float:
        """s, the evidence against it."""
        return sum(self.clusters["refutes"].values(), 0.0)


def fuse(inputs: Inputs) -> Fusion:
    """Fuse the items of one claim. Which of them comes first makes no difference."""
    sides: dict[str, list[Item]] = {"supports": [], "refutes": [], "undercuts": [], "neutral": []}
    for item in inputs.items:
        sides[item.stance].append(item)
    discounts = (
        _discounts(sides["undercuts"], inputs) if sides["undercuts"] or inputs.invalidated_roots else {}
    )
    best = {side: best_by_root(sides[side]) for side in ("supports", "refutes")}
    left = {side: _discounted(best[side], discounts) for side in best}
    clusters = {side: fused_by_cluster(left[side], inputs.clusters) for side in best}
    return Fusion(best, discounts, left, clusters)


def weight_of(item: Item) -> float:
    """e = 3.5 · ρ · κ · λ. The grade of the path is its worst: a relay adds no knowledge of its own."""
    path = item.reliability_path
    grade = RELIABILITY[path[0]] if len(path) == 1 else min(RELIABILITY[each] for each in path)
    credibility = 2 if item.is_confirmed_here and item.credibility == 1 else item.credibility
    return SCALE * grade * CREDIBILITY[credibility] * item.decay


def best_by_root(items: Iterable[Item]) -> Weights:
    """The greatest weight that an item gives to each root; an item of several roots gives each its share."""
    best: Weights = {}
    for item in items:
        weight = weight_of(item) / len(item.roots)
        for root in item.roots:
            if weight > best.get(root, 0.0):
                best[root] = weight
    return best


def fused_by_cluster(roots: Weights, clusters: Mapping[str, str]) -> Weights:
    """Evidence of each cluster: its roots, the strongest first, each further one counting half of the one before."""
    members: dict[str, list[float]] = {}
    for root, weight in roots.items():
        if weight > 0:
            members.setdefault(clusters[root], []).append(weight)
    return {cluster: _decaying_sum(weights) for cluster, weights in members.items()}


def undercutters_of(root: str, undercutting: Iterable[Item], inputs: Inputs) -> Weights:
    """What attacks `root`, by the attackers' own roots. Attacks on attacks are not weighed: a reviewer settles them."""
    attacking = best_by_root(item for item in undercutting if root in item.undercuts)
    return {own: weight for own, weight in attacking.items() if own not in inputs.invalidated_roots}


def _discounts(undercutting: list[Item], inputs: Inputs) -> Weights:
    """β = q / (q + 2) of each root that is attacked, 1 of each that a reviewer invalidated."""
    discounts: Weights = {}
    for root in {root for item in undercutting for root in item.undercuts}:
        attack = sum(fused_by_cluster(undercutters_of(root, undercutting, inputs), inputs.clusters).values())
        discounts[root] = attack / (attack + PRIOR_WEIGHT)
    return discounts | dict.fromkeys(inputs.invalidated_roots, 1.0)


def _discounted(roots: Weights, discounts: Weights) -> Weights:
    if not discounts:
        return roots
    return {root: weight * (1.0 - discounts.get(root, 0.0)) for root, weight in roots.items()}


def _decaying_sum(weights: list[float]) -> float:
    if len(weights) == 1:
        return weights[0]
    total, factor = 0.0, 1.0
    for weight in sorted(weights, reverse=True):
        total += factor * weight
        factor *= CLUSTER_DISCOUNT
    return total

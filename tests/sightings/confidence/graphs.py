"""Random claims with evidence: small enough to be followed, odd enough to matter. Each is known by its seed."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from sightings.confidence import Inputs, Item

STANCES = ("supports", "supports", "supports", "refutes", "refutes", "neutral", "undercuts")
SWAPPED = {"supports": "refutes", "refutes": "supports"}
GRADES = "ABCDEF"


def random_graph(seed: int) -> Inputs:
    """Up to nine items on up to six roots in up to four clusters."""
    random = Random(seed)
    roots = [f"r{number}" for number in range(random.randint(1, 6))]
    clusters = {root: f"c{random.randint(0, 3)}" for root in roots}
    items = tuple(random_item(random, f"e{number}", roots) for number in range(random.randint(0, 9)))
    invalidated = frozenset(root for root in roots if random.random() < 0.05)
    return Inputs(items, clusters, invalidated)


def random_item(random: Random, name: str, roots: list[str], stance: str = "") -> Item:
    """An item on some of `roots`."""
    chosen = stance or random.choice(STANCES)
    return Item(
        id=name,
        stance=chosen,
        reliability_path=tuple(random.choices(GRADES, k=random.randint(1, 3))),
        credibility=random.randint(1, 6),
        roots=tuple(random.sample(roots, random.randint(1, min(2, len(roots))))),
        decay=random.choice((1.0, 1.0, random.random(), 0.0)),
        undercuts=(random.choice(roots),) if chosen == "undercuts" else (),
        is_confirmed_here=random.random() < 0.2,
    )


def with_item(inputs: Inputs, item: Item, cluster: str = "") -> Inputs:
    """The inputs and one item more; its roots that are new lie in `cluster`."""
    new = {root: cluster for root in item.roots if root not in inputs.clusters}
    return replace(inputs, items=(*inputs.items, item), clusters={**inputs.clusters, **new})


def swapped(inputs: Inputs) -> Inputs:
    """Support and refutation in each other's place."""
    items = tuple(replace(item, stance=SWAPPED.get(item.stance, item.stance)) for item in inputs.items)
    return replace(inputs, items=items)


def merged(inputs: Inputs, first: str, second: str) -> Inputs:
    """`second` found to be the same root as `first`, and their clusters to be one."""
    into, gone = inputs.clusters[first], inputs.clusters[second]
    clusters = {
        root: into if cluster == gone else cluster
        for root, cluster in inputs.clusters.items()
        if root != second
    }
    items = tuple(
        replace(
            item, roots=_renamed(item.roots, first, second), undercuts=_renamed(item.undercuts, first, second)
        )
        for item in inputs.items
    )
    return Inputs(items, clusters, inputs.invalidated_roots - {second})


def _renamed(roots: tuple[str, ...], first: str, second: str) -> tuple[str, ...]:
    return tuple(first if root == second else root for root in roots)

"""Why the number is what it is: each root, each cluster, what was discounted by what, and what would change the word.

Entries are JSON-safe mappings. `about` says what each is about, `text` says the same in a sentence, with names where
`saying.sentence` is given them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .fusing import Fusion, best_by_root, undercutters_of, weight_of
from .inputs import Inputs, Item
from .opinion import Opinion, opinion_on
from .policy import CLUSTER_DISCOUNT, CREDIBILITY, RELIABILITY, SCALE
from .saying import sentence

Entry = dict[str, Any]

SIDES = ("supports", "refutes")
#: What is tried to find out what would change the word: so many more independent items of this grade.
TRIED, MOST_TRIED = ("B", 2), 4
TRIED_WEIGHT = SCALE * RELIABILITY[TRIED[0]] * CREDIBILITY[TRIED[1]]


def explain(inputs: Inputs, fusion: Fusion, opinion: Opinion) -> list[Entry]:
    """The reasons, from the roots up to the word."""
    entries = [
        *_roots(inputs, fusion),
        *_undercuts(inputs, fusion),
        *_clusters(inputs, fusion),
        *_without_weight(inputs),
        _total(opinion),
        _word(opinion),
        _confidence(opinion),
        *_changes(opinion),
    ]
    return [{**entry, "text": sentence(entry)} for entry in entries]


def _roots(inputs: Inputs, fusion: Fusion) -> Iterator[Entry]:
    for side in SIDES:
        for root, best in _by_weight(fusion.best[side]):
            yield {
                "about": "root",
                "root": root,
                "cluster": inputs.clusters[root],
                "stance": side,
                "best": best,
                "discount": fusion.discounts.get(root, 0.0),
                "weight": fusion.left[side][root],
                "items": _resting_on(root, side, inputs, best),
            }


def _resting_on(root: str, side: str, inputs: Inputs, best: float) -> list[Entry]:
    """The items of a root, the one that counts first: all others are said again what it said."""
    items = [item for item in inputs.items if item.stance == side and root in item.roots]
    ordered = sorted(items, key=lambda item: (-weight_of(item) / len(item.roots), item.id))
    return [_item(item, counts=number == 0 and best > 0) for number, item in enumerate(ordered)]


def _item(item: Item, *, counts: bool) -> Entry:
    return {
        "id": item.id,
        "weight": weight_of(item) / len(item.roots),
        "counts": counts,
        "reliability": max(item.reliability_path, key=lambda grade: -RELIABILITY[grade]),
        "credibility": item.credibility,
        "decay": item.decay,
        "roots": len(item.roots),
        "is_relay": len(item.reliability_path) > 1,
        "is_confirmed_here": item.is_confirmed_here and item.credibility == 1,
    }


def _undercuts(inputs: Inputs, fusion: Fusion) -> Iterator[Entry]:
    undercutting = [item for item in inputs.items if item.stance == "undercuts"]
    for root, discount in sorted(fusion.discounts.items()):
        yield {
            "about": "undercut",
            "root": root,
            "discount": discount,
            "is_invalidated": root in inputs.invalidated_roots,
            "by": sorted(item.id for item in undercutting if root in item.undercuts),
            "by_roots": dict(sorted(undercutters_of(root, undercutting, inputs).items())),
        }


def _clusters(inputs: Inputs, fusion: Fusion) -> Iterator[Entry]:
    for side in SIDES:
        for cluster, weight in _by_weight(fusion.clusters[side]):
            members = {
                root: left for root, left in fusion.left[side].items() if inputs.clusters[root] == cluster
            }
            roots = [(root, left) for root, left in _by_weight(members) if left > 0]
            yield {
                "about": "cluster",
                "cluster": cluster,
                "stance": side,
                "weight": weight,
                "roots": [
                    {"root": root, "weight": left, "adds": left * CLUSTER_DISCOUNT**rank}
                    for rank, (root, left) in enumerate(roots)
                ],
            }


def _without_weight(inputs: Inputs) -> Iterator[Entry]:
    """Items that say something and weigh nothing, each with why."""
    for item in sorted(inputs.items, key=lambda item: item.id):
        if item.stance == "neutral":
            yield {"about": "weightless", "id": item.id, "why": "neutral"}
        elif not best_by_root([item]):
            why = "credibility" if not CREDIBILITY[item.credibility] else "age"
            yield {"about": "weightless", "id": item.id, "why": why, "credibility": item.credibility}


def _total(opinion: Opinion) -> Entry:
    return {
        "about": "total",
        "support": opinion.support,
        "refutation": opinion.refutation,
        "probability": opinion.probability,
        "uncertainty": opinion.uncertainty,
        "conflict": opinion.conflict,
    }


def _word(opinion: Opinion) -> Entry:
    return {
        "about": "word",
        "word": opinion.word,
        "capped": opinion.is_capped,
        "plain": opinion.plain,
        "clusters": opinion.clusters,
        "probability": opinion.probability,
        "uncertainty": opinion.uncertainty,
    }


def _confidence(opinion: Opinion) -> Entry:
    return {
        "about": "confidence",
        "level": opinion.analytic_confidence,
        "clusters": opinion.clusters,
        "uncertainty": opinion.uncertainty,
        "conflict": opinion.conflict,
    }


def _changes(opinion: Opinion) -> Iterator[Entry]:
    """The fewest further independent items, for and against, that would change the word."""
    for side in SIDES:
        for count in range(1, MOST_TRIED + 1):
            changed = _with_more(opinion, side, count)
            if changed.word != opinion.word:
                yield {
                    "about": "change",
                    "stance": side,
                    "count": count,
                    "grade": f"{TRIED[0]}{TRIED[1]}",
                    "word": changed.word,
                    "probability": changed.probability,
                }
                break


def _with_more(opinion: Opinion, side: str, count: int) -> Opinion:
    more = count * TRIED_WEIGHT
    support = opinion.support + (more if side == "supports" else 0.0)
    refutation = opinion.refutation + (more if side == "refutes" else 0.0)
    was_leading = "supports" if opinion.support >= opinion.refutation else "refutes"
    leads = "supports" if support >= refutation else "refutes"
    # Of a side that comes to lead only the new items are certain to be independent of one another.
    clusters = (opinion.clusters if was_leading == leads else 0) + (count if side == leads else 0)
    return opinion_on(support, refutation, clusters)


def _by_weight(weights: Any) -> list[tuple[str, float]]:
    return sorted(weights.items(), key=lambda pair: (-pair[1], pair[0]))

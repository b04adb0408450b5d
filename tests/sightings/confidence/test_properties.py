"""What holds for every claim, tried on five thousand random ones each. A failure names the seed of its graph."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from random import Random

import pytest

from sightings.confidence import Inputs, Item, Opinion, fuse, opinion_of
from tests.sightings.confidence.graphs import merged, random_graph, random_item, swapped, with_item
from tests.sightings.confidence.reference import evidence

# They reach no line that other tests do not, and being traced they take twice as long.
pytestmark = pytest.mark.no_cover

GRAPHS = int(os.environ.get("SIGHTLINE_GRAPHS", "5000"))
TINY = 1e-9

Check = Callable[[Inputs, Random], None]


def on_every_graph(check: Check) -> Callable[[], None]:
    """A test that runs the check on so many random graphs."""

    def test() -> None:
        for seed in range(GRAPHS):
            try:
                check(random_graph(seed), Random(-seed))
            except AssertionError as error:
                pytest.fail(f"the graph of seed {seed}: {error}")

    test.__name__, test.__doc__ = check.__name__, check.__doc__
    return test


def opinion(inputs: Inputs) -> Opinion:
    return opinion_of(fuse(inputs))


@on_every_graph
def test_it_agrees_with_the_exact_reference(inputs: Inputs, random: Random) -> None:
    found, (support, refutation) = opinion(inputs), evidence(inputs)
    total = support + refutation + 2
    assert found.support == pytest.approx(float(support), abs=TINY)
    assert found.refutation == pytest.approx(float(refutation), abs=TINY)
    assert found.probability == pytest.approx(float((support + 1) / total), abs=TINY)


@on_every_graph
def test_belief_disbelief_and_uncertainty_are_one_whole(inputs: Inputs, random: Random) -> None:
    found = opinion(inputs)
    assert found.belief + found.disbelief + found.uncertainty == pytest.approx(1)
    assert 0 < found.probability < 1


@on_every_graph
def test_the_order_of_evidence_makes_no_difference(inputs: Inputs, random: Random) -> None:
    shuffled = replace(inputs, items=tuple(random.sample(inputs.items, len(inputs.items))))
    clusters = replace(
        shuffled, clusters=dict(random.sample(list(inputs.clusters.items()), len(inputs.clusters)))
    )
    assert opinion(clusters).probability == pytest.approx(opinion(inputs).probability, abs=TINY)


@on_every_graph
def test_more_support_never_lowers_p_nor_raises_u(inputs: Inputs, random: Random) -> None:
    roots = [*inputs.clusters, "new"]
    more = with_item(inputs, random_item(random, "more", roots, "supports"), f"c{random.randint(0, 5)}")
    assert opinion(more).probability >= opinion(inputs).probability - TINY
    assert opinion(more).uncertainty <= opinion(inputs).uncertainty + TINY


@on_every_graph
def test_more_refutation_never_raises_p_nor_u(inputs: Inputs, random: Random) -> None:
    roots = [*inputs.clusters, "new"]
    more = with_item(inputs, random_item(random, "more", roots, "refutes"), f"c{random.randint(0, 5)}")
    assert opinion(more).probability <= opinion(inputs).probability + TINY
    assert opinion(more).uncertainty <= opinion(inputs).uncertainty + TINY


@on_every_graph
def test_the_opposite_claim_has_the_opposite_probability(inputs: Inputs, random: Random) -> None:
    found, opposite = opinion(inputs), opinion(swapped(inputs))
    assert opposite.probability == pytest.approx(1 - found.probability)
    assert opposite.uncertainty == pytest.approx(found.uncertainty)


@on_every_graph
def test_relays_of_a_root_are_one_with_it(inputs: Inputs, random: Random) -> None:
    for item in inputs.items:
        for number in range(random.randint(1, 9)):
            inputs = with_item(inputs, replace(item, id=f"{item.id}-{number}"))
    once = replace(inputs, items=tuple(item for item in inputs.items if "-" not in item.id))
    assert opinion(inputs) == opinion(once)


@on_every_graph
def test_credibility_6_is_exactly_nothing(inputs: Inputs, random: Random) -> None:
    roots = list(inputs.clusters)
    more = with_item(inputs, replace(random_item(random, "more", roots), credibility=6))
    assert opinion(more) == opinion(inputs)


@on_every_graph
def test_an_undercut_never_lowers_u(inputs: Inputs, random: Random) -> None:
    roots = list(inputs.clusters)
    more = with_item(inputs, random_item(random, "more", roots, "undercuts"))
    assert opinion(more).uncertainty >= opinion(inputs).uncertainty - TINY


@on_every_graph
def test_a_better_graded_relay_of_a_worse_root_adds_nothing(inputs: Inputs, random: Random) -> None:
    for item in inputs.items:
        better = (chr(random.randint(ord("A"), ord(min(item.reliability_path)))), *item.reliability_path)
        more = with_item(inputs, replace(item, id="relay", reliability_path=better))
        assert opinion(more).probability == pytest.approx(opinion(inputs).probability, abs=TINY)


@on_every_graph
def test_a_cluster_weighs_at_most_twice_its_strongest_root(inputs: Inputs, random: Random) -> None:
    fusion = fuse(inputs)
    for side, clusters in fusion.clusters.items():
        for cluster, weight in clusters.items():
            strongest = max(
                left for root, left in fusion.left[side].items() if inputs.clusters[root] == cluster
            )
            assert strongest <= weight <= 2 * strongest


@on_every_graph
def test_one_root_never_exceeds_four_fifths(inputs: Inputs, random: Random) -> None:
    alone = tuple(
        replace(item, roots=("r0",), undercuts=()) for item in inputs.items if item.stance != "undercuts"
    )
    found = opinion(replace(inputs, items=alone, invalidated_roots=frozenset()))
    assert found.support <= 3
    assert found.probability <= 0.80


@on_every_graph
def test_merging_two_roots_and_their_clusters_never_raises_r_or_s(inputs: Inputs, random: Random) -> None:
    """Of those that support or refute: attackers that turn out to be one attack less, which is as it should be."""
    inputs = replace(inputs, invalidated_roots=frozenset())
    attackers = {root for item in inputs.items if item.stance == "undercuts" for root in item.roots}
    attacking = {inputs.clusters[root] for root in attackers}
    others = [root for root, cluster in inputs.clusters.items() if cluster not in attacking]
    if len(others) > 1:
        first, second = random.sample(others, 2)
        found, after = opinion(inputs), opinion(merged(inputs, first, second))
        assert after.support <= found.support + TINY
        assert after.refutation <= found.refutation + TINY


@on_every_graph
def test_what_a_reviewer_invalidated_carries_nothing(inputs: Inputs, random: Random) -> None:
    none = replace(inputs, invalidated_roots=frozenset(inputs.clusters))
    assert opinion(none).uncertainty == 1


@on_every_graph
def test_neutral_items_weigh_nothing(inputs: Inputs, random: Random) -> None:
    roots = list(inputs.clusters)
    assert opinion(with_item(inputs, random_item(random, "more", roots, "neutral"))) == opinion(inputs)


def test_without_evidence_nothing_is_known() -> None:
    found = opinion(Inputs())
    assert (found.probability, found.uncertainty, found.conflict) == (0.5, 1.0, 0.0)


def test_an_item_of_several_roots_gives_each_its_share() -> None:
    shared = Inputs((Item("e", "supports", ("B",), 2, ("r1", "r2")),), {"r1": "c1", "r2": "c2"})
    assert fuse(shared).left["supports"] == pytest.approx({"r1": 1.05, "r2": 1.05})

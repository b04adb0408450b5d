"""Finding the roots of a publication."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

import pytest

from sources.lineage import Strand, strands

WORTH = {"good": 0.9, "fair": 0.5, "bad": 0.1}


def worth(name: str) -> float:
    """Known by the first word of the name."""
    return WORTH.get(name.split()[0], 0.7)


def found(start: str, derives: Mapping[str, list[str]]) -> list[tuple[str, tuple[str, ...]]]:
    return [(strand.root, strand.path) for strand in strands(start, derives, worth)]


def test_what_derives_from_nothing_is_its_own_root() -> None:
    assert strands("a", {}, worth) == [Strand("a", ("a",))]


def test_relays_are_followed_to_the_end() -> None:
    assert found("a", {"a": ["b"], "b": ["c"]}) == [("c", ("a", "b", "c"))]


def test_several_roots_each_have_a_strand() -> None:
    assert found("a", {"a": ["c", "b"]}) == [("b", ("a", "b")), ("c", ("a", "c"))]


def test_of_two_ways_the_one_with_the_better_worst_is_taken() -> None:
    ways = {"a": ["bad x", "good y"], "bad x": ["root"], "good y": ["fair z"], "fair z": ["root"]}
    assert found("a", ways) == [("root", ("a", "good y", "fair z", "root"))]


def test_of_two_ways_alike_the_shorter_is_taken() -> None:
    assert found("a", {"a": ["b", "root"], "b": ["root"]}) == [("root", ("a", "root"))]


def test_a_circle_is_one_root_that_holds_all_its_members() -> None:
    circle = {"a": ["c"], "b": ["c"], "c": ["d"], "d": ["b"]}
    assert found("a", circle) == [("b", ("a", "c", "b", "d"))]
    assert [root for root, _ in found("d", circle)] == ["b"]


def test_a_circle_that_derives_from_something_is_no_root() -> None:
    assert found("a", {"a": ["b"], "b": ["a", "c"]}) == [("c", ("a", "b", "c"))]


def test_two_of_one_another_are_one_root() -> None:
    assert found("a", {"a": ["b"], "b": ["a"]}) == [("a", ("a", "b"))]
    assert found("b", {"a": ["b"], "b": ["a"]}) == [("a", ("b", "a"))]


def test_a_chain_longer_than_the_stack_is_followed() -> None:
    chain = {number: [number + 1] for number in range(20_000)}
    (strand,) = strands(0, chain, lambda number: 1.0)
    assert (strand.root, len(strand.path)) == (20_000, 20_001)


def reachable(start: int, derives: Mapping[int, list[int]]) -> set[int]:
    seen, waiting = {start}, [start]
    while waiting:
        for further in derives.get(waiting.pop(), ()):
            if further not in seen:
                seen.add(further)
                waiting.append(further)
    return seen


@pytest.mark.parametrize("size", [3, 6, 10])
def test_roots_are_those_that_lead_nowhere_but_back_to_themselves(size: int) -> None:
    for seed in range(500):
        random = Random(seed)
        derives = {number: random.sample(range(size), random.choice([0, 1, 1, 2])) for number in range(size)}
        from_all = {number: reachable(number, derives) for number in range(size)}
        final = {
            min(from_all[end])
            for end in from_all[0]
            if all(end in from_all[further] for further in from_all[end])
        }
        told = strands(0, derives, lambda number: 1.0)
        assert {strand.root for strand in told} == final, f"seed {seed}"
        for strand in told:
            assert strand.root in strand.path
            assert strand.path[0] == 0

"""From a publication back to where its content comes from. Pure: keys in, keys out.

A publication that derives from nothing is a root. Publications that derive from one another in a circle, and from
nothing else, are one root together: nobody can say which of them was first.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

K = TypeVar("K", bound=Any)


@dataclass(frozen=True)
class Strand(Generic[K]):
    """The way from a publication to one of its roots: `path` begins with the publication.

    A circle is named by its least member, and all its members are at the end of the path.
    """

    root: K
    path: tuple[K, ...]


def strands(start: K, derives: Mapping[K, Collection[K]], worth: Callable[[K], float]) -> list[Strand[K]]:
    """One strand for each root of `start`, ordered by root.

    Of several ways to a root that one is taken whose least worthy publication is the worthiest: a detour by a bad
    source takes nothing from a straight way.
    """
    if not derives.get(start):
        return [Strand(start, (start,))]
    circle_of = _circles(start, derives)
    found: dict[K, tuple[K, ...]] = {}
    came_from: dict[K, K] = {}
    waiting: list[tuple[float, int, K, K]] = [(-worth(start), 1, start, start)]
    while waiting:
        least, length, node, before = heapq.heappop(waiting)
        if node in came_from:
            continue
        came_from[node] = before
        circle = circle_of[node]
        if _is_root(circle, derives):
            others = sorted(member for member in circle if member != node)
            found.setdefault(min(circle), (*_way_to(node, came_from), *others))
            continue
        for further in derives.get(node, ()):
            if further not in came_from:
                heapq.heappush(waiting, (max(least, -worth(further)), length + 1, further, node))
    return [Strand(root, found[root]) for root in sorted(found)]


def _way_to(node: K, came_from: Mapping[K, K]) -> list[K]:
    way = [node]
    while came_from[way[-1]] != way[-1]:
        way.append(came_from[way[-1]])
    return way[::-1]


def _is_root(circle: frozenset[K], derives: Mapping[K, Collection[K]]) -> bool:
    return all(origin in circle for member in circle for origin in derives.get(member, ()))


def _circles(start: K, derives: Mapping[K, Collection[K]]) -> dict[K, frozenset[K]]:
    """The strongly connected component of each publication that `start` comes from (R. Tarjan, 1972).

    Without recursion: a chain of relays may be longer than the interpreter's stack.
    """
    index: dict[K, int] = {}
    low: dict[K, int] = {}
    circle_of: dict[K, frozenset[K]] = {}
    open_ones: list[K] = []
    walk: list[tuple[K, Iterator[K]]] = [(start, iter(derives.get(start, ())))]
    index[start] = low[start] = 0
    open_ones.append(start)
    while walk:
        node, origins = walk[-1]
        further = next((each for each in origins if each not in index or each not in circle_of), None)
        if further is not None and further not in index:
            index[further] = low[further] = len(index)
            open_ones.append(further)
            walk.append((further, iter(derives.get(further, ()))))
        elif further is not None:
            low[node] = min(low[node], index[further])
        else:
            walk.pop()
            if walk:
                low[walk[-1][0]] = min(low[walk[-1][0]], low[node])
            if low[node] == index[node]:
                cut = open_ones.index(node)
                members = frozenset(open_ones[cut:])
                del open_ones[cut:]
                circle_of |= dict.fromkeys(members, members)
    return circle_of

"""What the graph is made of. Pure: values only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID


class Node(NamedTuple):
    """A thing with an identity; `kind` is the field's word for it, in the singular."""

    kind: str
    id: UUID
    facts: Mapping[str, Any]


class Edge(NamedTuple):
    """A directed relation between two nodes; `kind` reads as a verb from `start` to `end`."""

    kind: str
    start: UUID
    end: UUID
    facts: Mapping[str, Any] = {}


Element = Node | Edge

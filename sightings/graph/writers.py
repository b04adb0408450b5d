"""The graph as bytes, in flat memory, ending in a manifest. Pure: elements in, bytes out.

The manifest counts nodes and edges by kind and carries the SHA-256 of every byte before it, so that a reader can
tell a whole export from one that was cut off. A stream without a manifest is not a complete export.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from typing import Any

import orjson

from sightings.graph.elements import Edge, Element, Node

Writer = Callable[[Iterable[Element]], Iterator[bytes]]

FORMAT = "sightline-graph"
VERSION = 1


class Manifest:
    """Counts and hashes what has been written so far."""

    def __init__(self) -> None:
        self._nodes: Counter[str] = Counter()
        self._edges: Counter[str] = Counter()
        self._digest = sha256()

    def count(self, element: Element) -> None:
        """Take note of one element."""
        counter = self._nodes if isinstance(element, Node) else self._edges
        counter[element.kind] += 1

    def hashed(self, data: bytes) -> bytes:
        """`data`, after taking it into the hash."""
        self._digest.update(data)
        return data

    def as_dict(self) -> dict[str, Any]:
        """The manifest's content."""
        return {
            "format": FORMAT,
            "version": VERSION,
            "nodes": dict(sorted(self._nodes.items())),
            "edges": dict(sorted(self._edges.items())),
            "sha256": self._digest.hexdigest(),
        }


def write_ndjson(elements: Iterable[Element]) -> Iterator[bytes]:
    """One JSON object a line: `{"node": kind, "id": …}`, `{"edge": kind, "from": …, "to": …}`, and last the
    `{"manifest": …}`, whose hash covers all lines before it with their line ends."""
    manifest = Manifest()
    for element in elements:
        manifest.count(element)
        yield manifest.hashed(orjson.dumps(_object(element)) + b"\n")
    yield orjson.dumps({"manifest": manifest.as_dict()}) + b"\n"


def write_json(elements: Iterable[Element]) -> Iterator[bytes]:
    """One JSON object with the arrays `nodes` and `edges` and the `manifest`, whose hash covers all bytes before
    the comma that precedes its key. Expects all nodes before all edges. Raises ValueError otherwise."""
    manifest = Manifest()
    yield manifest.hashed(b'{"nodes":[')
    separator, in_edges = b"\n", False
    for element in elements:
        if isinstance(element, Edge) and not in_edges:
            yield manifest.hashed(b'\n],"edges":[')
            separator, in_edges = b"\n", True
        elif isinstance(element, Node) and in_edges:
            raise ValueError("Expected all nodes before all edges.")
        manifest.count(element)
        yield manifest.hashed(separator + orjson.dumps(_object(element)))
        separator = b",\n"
    yield manifest.hashed(b"\n]" if in_edges else b'\n],"edges":[]')
    yield b',"manifest":' + orjson.dumps(manifest.as_dict()) + b"}\n"


WRITERS: dict[str, Writer] = {"ndjson": write_ndjson, "json": write_json}
MEDIA_TYPES = {"ndjson": "application/x-ndjson", "json": "application/json"}


def _object(element: Element) -> dict[str, Any]:
    if isinstance(element, Node):
        return {"node": element.kind, "id": element.id, **element.facts}
    return {"edge": element.kind, "from": element.start, "to": element.end, **element.facts}

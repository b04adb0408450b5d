"""Exporting the evidence graph."""

from __future__ import annotations

from collections.abc import Iterator

from osint.access import require_role
from osint.models import SYSTEM_USERNAME, Investigation, Role, User
from osint.services.changes import record_change
from sightings.graph.reading import elements, snapshot
from sightings.graph.writers import WRITERS, Writer


def export_graph(investigation: Investigation, *, actor: User, format: str) -> Iterator[bytes]:
    """The whole case as bytes, streamed from one snapshot; that it was exported is recorded first.

    `format` is a key of `WRITERS`. Needs viewer. Raises ForbiddenError, NotFoundError, KeyError.
    """
    if actor.username != SYSTEM_USERNAME:
        require_role(actor, investigation, Role.VIEWER)
    write = WRITERS[format]
    record_change(investigation, actor=actor, action="graph.exported", new={"format": format})
    # A function of its own: the checks above must happen now, not when the first byte is asked for.
    return _stream(investigation, write)


def _stream(investigation: Investigation, write: Writer) -> Iterator[bytes]:
    with snapshot():
        yield from write(elements(investigation))

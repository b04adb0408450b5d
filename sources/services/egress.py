"""What the way out connected to for one attempt, and which addresses it refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sources.archiving.egress.client import take_connections
from sources.archiving.errors import AddressRefusedError
from sources.archiving.harvest import Harvest
from sources.archiving.policy import Egress
from sources.models import Capture, RefusedAddress

NO_LIST = "The way out gave no list of its connections; it may keep a log of its own."


@dataclass
class ConnectionLog:
    """What one attempt was connected to; JSON-safe, empty until it was asked for."""

    connections: list[dict[str, Any]] = field(default_factory=list)
    notes: tuple[str, ...] = ()

    def ask(self, egress: Egress | None) -> None:
        """Take over what the way out has logged. It forgets it, so one asks when the fetching is over."""
        found = take_connections(egress) if egress else None
        if found is None:
            self.notes = (NO_LIST,)
        else:
            self.connections += found

    def added_to(self, harvest: Harvest) -> Harvest:
        """The harvest with this log in it; what its method had asked for already comes first, in the log too."""
        self.connections = [*harvest.connections, *self.connections]
        return replace(harvest, connections=tuple(self.connections), notes=(*harvest.notes, *self.notes))


def record_refusals(
    publication: UUID, connections: Iterable[Mapping[str, Any]], *, capture: Capture | None = None
) -> None:
    """Keep which addresses were refused in one attempt on the publication of that id, each host and port once."""
    refused = {
        (entry["host"], entry["port"]): entry
        for entry in connections
        if entry.get("code") == AddressRefusedError.code
    }
    RefusedAddress.objects.bulk_create(
        RefusedAddress(
            publication_id=publication,
            capture=capture,
            refused_at=datetime.fromisoformat(entry["started"]),
            host=host[:255],
            port=port,
            reason=entry["detail"],
        )
        for (host, port), entry in refused.items()
    )

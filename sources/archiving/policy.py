"""What a capture may reach, and how much it may take."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .addresses import DEFAULT_PORTS

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class FetchPolicy:
    """The operator's limits. Sizes in bytes, times in seconds.

    ``allowed_loopback`` names host and port pairs that may be loopback (demonstrations and tests);
    ``trust`` is a PEM file of authorities trusted besides the public ones. The ``page_`` and
    ``capture_`` limits hold for one capture: the HTML that is parsed (what is stored stays whole), the
    requisites fetched, all bytes.
    """

    allowed_loopback: frozenset[tuple[str, int]] = frozenset()
    ports: frozenset[int] = DEFAULT_PORTS
    trust: Path | None = None
    user_agent: str = "Mozilla/5.0 (compatible; Sightline/0.1)"
    connect_seconds: float = 10.0
    idle_seconds: float = 20.0
    header_bytes: int = 64 * 1024
    body_bytes: int = 512 * MEGABYTE
    redirects: int = 5
    decoded_bytes: int = 256 * MEGABYTE
    page_bytes: int = 4 * MEGABYTE
    requisite_seconds: float = 120.0
    capture_requisites: int = 300
    capture_bytes: int = 1024 * MEGABYTE
    workers: int = 4

"""What a capture may reach, and how much it may take."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from .deadlines import Deadline

MEGABYTE = 1024 * 1024
LONGEST_DEADLINE = 7 * 86400.0


@dataclass(frozen=True)
class Egress:
    """The one way out: a forward proxy that checks, connects and logs. ``user`` names the capture served."""

    host: str
    port: int
    user: str = ""
    password: str = ""

    @classmethod
    def from_url(cls, url: str, user: str = "") -> Egress:
        """The way out at ``http://:PASSWORD@HOST:PORT``, to be used in the name of ``user``.

        Raises ValueError for anything else; the message holds no password.
        """
        parts = urlsplit(url)
        if parts.scheme != "http" or not parts.hostname or not parts.port or parts.path.strip("/"):
            raise ValueError("expected http://:PASSWORD@HOST:PORT")
        return cls(parts.hostname, parts.port, user, unquote(parts.password or ""))

    @property
    def address(self) -> str:
        """The proxy without credentials, as Chromium wants it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @property
    def url(self) -> str:
        """The proxy with credentials, as most clients want it."""
        credentials = f"{quote(self.user, safe='')}:{quote(self.password, safe='')}@"
        return self.address.replace("//", f"//{credentials}", 1)


@dataclass(frozen=True)
class BrowserProgram:
    """Which Chromium draws pages, and how it is called: headless, and whatever the machine needs."""

    executable: Path
    arguments: tuple[str, ...] = ("--headless", "--hide-scrollbars", "--mute-audio")


@dataclass(frozen=True)
class FetchPolicy:
    """The operator's limits. Sizes in bytes, times in seconds.

    ``egress`` is the only way out, and decides which addresses may be reached: without it nothing is fetched.
    ``browser`` is the Chromium for those methods that draw pages.
    ``trust`` is a PEM file of authorities trusted besides the public ones. The ``page_`` and
    ``capture_`` limits hold for one capture: the HTML that is parsed (what is stored stays whole), the
    requisites fetched, all bytes.
    """

    egress: Egress | None = None
    browser: BrowserProgram | None = None
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

    def settings(self, deadline: Deadline) -> dict[str, Any]:
        """The limits, and the seconds there are until ``deadline``, as JSON-safe values without secrets and paths.

        Raises DeadlineError.
        """
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        limits = {name: value for name, value in values.items() if isinstance(value, str | int | float)}
        return limits | {
            "deadline_seconds": round(deadline.remaining(LONGEST_DEADLINE), 1),
            "trusts_own_authorities": self.trust is not None,
        }

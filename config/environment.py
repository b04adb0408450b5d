"""Typed reading of environment variables that never raises.

A value that cannot be read is kept as a `Problem` and the default is used instead, so that a typing error
in one variable ends as a system check with a hint and not as a traceback while the settings are imported.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from sources.archiving.policy import Egress

T = TypeVar("T")

TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"0", "false", "no", "off"})
SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
LAST_PORT = 65535
DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)?")


@dataclass(frozen=True)
class Problem:
    """A variable that could not be read: its name, its value (None for a secret), what was expected."""

    name: str
    value: str | None
    expected: str


class Environment:
    """Reads variables out of `values`; what could not be read is listed in `problems`."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        self.problems: list[Problem] = []

    def read(
        self, name: str, default: T, parse: Callable[[str], T], expected: str, *, secret: bool = False
    ) -> T:
        """Return `parse(value)`, or `default` when it is unset, empty, or `parse` raised ValueError."""
        value = self._values.get(name, "").strip()
        if not value:
            return default
        try:
            return parse(value)
        except ValueError:
            self.problems.append(Problem(name, None if secret else value, expected))
            return default

    def text(self, name: str, default: str = "") -> str:
        """Return the value as it is, without surrounding white space."""
        return self.read(name, default, str, "text")

    def integer(self, name: str, default: int, *, minimum: int = 0) -> int:
        """Return a whole number not below `minimum`."""
        return self.read(name, default, lambda v: parse_integer(v, minimum), f"a whole number ≥ {minimum}")

    def port(self, name: str, default: int) -> int:
        """Return the number of a TCP port."""
        return self.read(name, default, parse_port, "a port between 1 and 65535")

    def flag(self, name: str, *, default: bool) -> bool:
        """Return a truth value: 1/true/yes/on or 0/false/no/off."""
        return self.read(name, default, parse_flag, "1, true, yes, on or 0, false, no, off")

    def items(self, name: str, default: Iterable[str] = ()) -> list[str]:
        """Return the comma-separated parts of a value, empty ones left out."""
        return self.read(name, list(default), parse_items, "a comma-separated list")

    def seconds(self, name: str, default: float) -> float:
        """Return a duration in seconds: `90`, `90s`, `1.5m`, `2h`, `1d`, `250ms`."""
        return self.read(name, default, parse_seconds, "a duration such as 90, 90s, 5m or 1h")

    def path(self, name: str, default: Path, *, base: Path) -> Path:
        """Return an absolute path; a relative value counts from `base`."""
        return self.read(name, default, lambda v: base / Path(v).expanduser(), "a file system path")

    def address(self, name: str, default: str, *, schemes: Iterable[str]) -> str:
        """Return a URL with one of `schemes`; may hold a password, so a wrong value is never repeated."""
        allowed = tuple(schemes)
        expected = "a URL beginning with " + " or ".join(f"{scheme}://" for scheme in allowed)
        return self.read(name, default, lambda v: parse_address(v, allowed), expected, secret=True)

    def proxy(self, name: str) -> str:
        """Return the URL of an egress proxy, or nothing; it holds a password, so a wrong value is never repeated."""
        return self.read(name, "", parse_proxy, "http://:PASSWORD@HOST:PORT", secret=True)

    def endpoints(self, name: str) -> frozenset[tuple[str, int]]:
        """Return comma-separated `host:port` pairs as (host, port)."""
        return self.read(name, frozenset(), parse_endpoints, "comma-separated host:port pairs")


def parse_integer(value: str, minimum: int) -> int:
    """Return the whole number; raises ValueError below `minimum`."""
    number = int(value)
    if number < minimum:
        raise ValueError(f"expected a number ≥ {minimum}, got {number}")
    return number


def parse_port(value: str) -> int:
    """Return the number of a TCP port; raises ValueError outside 1 to 65535."""
    number = parse_integer(value, minimum=1)
    if number > LAST_PORT:
        raise ValueError(f"expected a port up to {LAST_PORT}, got {number}")
    return number


def parse_flag(value: str) -> bool:
    """Return the truth value; raises ValueError for other words."""
    word = value.lower()
    if word not in TRUE | FALSE:
        raise ValueError(f"expected a truth value, got {value!r}")
    return word in TRUE


def parse_items(value: str) -> list[str]:
    """Split at commas."""
    return [part for part in (piece.strip() for piece in value.split(",")) if part]


def parse_seconds(value: str) -> float:
    """Return a duration in seconds; raises ValueError for other forms."""
    match = DURATION.fullmatch(value.replace(" ", ""))
    if match is None:
        raise ValueError(f"expected a duration, got {value!r}")
    return float(match[1]) * SECONDS[match[2] or "s"]


def parse_address(value: str, schemes: tuple[str, ...]) -> str:
    """Return the URL; raises ValueError for another scheme or an impossible port."""
    parts = urlsplit(value)
    if parts.scheme not in schemes:
        raise ValueError(f"expected one of the schemes {schemes}")
    if parts.port is not None and parts.port == 0:
        raise ValueError("expected a port between 1 and 65535")
    return value


def parse_proxy(value: str) -> str:
    """Return the URL; raises ValueError unless it is one of an egress proxy."""
    Egress.from_url(value)
    return value


def parse_endpoints(value: str) -> frozenset[tuple[str, int]]:
    """Return (host, port) pairs, IPv6 hosts without their brackets; raises ValueError for other forms."""
    return frozenset(parse_endpoint(item) for item in parse_items(value))


def parse_endpoint(value: str) -> tuple[str, int]:
    """Return (host, port) of `host:port` or `[v6]:port`; raises ValueError for other forms."""
    parts = urlsplit(f"//{value}")
    if not parts.hostname or not parts.port or parts.path or parts.username is not None:
        raise ValueError(f"expected host:port, got {value!r}")
    return parts.hostname, parts.port

"""Sections that the floors above add to a page below them, which knows only that there are some."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from osint.models import Investigation, Record


@dataclass(frozen=True)
class Panel:
    """A template, and what it is to show under the name `panel`."""

    template: str
    content: dict[str, Any]


Builder = Callable[[Investigation, Record], Panel | None]
_builders: dict[tuple[str, int], Builder] = {}


def register(page: str, order: int, builder: Builder) -> None:
    """Add a section to the page named `page`; `order` is its rank there and its own."""
    _builders[page, order] = builder


def build(page: str, investigation: Investigation, subject: Record) -> list[Panel]:
    """The sections of a page about `subject`, in order. A builder with nothing to say returns None."""
    ranked = sorted((order, builder) for (name, order), builder in _builders.items() if name == page)
    built = (builder(investigation, subject) for _, builder in ranked)
    return [panel for panel in built if panel is not None]

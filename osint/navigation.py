"""What a case's navigation offers. The floors above add their entries when Django starts."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.urls import reverse


@dataclass(frozen=True)
class Entry:
    """One link of the navigation. `url_name` takes the case's slug; `covers` names the pages that lie below it."""

    order: int
    label: str
    url_name: str
    covers: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True)
class Link:
    """An entry for one case: where it leads, and whether the reader is there."""

    label: str
    url: str
    is_current: bool


_entries: dict[str, Entry] = {}


def register(entry: Entry) -> None:
    """Offer an entry in every case. The same `url_name` twice replaces the first."""
    _entries[entry.url_name] = entry


def links(slug: str, current: str | None) -> list[Link]:
    """The navigation of the case with this slug, as seen from the page named `current`."""
    return [
        Link(
            label=entry.label,
            url=reverse(entry.url_name, kwargs={"slug": slug}),
            is_current=current == entry.url_name or current in entry.covers,
        )
        for entry in sorted(_entries.values(), key=lambda entry: entry.order)
    ]

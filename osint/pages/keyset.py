"""Lists in pages: read by key, newest first, without an offset and without counting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)

PAGE_SIZE = 50


@dataclass(frozen=True)
class KeysetPage(Generic[M]):
    """A stretch of a list. `following` is the key after which the next stretch begins, None at the end."""

    items: list[M]
    following: UUID | None
    is_first: bool


def page_after(rows: QuerySet[M], after: str | None, size: int = PAGE_SIZE) -> KeysetPage[M]:
    """The `size` newest rows older than the key `after`; a key that is none reads from the start."""
    key = key_of(after)
    ordered = rows.order_by("-pk")
    if key is not None:
        ordered = ordered.filter(pk__lt=key)
    found = list(ordered[: size + 1])
    items = found[:size]
    return KeysetPage(items, items[-1].pk if len(found) > size else None, is_first=key is None)


def capped_count(rows: QuerySet[Any], cap: int = 1000) -> str:
    """How many rows, as text: `12`, or `999+` where counting on would cost more than it says."""
    found = rows.order_by()[:cap].count()
    return f"{cap - 1}+" if found == cap else str(found)


def key_of(text: str | None) -> UUID | None:
    """The key that the text writes; None where it writes none."""
    try:
        return UUID(text or "")
    except ValueError:
        return None

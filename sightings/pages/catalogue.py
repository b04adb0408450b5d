"""Finding equipment by any of its names, and laying its tree out in a list."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from osint.naming import fold
from osint.pages.base import Page
from sightings.models import Equipment, EquipmentAlias
from sightings.selectors import find_equipment

NAMES_OFFERED = 20
INDENT = "\u2007\u2007"  # figure spaces: option elements take no markup


def equipment_named(text: str) -> Equipment:
    """The equipment one of whose names is `text`, in whatever script or spelling.

    Raises ValidationError (`equipment_unknown`, `equipment_ambiguous`) with what it could have been.
    """
    named = Equipment.objects.filter(aliases__key=fold(text)).distinct().order_by("name")[: NAMES_OFFERED + 1]
    found = list(named)
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(item.name for item in found)
        raise ValidationError(
            f"“{text}” is a name of several: {names}. Choose one.", code="equipment_ambiguous"
        )
    similar = ", ".join(item.name for item in find_equipment(text).order_by("name")[:5])
    hint = f" Did you mean {similar}?" if similar else ""
    raise ValidationError(f"No equipment is called “{text}”.{hint}", code="equipment_unknown")


def names_like(text: str) -> QuerySet[EquipmentAlias]:
    """Names containing `text` under their key, each with its equipment, the shortest key first."""
    named = EquipmentAlias.objects.select_related("equipment")
    return named.filter(key__contains=fold(text)).order_by("key", "pk")[:NAMES_OFFERED]


class EquipmentNamesFragment(Page):
    """Names of equipment that contain what has been typed so far.

    A browser offers only what contains the typed text as it stands, so each label repeats it: that is how a name
    in another script stays on offer.
    """

    template_name = "sightings/fragments/equipment_names.html"

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        typed = self.request.GET.get("equipment", "").strip()[:200]
        return super().get_context_data(typed=typed, names=names_like(typed) if typed else [], **kwargs)


def branches(wanted: set[UUID]) -> Iterator[tuple[str, str]]:
    """The slugs and indented names of `wanted` equipment and everything above it, as the tree has them."""
    rows = {row.pk: row for row in Equipment.objects.order_by("name")}
    kept = {above for pk in wanted for above in _upwards(rows, pk)}
    children: dict[UUID | None, list[Equipment]] = {}
    for row in rows.values():
        if row.pk in kept:
            children.setdefault(row.parent_id, []).append(row)
    yield from _downwards(children, None, 0)


def _upwards(rows: dict[UUID, Equipment], pk: UUID) -> Iterator[UUID]:
    row: Equipment | None = rows.get(pk)
    while row is not None:
        yield row.pk
        row = rows.get(row.parent_id) if row.parent_id else None


def _downwards(
    children: dict[UUID | None, list[Equipment]], parent: UUID | None, depth: int
) -> Iterator[tuple[str, str]]:
    for row in children.get(parent, []):
        yield row.slug, f"{INDENT * depth}{row.name}"
        yield from _downwards(children, row.pk, depth + 1)

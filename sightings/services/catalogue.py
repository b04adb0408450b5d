"""Entering equipment and places, with all the names they go by."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from osint.access import require_role_anywhere
from osint.models import SYSTEM_USERNAME, Role, User
from osint.services.changes import insert, update
from sightings.models import Equipment, EquipmentAlias, Place, PlaceAlias
from sightings.selectors import branch_ids


@transaction.atomic
def add_equipment(*, actor: User, aliases: Iterable[str] = (), **values: Any) -> Equipment:
    """Enter equipment. Its own and its NATO name become aliases. Needs researcher in some investigation.

    Raises ForbiddenError, ValidationError, ConflictError.
    """
    _may_edit(actor)
    equipment = insert(Equipment(**values), actor=actor, action="equipment.added")
    _name_equipment(equipment, [equipment.name, equipment.nato_name, *aliases], actor)
    return equipment


@transaction.atomic
def change_equipment(
    equipment: Equipment, *, actor: User, aliases: Iterable[str] = (), **values: Any
) -> Equipment:
    """Correct equipment or add names to it; names are never taken away. Raises as `add_equipment`."""
    _may_edit(actor)
    parent = values.get("parent")
    if parent is not None and parent.pk in branch_ids(equipment):
        problem = ValidationError("A thing cannot lie below itself in the tree.", code="equipment_cycle")
        raise ValidationError({"parent": problem})
    changed = update(equipment, values, actor=actor, action="equipment.changed")
    _name_equipment(changed, [changed.name, changed.nato_name, *aliases], actor)
    return changed


@transaction.atomic
def add_place(*, actor: User, aliases: Iterable[str] = (), **values: Any) -> Place:
    """Enter a place; its name becomes an alias. Needs researcher in some investigation.

    Raises ForbiddenError, ValidationError, ConflictError.
    """
    _may_edit(actor)
    place = insert(Place(**values), actor=actor, action="place.added")
    _name_place(place, [place.name, *aliases], actor)
    return place


@transaction.atomic
def change_place(place: Place, *, actor: User, aliases: Iterable[str] = (), **values: Any) -> Place:
    """Correct a place or add names to it. Raises as `add_place`."""
    _may_edit(actor)
    changed = update(place, values, actor=actor, action="place.changed")
    _name_place(changed, [changed.name, *aliases], actor)
    return changed


def _name_equipment(equipment: Equipment, names: Iterable[str], actor: User) -> None:
    known = equipment.aliases.values_list("name", flat=True)
    for name in _new_names(names, known):
        insert(EquipmentAlias(equipment=equipment, name=name), actor=actor, action="equipment.named")


def _name_place(place: Place, names: Iterable[str], actor: User) -> None:
    known = place.aliases.values_list("name", flat=True)
    for name in _new_names(names, known):
        insert(PlaceAlias(place=place, name=name), actor=actor, action="place.named")


def _new_names(names: Iterable[str], known: Iterable[str]) -> list[str]:
    """The names that are not known yet, each once. Spellings that are found alike are still names of their own."""
    wanted = dict.fromkeys(name.strip() for name in names)
    return [name for name in wanted if name and name not in set(known)]


def _may_edit(actor: User) -> None:
    if actor.username != SYSTEM_USERNAME:
        require_role_anywhere(actor, Role.RESEARCHER)

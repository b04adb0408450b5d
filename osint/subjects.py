"""What can be discussed and assigned, and what notices are about. The floors above name their types of rows when
Django starts, for the ground floor does not know them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from django.db.models import QuerySet

from osint.access import get_one
from osint.errors import NotFoundError
from osint.models import Investigation, Record


@dataclass(frozen=True)
class SubjectType:
    """One type of row. `rows` are those that a case's members may see, `address` is the path of a row's page."""

    label: str
    rows: Callable[[Investigation], QuerySet[Any]]
    address: Callable[[Investigation, Any], str]
    title: Callable[[Any], str] = str


@dataclass(frozen=True)
class Described:
    """A row as those read of it who are not on its page."""

    label: str
    title: str
    url: str


_types: dict[str, SubjectType] = {}


def register(name: str, subject_type: SubjectType) -> None:
    """Let rows of the type be discussed; `name` is its model's in lower case. The same twice replaces the first."""
    _types[name] = subject_type


def known() -> list[str]:
    """The names of all types, in alphabetical order."""
    return sorted(_types)


def find(investigation: Investigation, name: str, subject_id: UUID) -> Record:
    """The row of the case with this type and id. Raises NotFoundError, for an unknown type too."""
    if name not in _types:
        raise NotFoundError
    return cast("Record", get_one(_types[name].rows(investigation), pk=subject_id))


def describe(investigation: Investigation, subject: Record) -> Described:
    """What the row is called, and where its page is. Its type is a registered one."""
    return _described(_types[name_of(subject)], investigation, subject)


def describe_all(
    investigation: Investigation, keys: Iterable[tuple[str, UUID]]
) -> dict[tuple[str, UUID], Described]:
    """Of rows of the case, by type and id; without those that are not there. One query for each type."""
    wanted: dict[str, set[UUID]] = defaultdict(set)
    for name, subject_id in keys:
        wanted[name].add(subject_id)
    return {
        (name, row.pk): _described(_types[name], investigation, row)
        for name, ids in wanted.items()
        if name in _types
        for row in _types[name].rows(investigation).filter(pk__in=ids)
    }


def name_of(subject: Record) -> str:
    """The name of the row's type, as comments, notices and the record of changes keep it."""
    return subject._meta.model_name or ""


def _described(subject_type: SubjectType, investigation: Investigation, row: Record) -> Described:
    return Described(subject_type.label, subject_type.title(row), subject_type.address(investigation, row))

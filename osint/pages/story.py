"""The record of changes as a story: who did what to which thing, and what it changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from osint.models import Change, Investigation, Membership

LONGEST_VALUE = 160
#: Columns that only repeat in a computed form what another column says.
COMPUTED = ("_earliest", "_latest")


@dataclass(frozen=True)
class Named:
    """What a thing is called and where its page is."""

    text: str
    url: str | None = None


@dataclass(frozen=True)
class Subject:
    """How changes of one type of thing are told: a phrase per action, and the things' names by their ids."""

    phrases: Mapping[str, str]
    names: Callable[[Investigation, set[UUID]], Mapping[UUID, Named]]


@dataclass(frozen=True)
class Difference:
    """One column before and after."""

    label: str
    old: str
    new: str


@dataclass(frozen=True)
class Event:
    """One sentence of the story."""

    change: Change
    phrase: str
    subject: Named | None
    differences: list[Difference] = field(default_factory=list)


_subjects: dict[str, Subject] = {}


def register(subject_type: str, subject: Subject) -> None:
    """Say how changes of a type of thing are told. The same type twice replaces the first."""
    _subjects[subject_type] = subject


def tell(investigation: Investigation, changes: Iterable[Change]) -> list[Event]:
    """The changes as sentences, in the order given. One query for the names of each type of thing."""
    told = list(changes)
    names = _names(investigation, told)
    return [
        Event(change, _phrase(change), names.get(change.subject_id), list(_differences(change)))
        for change in told
    ]


def _names(investigation: Investigation, changes: list[Change]) -> dict[UUID, Named]:
    found: dict[UUID, Named] = {}
    for subject_type, subject in _subjects.items():
        ids = {change.subject_id for change in changes if change.subject_type == subject_type}
        if ids:
            found |= subject.names(investigation, ids)
    return found


def _phrase(change: Change) -> str:
    verb = change.action.rpartition(".")[2].replace("_", " ")
    subject = _subjects.get(change.subject_type)
    phrases = subject.phrases if subject else {}
    return phrases.get(change.action, f"{verb} {change.subject_type}")


def _differences(change: Change) -> Iterator[Difference]:
    """What an update changed; a new thing is told by its name alone."""
    if change.old is None or change.new is None:
        return
    for column, new in change.new.items():
        if not column.endswith(COMPUTED):
            label = column.removesuffix("_id").replace("_", " ")
            yield Difference(label, _shown(change.old.get(column)), _shown(new))


def _shown(value: Any) -> str:
    text = "–" if value in (None, "") else str(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"


def case_names(investigation: Investigation, ids: set[UUID]) -> dict[UUID, Named]:
    """The case itself."""
    return {investigation.pk: Named(investigation.title)}


def member_names(investigation: Investigation, ids: set[UUID]) -> dict[UUID, Named]:
    """The people that memberships are about; a revoked one has no name any more but in its own entry."""
    members = Membership.objects.filter(investigation=investigation, pk__in=ids).select_related("user")
    return {member.pk: Named(f"{member.user.get_full_name()}, {member.role}") for member in members}

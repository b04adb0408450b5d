"""Many addresses at once: taken in whole, carried out as ordinary captures, paused, cancelled, tried again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from osint.access import require_role
from osint.errors import ConflictError
from osint.models import ENDED, Investigation, JobState, Role, User
from osint.services import jobs
from osint.services.changes import insert, insert_many, update
from sources.address_lists import Line
from sources.canonical import UrlError, canonical_url
from sources.models import Capture, CaptureBatch, Priority, Publication
from sources.selectors import publications_at
from sources.services.captures import methods_of, new_capture, unreleased

#: Of a refused line so much is kept, in characters.
LINE_KEPT = 500

#: How often the list is looked up anew, where others log the same addresses in the same moment.
TRIES = 3


@dataclass(frozen=True)
class Refusal:
    """A line for which no capture was asked: which, what it says, and why."""

    line: int
    text: str
    code: str
    reason: str


@dataclass
class _Sorted:
    """The lines of a list: the first of each address by its key, and those that are none."""

    by_key: dict[str, Line] = field(default_factory=dict)
    refused: list[Refusal] = field(default_factory=list)

    def refuse(self, line: Line, code: str, reason: str) -> None:
        kept = line.text[:LINE_KEPT].replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
        self.refused.append(Refusal(line.number, kept, code, reason))


def submit_batch(
    investigation: Investigation, *, actor: User, lines: Sequence[Line], label: str = "", method: str = ""
) -> CaptureBatch:
    """Ask for every address of a list to be preserved. All that is accepted is on record when this returns.

    Publications are found or made, as by their address one by one. A line without an address, one that repeats
    another, and one that is being preserved already or in quarantine is listed in `refused`; it refuses none of the
    others. Needs researcher.
    Raises ForbiddenError, ValidationError (`too_many_addresses`, `no_addresses`, …), ConflictError.
    """
    require_role(actor, investigation, Role.RESEARCHER)
    _require_some(lines)
    for attempt in range(1, TRIES + 1):
        try:
            return _submit(investigation, actor, _sorted(lines), label, method)
        except ConflictError:
            if attempt == TRIES:
                raise
    raise AssertionError  # the loop returns or raises


def pause_batch(batch: CaptureBatch, *, actor: User) -> CaptureBatch:
    """Let none of the batch's captures begin until it is resumed; those that run go on. Needs researcher.

    Raises ForbiddenError, ValidationError (`batch_cancelled`).
    """
    _require_open(batch, actor)
    return update(batch, {"paused_at": batch.paused_at or timezone.now()}, actor=actor, action="batch.paused")


def resume_batch(batch: CaptureBatch, *, actor: User) -> CaptureBatch:
    """Go on with a paused batch. Needs researcher. Raises as `pause_batch`."""
    _require_open(batch, actor)
    return update(batch, {"paused_at": None}, actor=actor, action="batch.resumed")


@transaction.atomic
def cancel_batch(batch: CaptureBatch, *, actor: User) -> CaptureBatch:
    """End what has not ended: what waits at once, what runs at its next step. Needs researcher.

    Raises as `pause_batch`.
    """
    _require_open(batch, actor)
    cancelled = update(batch, {"cancelled_at": timezone.now()}, actor=actor, action="batch.cancelled")
    jobs.cancel(Capture.objects.filter(batch=batch), actor=actor)
    return cancelled


@transaction.atomic
def retry_failed(batch: CaptureBatch, *, actor: User) -> CaptureBatch:
    """Ask again for what failed and has not been asked for again since: in a batch of its own.

    What was quarantined an admin releases, one by one. Needs researcher.
    Raises ForbiddenError, ValidationError (`nothing_failed`).
    """
    require_role(actor, batch.investigation, Role.RESEARCHER)
    publications = Publication.objects.filter(pk__in=untried_failures(batch).values("publication"))
    # The locks make this agree with others who ask for the same at once, by whatever button.
    list(publications.select_for_update(of=("self",), no_key=True).order_by("pk"))
    failed = list(untried_failures(batch).select_related("publication").order_by("pk"))
    if not failed:
        raise ValidationError("Nothing in this batch has failed.", code="nothing_failed")
    again = CaptureBatch(
        investigation=batch.investigation,
        requested_by=actor,
        label=f"{batch.label or 'Batch'}, again"[:200],
        method=batch.method,
        total=len(failed),
    )
    insert(again, actor=actor, action="batch.submitted")
    _ask(again, [(capture.publication, capture.method) for capture in failed], actor)
    return again


def untried_failures(batch: CaptureBatch) -> QuerySet[Capture]:
    """What failed in the batch and has not been asked for again since."""
    return Capture.objects.filter(~Capture.asked_again(), batch=batch, state=JobState.FAILED)


def _require_some(lines: Sequence[Line]) -> None:
    most = settings.BATCH_MAX_ADDRESSES
    if not lines:
        raise _wrong("no_addresses", "Expected at least one address, got an empty list.")
    if len(lines) > most:
        raise _wrong("too_many_addresses", f"Expected at most {most} addresses, got {len(lines)}.")


def _wrong(code: str, message: str) -> ValidationError:
    return ValidationError({"addresses": ValidationError(message, code=code)})


def _require_open(batch: CaptureBatch, actor: User) -> None:
    require_role(actor, batch.investigation, Role.RESEARCHER)
    if batch.cancelled_at is not None:
        raise ValidationError("This batch has been cancelled.", code="batch_cancelled")


def _sorted(lines: Iterable[Line]) -> _Sorted:
    found = _Sorted()
    for line in lines:
        try:
            first = found.by_key.setdefault(canonical_url(line.text), line)
        except UrlError as error:
            found.refuse(line, error.code, str(error))
        else:
            if first is not line:
                found.refuse(line, "repeated", f"This is the address of line {first.number} again.")
    return found


@transaction.atomic
def _submit(
    investigation: Investigation, actor: User, found: _Sorted, label: str, method: str
) -> CaptureBatch:
    publications = _publications(investigation, actor, found.by_key)
    wanted = _free_to_ask(publications, found, method)
    batch = CaptureBatch(
        investigation=investigation,
        requested_by=actor,
        label=label,
        method=method,
        total=len(wanted),
        refused=[asdict(refusal) for refusal in sorted(found.refused, key=lambda refusal: refusal.line)],
    )
    insert(batch, actor=actor, action="batch.submitted")
    _ask(batch, wanted, actor)
    return batch


def _publications(
    investigation: Investigation, actor: User, by_key: dict[str, Line]
) -> dict[str, Publication]:
    """The case's publication at each key: locked where it was there, made where it was not."""
    known = _known(investigation, list(by_key))
    new = [
        Publication(investigation=investigation, url=line.text, canonical_url=key)
        for key, line in by_key.items()
        if key not in known
    ]
    insert_many(new, actor=actor, action="publication.added")
    return known | {publication.canonical_url: publication for publication in new}


def _known(investigation: Investigation, keys: list[str]) -> dict[str, Publication]:
    """The locks make this agree with others who ask for a capture."""
    rows = publications_at(investigation, keys).select_for_update(of=("self",), no_key=True)
    return {row.canonical_url: row for row in rows.order_by("pk")}


def _free_to_ask(
    publications: dict[str, Publication], found: _Sorted, method: str
) -> list[tuple[Publication, str]]:
    """Each publication with each of its methods, in the order of the list.

    But for what is under way already, and what is in quarantine.
    """
    open_captures = Capture.objects.exclude(state__in=ENDED)
    under_way = _methods_of(open_captures, publications.values())
    dangerous = _methods_of(unreleased(), publications.values())
    wanted: list[tuple[Publication, str]] = []
    for key, line in found.by_key.items():
        publication = publications[key]
        chosen = {(publication.pk, method): method for method in methods_of(publication, method)}
        fresh = [method for pair, method in chosen.items() if pair not in under_way | dangerous]
        if not fresh and chosen.keys() & under_way:
            found.refuse(line, "under_way", "This address is being preserved already.")
        elif not fresh:
            found.refuse(
                line, "capture_quarantined", "This address is in quarantine; an admin can release it."
            )
        wanted += [(publication, method) for method in fresh]
    return wanted


def _methods_of(captures: QuerySet[Capture], publications: Iterable[Publication]) -> set[tuple[UUID, str]]:
    return set(captures.filter(publication__in=publications).values_list("publication_id", "method"))


def _ask(batch: CaptureBatch, wanted: Iterable[tuple[Publication, str]], actor: User) -> None:
    """The captures, for the sweeper to ring for slice by slice."""
    now = timezone.now()
    values: dict[str, Any] = {"batch": batch, "priority": Priority.BULK, "not_before": now}
    captures = [
        new_capture(publication, actor=actor, method=method, **values) for publication, method in wanted
    ]
    insert_many(captures, actor=actor, action="capture.requested")

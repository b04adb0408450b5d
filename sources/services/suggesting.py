"""Suggesting which publications derive from which, by what was read of them; and deciding on what was suggested.

The machine never decides. What a person has decided about two publications stands: what was rejected is not suggested
again on the same ground, and about two of which it is recorded how they are related nothing is suggested.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from osint.access import require_role
from osint.errors import ConflictError
from osint.models import Investigation, JobState, Role, User
from osint.services.changes import insert, update
from osint.services.locks import alone
from osint.services.people import system_user
from sources.models import (
    Derivation,
    DerivationSuggestion,
    Examination,
    Ground,
    Publication,
    PublicationKind,
    SuggestionState,
)
from sources.services.clues import Clue, clues_of, dates_of
from sources.services.examination import reread_links
from sources.services.publications import lock_case_of, record_derivation
from sources.suggesting.order import is_certainly_before, seems_before

#: Suggestions that one examination leads to at most: more would not be decided on, but put up with.
MOST_SUGGESTED = 50
#: Publications held at a time.
CHUNK = 200


class SuggestionDecidedError(ConflictError):
    """Somebody has decided on the suggestion already."""

    code = "suggestion_decided"
    title = "This suggestion has been decided on already"


def suggest_waiting(*, seconds: float = 10.0) -> int:
    """Suggest by what was read and not yet compared, for about so long; returns for how many examinations.

    In one process at a time: the others leave it what they were rung for.
    """
    deadline, done = time.monotonic() + seconds, 0
    with alone("suggesting derivations") as is_alone:
        while is_alone and time.monotonic() < deadline and _suggest_next():
            done += 1
    return done


def _suggest_next() -> bool:
    """Take the oldest that waits; false when nothing does."""
    waiting = Examination.objects.filter(state=JobState.SUCCEEDED, suggested_at__isnull=True)
    found = waiting.order_by("pk").values_list("pk", "capture__publication").first()
    if found is None:
        return False
    examination, publication = found
    try:
        suggest_for(Publication.objects.select_related("investigation", "source").get(pk=publication))
    except Exception:
        # A fault of ours is heard of, and must neither loop nor stop all that come after it.
        _mark_suggested(examination)
        raise
    _mark_suggested(examination)
    return True


def _mark_suggested(examination: UUID) -> None:
    Examination.objects.filter(pk=examination).update(suggested_at=timezone.now())


def suggest_for(publication: Publication) -> list[DerivationSuggestion]:
    """Compare what was last read of a publication with the others of its case; returns what is newly suggested.

    However often it is called, each is suggested once.
    """
    clues = clues_of(publication)
    others = publication.investigation.publications.in_bulk([clue.other for clue in clues])
    found = (_directed(publication, others[clue.other], clue) for clue in clues if clue.other in others)
    directed = {clue.key: clue for clue in found if clue is not None}
    with transaction.atomic():
        lock_case_of(publication)
        known = _known_about(publication)
        fresh = [clue for clue in directed.values() if not known.covers(clue)]
        return [_suggest(publication, others[clue.other], clue) for clue in fresh[:MOST_SUGGESTED]]


def suggest_in(case: Investigation) -> Iterator[int]:
    """Suggest for every publication of a case of which something was read, oldest first.

    Yields, for each, how many suggestions that made. For what was there before there were suggestions; safe beside
    others and to run twice.
    """
    for publication in publications_read(case).select_related("investigation", "source").iterator(CHUNK):
        for examination in _read(publication).order_by("-pk")[:1]:
            reread_links(examination)
        yield len(suggest_for(publication))
        _read(publication).filter(suggested_at__isnull=True).update(suggested_at=timezone.now())


def publications_read(case: Investigation) -> QuerySet[Publication]:
    """The publications of a case of which something was read."""
    read = Examination.objects.filter(capture__publication=OuterRef("pk"), state=JobState.SUCCEEDED)
    return case.publications.filter(Exists(read)).order_by("pk")


def _read(publication: Publication) -> QuerySet[Examination]:
    rows = Examination.objects.filter(capture__publication=publication, state=JobState.SUCCEEDED)
    return rows.select_related("capture")


def accept_suggestion(
    suggestion: DerivationSuggestion,
    *,
    actor: User,
    kind: str | None = None,
    is_turned: bool = False,
    note: str | None = None,
) -> Derivation:
    """Record the suggested derivation: of another kind, or the other way round, where that is nearer the truth.

    It answers the other open suggestions about the two as well. Without a `note` it says what was suggested and why.
    Needs researcher. Raises ForbiddenError, NotFoundError, SuggestionDecidedError, ValidationError.
    """
    require_role(actor, suggestion.investigation, Role.RESEARCHER)
    with transaction.atomic():
        lock_case_of(suggestion.publication)
        row = _undecided(suggestion)
        ends = (row.derives_from, row.publication) if is_turned else (row.publication, row.derives_from)
        return record_derivation(
            ends[0],
            actor=actor,
            derives_from=ends[1],
            kind=kind or row.kind,
            note=row.grounds if note is None else note,
        )


@transaction.atomic
def reject_suggestion(suggestion: DerivationSuggestion, *, actor: User) -> DerivationSuggestion:
    """Say that this is no reason to think so. It does not come back.

    Needs researcher. Raises ForbiddenError, NotFoundError, SuggestionDecidedError.
    """
    require_role(actor, suggestion.investigation, Role.RESEARCHER)
    row = _undecided(suggestion)
    decided = {"state": SuggestionState.REJECTED, "decided_by": actor, "decided_at": timezone.now()}
    return update(row, decided, actor=actor, action="suggestion.rejected")


def _undecided(suggestion: DerivationSuggestion) -> DerivationSuggestion:
    """The suggestion under its lock."""
    rows = DerivationSuggestion.objects.select_for_update(of=("self",))
    row = rows.select_related("publication__investigation", "derives_from").get(pk=suggestion.pk)
    if row.state != SuggestionState.OPEN:
        raise SuggestionDecidedError(f"Expected an open suggestion, this one is {row.state}.")
    return row


def _directed(publication: Publication, other: Publication, clue: Clue) -> Clue | None:
    """The clue with who derives from whom; None where the dates rule it out.

    A page that links or names somebody derives from them, unless it was certainly published before. Of the same
    picture or text the later one derives from the earlier. Where the dates do not tell, what shows a picture derives
    from the picture; else the direction is a guess.
    """
    here, there = dates_of(publication), dates_of(other)
    if clue.derives is not None:
        later, earlier = (here, there) if clue.derives else (there, here)
        return None if is_certainly_before(later, earlier) else clue
    if seems_before(here, there) or seems_before(there, here):
        return clue.directed(derives=seems_before(there, here), order="dates")
    if clue.ground == Ground.MEDIA and _is_picture(publication) != _is_picture(other):
        return clue.directed(derives=_is_picture(other), order="kind")
    return clue.directed(derives=True, order="unknown")


def _is_picture(publication: Publication) -> bool:
    return publication.kind in {PublicationKind.IMAGES, PublicationKind.VIDEO}


@dataclass(frozen=True)
class _Known:
    """Others whose relation to a publication is recorded, and those suggested on some ground, decided on or not."""

    related: frozenset[UUID]
    suggested: frozenset[tuple[UUID, str]]

    def covers(self, clue: Clue) -> bool:
        return clue.other in self.related or clue.key in self.suggested


def _known_about(publication: Publication) -> _Known:
    related = chain(
        publication.derives.values_list("derives_from", flat=True),
        publication.derived.values_list("publication", flat=True),
    )
    suggested = chain(
        publication.suggested_origins.values_list("derives_from", "ground"),
        publication.suggested_relays.values_list("publication", "ground"),
    )
    return _Known(frozenset(related), frozenset(suggested))


def _suggest(publication: Publication, other: Publication, clue: Clue) -> DerivationSuggestion:
    derivative, origin = (publication, other) if clue.derives else (other, publication)
    suggestion = DerivationSuggestion(
        investigation_id=publication.investigation_id,
        publication=derivative,
        derives_from=origin,
        kind=clue.kind,
        ground=clue.ground,
        details=clue.details,
    )
    return insert(suggestion, actor=system_user(), action="suggestion.made")

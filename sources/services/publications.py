"""Logging publications and how they derive from one another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from osint.access import get_one, require_role
from osint.dates import edtf_columns
from osint.errors import ConflictError
from osint.models import Investigation, Role, User
from osint.services.changes import insert, remove, update
from sources.canonical import UrlError, canonical_url
from sources.models import (
    INDEPENDENT,
    Derivation,
    DerivationSuggestion,
    Examination,
    Publication,
    Source,
    SuggestionState,
)
from sources.selectors import find_publication, publications_in, sources_in

#: Particulars that suggestions of derivations rest on.
SUGGESTED_BY = frozenset({"source", "published"})


def add_publication(
    investigation: Investigation, *, actor: User, url: str, source: Source | None = None, **values: Any
) -> tuple[Publication, bool]:
    """Log a publication by its address; returns it and whether it is new to the case.

    An address that leads to a publication already there, under whatever spelling, returns that one unchanged.
    Needs researcher. Raises ForbiddenError, NotFoundError, ValidationError (`url_…`, `edtf_unparsable`, …).
    """
    require_role(actor, investigation, Role.RESEARCHER)
    key = _canonical(url)
    if found := find_publication(investigation, key):
        return found, False
    publication = Publication(
        investigation=investigation,
        url=url.strip(),
        canonical_url=key,
        source=_citable(investigation, source),
        **_with_dates(values),
    )
    try:
        return insert(publication, actor=actor, action="publication.added"), True
    except (ConflictError, ValidationError):
        # Somebody may have logged the same address in between; anything else is wrong with the values.
        if found := find_publication(investigation, key):
            return found, False
        raise


def change_publication(publication: Publication, *, actor: User, **values: Any) -> Publication:
    """Correct a publication's particulars; its address stays. Needs researcher. Raises as `add_publication`."""
    require_role(actor, publication.investigation, Role.RESEARCHER)
    if "source" in values:
        _citable(publication.investigation, values["source"])
    with transaction.atomic():
        changed = update(publication, _with_dates(values), actor=actor, action="publication.changed")
        if not SUGGESTED_BY.isdisjoint(values):
            _suggest_anew(changed)
    return changed


@transaction.atomic
def fill_publication(publication: Publication, *, actor: User, **found: str) -> Publication:
    """Fill what nobody has entered yet with what a capture found on the page; never overwrite a person's word."""
    # Locked: what somebody types in the same moment is no blank any more.
    row = Publication.objects.select_for_update(of=("self",)).get(pk=publication.pk)
    blanks = {name: value for name, value in found.items() if value and not getattr(row, name)}
    return update(row, _with_dates(blanks), actor=actor, action="publication.filled")


@transaction.atomic
def record_derivation(
    publication: Publication, *, actor: User, derives_from: Publication, kind: str, note: str = ""
) -> Derivation:
    """Record that `publication` relays, quotes, embeds or translates `derives_from` of the same case.

    Or, with the kind `same event`, that it saw the same with its own eyes and derives from it in no way. Either
    answers what is still suggested about the two. Needs researcher. Raises ForbiddenError, NotFoundError,
    ValidationError.
    """
    require_role(actor, publication.investigation, Role.RESEARCHER)
    lock_case_of(publication)
    get_one(publications_in(publication.investigation), pk=derives_from.pk)
    derivation = Derivation(
        investigation=publication.investigation,
        publication=publication,
        derives_from=derives_from,
        kind=kind,
        note=note,
    )
    insert(derivation, actor=actor, action="derivation.recorded")
    _settle_suggestions(derivation, actor)
    return derivation


@transaction.atomic
def remove_derivation(derivation: Derivation, *, actor: User) -> None:
    """Take back a derivation recorded in error; the record of changes keeps it. Needs researcher."""
    require_role(actor, derivation.investigation, Role.RESEARCHER)
    remove(derivation, actor=actor, action="derivation.removed")


def lock_case_of(publication: Publication) -> None:
    """Let nobody else record or suggest a derivation in the case until the end of the transaction."""
    # Weak enough to hinder no row that only refers to the case.
    cases = Investigation.objects.select_for_update(no_key=True)
    cases.filter(pk=publication.investigation_id).values_list("pk").get()


def suggestions_between(one: Publication, other: Publication) -> QuerySet[DerivationSuggestion]:
    """What is or was suggested about the two, in either direction."""
    return DerivationSuggestion.objects.filter(
        Q(publication=one, derives_from=other) | Q(publication=other, derives_from=one)
    )


def _settle_suggestions(derivation: Derivation, actor: User) -> None:
    """Whoever says how two publications are related has answered every suggestion about them."""
    is_independent = derivation.kind == INDEPENDENT
    answer = SuggestionState.REJECTED if is_independent else SuggestionState.ACCEPTED
    asked = suggestions_between(derivation.publication, derivation.derives_from)
    for suggestion in asked.filter(state=SuggestionState.OPEN).order_by("pk"):
        decided = {"decided_by": actor, "decided_at": timezone.now(), "derivation": derivation}
        update(suggestion, {"state": answer, **decided}, actor=actor, action=f"suggestion.{answer}")


def _suggest_anew(publication: Publication) -> None:
    """What is suggested rests on who published it and when, too."""
    Examination.objects.filter(capture__publication=publication).update(suggested_at=None)


def _canonical(url: str) -> str:
    try:
        return canonical_url(url)
    except UrlError as error:
        raise ValidationError({"url": ValidationError(str(error), code=error.code)}) from error


def _citable(investigation: Investigation, source: Source | None) -> Source | None:
    """Another case's private source is as good as none. Raises NotFoundError."""
    return get_one(sources_in(investigation), pk=source.pk) if source else None


def _with_dates(values: Mapping[str, Any]) -> dict[str, Any]:
    dates = edtf_columns("published", values["published"]) if "published" in values else {}
    return {**values, **dates}

"""Entering sources in the catalogue, judging their reliability, and saying who controls them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from osint.access import require_role, require_role_anywhere
from osint.models import SYSTEM_USERNAME, Investigation, Role, User
from osint.services.changes import insert, update
from sources.models import Owner, Ownership, Source, SourceRating


def add_source(*, actor: User, private_to: Investigation | None = None, **values: Any) -> Source:
    """Enter a source: in the shared catalogue, or for one case only. Needs researcher there, or anywhere.

    Raises ForbiddenError, NotFoundError, ValidationError, ConflictError.
    """
    _may_edit(actor, private_to, Role.RESEARCHER)
    return insert(Source(private_to=private_to, **values), actor=actor, action="source.added")


def change_source(source: Source, *, actor: User, **values: Any) -> Source:
    """Correct a source's particulars. Needs researcher. Raises as `add_source`."""
    _may_edit(actor, source.private_to, Role.RESEARCHER)
    return update(source, values, actor=actor, action="source.changed")


@transaction.atomic
def rate_source(
    source: Source, *, actor: User, reliability: str, reason: str, rated_on: date | None = None
) -> SourceRating:
    """Judge a source's reliability from a day on (today unless given), with a reason. Needs reviewer.

    Earlier ratings stay as they are. Raises ForbiddenError, ValidationError.
    """
    _may_edit(actor, source.private_to, Role.REVIEWER)
    rating = SourceRating(source=source, reliability=reliability, reason=reason, rater=actor)
    if rated_on is not None:
        rating.rated_on = rated_on
    return insert(rating, actor=actor, action="source.rated")


def add_owner(*, actor: User, **values: Any) -> Owner:
    """Enter somebody who controls sources. Needs researcher in some case.

    Raises ForbiddenError, ValidationError, ConflictError.
    """
    _may_edit(actor, None, Role.RESEARCHER)
    return insert(Owner(**values), actor=actor, action="owner.added")


def change_owner(owner: Owner, *, actor: User, **values: Any) -> Owner:
    """Correct an owner's particulars. Raises as `add_owner`."""
    _may_edit(actor, None, Role.RESEARCHER)
    return update(owner, values, actor=actor, action="owner.changed")


@transaction.atomic
def establish_ownership(
    source: Source, *, actor: User, owner: Owner | None, reason: str, since: date | None = None
) -> Ownership:
    """Say who controls a source from a day on (today unless given), or with None that nobody knows after all.

    Sources under one owner are not independent of one another. Needs reviewer, as it moves what is computed.
    Earlier judgements stay. Raises ForbiddenError, ValidationError.
    """
    _may_edit(actor, source.private_to, Role.REVIEWER)
    ownership = Ownership(source=source, owner=owner, reason=reason, established_by=actor)
    if since is not None:
        ownership.since = since
    return insert(ownership, actor=actor, action="source.owned")


def _may_edit(actor: User, private_to: Investigation | None, role: Role) -> None:
    if actor.username == SYSTEM_USERNAME:
        return
    if private_to is None:
        require_role_anywhere(actor, role)
    else:
        require_role(actor, private_to, role)

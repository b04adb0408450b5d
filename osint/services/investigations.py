"""Opening investigations and deciding who works on them."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from osint.access import require_role, require_role_anywhere
from osint.errors import ConflictError
from osint.models import Investigation, Membership, Role, User
from osint.services.changes import insert, remove, update
from osint.services.discussion import end_assignments


@transaction.atomic
def open_investigation(*, actor: User, slug: str, title: str, summary: str = "") -> Investigation:
    """Open a case; whoever opens it becomes its admin. Needs staff, or the role admin in another case: roles also
    give rights on the shared catalogue, so nobody may give one to themselves. Raises ForbiddenError, ValidationError.
    """
    require_role_anywhere(actor, Role.ADMIN)
    investigation = insert(
        Investigation(slug=slug, title=title, summary=summary), actor=actor, action="investigation.opened"
    )
    insert(
        Membership(investigation=investigation, user=actor, role=Role.ADMIN),
        actor=actor,
        action="membership.granted",
    )
    return investigation


def change_investigation(investigation: Investigation, *, actor: User, **values: Any) -> Investigation:
    """Change title or summary. Needs admin. Raises ForbiddenError, ValidationError."""
    require_role(actor, investigation, Role.ADMIN)
    return update(investigation, values, actor=actor, action="investigation.changed")


def grant_membership(investigation: Investigation, *, actor: User, user: User, role: Role) -> Membership:
    """Let `user` into the case. Needs admin. Raises ForbiddenError, ValidationError for a second membership."""
    _require_manager(actor, investigation)
    membership = Membership(investigation=investigation, user=user, role=role)
    return insert(membership, actor=actor, action="membership.granted")


@transaction.atomic
def change_role(membership: Membership, *, actor: User, role: Role) -> Membership:
    """Give a member another role. Needs admin; the last admin stays one. Raises ForbiddenError, ConflictError."""
    _require_manager(actor, membership.investigation)
    if role != Role.ADMIN:
        _keep_an_admin(membership)
    return update(membership, {"role": role}, actor=actor, action="membership.changed")


@transaction.atomic
def revoke_membership(membership: Membership, *, actor: User) -> None:
    """Take somebody off the case, and end what they were to see to there. Needs admin; the last admin stays.

    Raises ForbiddenError, ConflictError.
    """
    _require_manager(actor, membership.investigation)
    _keep_an_admin(membership)
    end_assignments(membership.investigation, membership.user, actor=actor)
    remove(membership, actor=actor, action="membership.revoked")


def _require_manager(actor: User, investigation: Investigation) -> None:
    """A case's admins decide who works on it; a superuser may too, so that no case is ever locked out."""
    if not (actor.is_superuser and actor.api_token is None):
        require_role(actor, investigation, Role.ADMIN)


def _keep_an_admin(leaving: Membership) -> None:
    """Refuse to leave a case without an admin. The case's row is locked so that two admins cannot both go."""
    Investigation.objects.select_for_update().get(pk=leaving.investigation_id)
    admins = Membership.objects.filter(investigation_id=leaving.investigation_id, role=Role.ADMIN)
    if not admins.exclude(pk=leaving.pk).exists():
        raise ConflictError("An investigation keeps at least one admin.")

"""Who may reach what. Views, tasks and commands fetch objects for a user only through functions like these."""

from __future__ import annotations

from typing import TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, QuerySet

from osint.errors import ForbiddenError, NotFoundError
from osint.models import Investigation, Membership, Role, User

M = TypeVar("M", bound=Model)


def memberships_of(user: User | AnonymousUser) -> QuerySet[Membership]:
    """The user's memberships, narrowed to one investigation when their API token is."""
    if not isinstance(user, User) or not user.is_active:
        return Membership.objects.none()
    memberships = Membership.objects.filter(user=user)
    if user.api_token is not None and user.api_token.investigation_id is not None:
        memberships = memberships.filter(investigation_id=user.api_token.investigation_id)
    return memberships


def investigations_for(user: User | AnonymousUser) -> QuerySet[Investigation]:
    """The investigations this user is a member of."""
    return Investigation.objects.filter(pk__in=memberships_of(user).values("investigation_id"))


def role_in(user: User | AnonymousUser, investigation: Investigation) -> Role | None:
    """The user's role in the investigation, or None for an outsider."""
    membership = memberships_of(user).filter(investigation=investigation).first()
    return Role(membership.role) if membership else None


def get_investigation_for(user: User | AnonymousUser, slug: str) -> Investigation:
    """The investigation with this slug, if the user is a member of it. Raises NotFoundError."""
    return get_one(investigations_for(user), slug=slug)


def require_role(user: User | AnonymousUser, investigation: Investigation, role: Role) -> None:
    """Refuse a user whose role does not include `role`: NotFoundError outside, ForbiddenError inside the case."""
    held = role_in(user, investigation)
    if held is None:
        raise NotFoundError
    if not held.includes(role):
        raise ForbiddenError(f"This needs the role {role.label.lower()}; yours is {held.label.lower()}.")


def holds_anywhere(user: User | AnonymousUser, role: Role) -> bool:
    """Whether the user may act as `role` on the shared catalogue: by that role in some investigation, or as staff.

    A token for one investigation reaches no further than that investigation.
    """
    if isinstance(user, User) and user.api_token is not None and user.api_token.investigation_id is not None:
        return False
    if isinstance(user, User) and user.is_staff and user.api_token is None:
        return True
    enough = [candidate for candidate in Role if candidate.includes(role)]
    return memberships_of(user).filter(role__in=enough).exists()


def require_role_anywhere(user: User | AnonymousUser, role: Role) -> None:
    """Refuse a change to the shared catalogue by someone without `role` anywhere. Raises ForbiddenError."""
    if not holds_anywhere(user, role):
        raise ForbiddenError(f"This needs the role {role.label.lower()} in at least one investigation.")


def get_one(rows: QuerySet[M], **identity: object) -> M:
    """The one row of `rows` with this identity. Raises NotFoundError where Django would raise DoesNotExist."""
    found = rows.filter(**identity).first()
    if found is None:
        raise NotFoundError
    return found

"""Accounts."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.db import transaction

from osint.errors import ForbiddenError
from osint.models import SYSTEM_USERNAME, User
from osint.services.changes import insert, record_change, update


def system_user() -> User:
    """The account in whose name the product itself acts: archiving, sweeping, seeding."""
    return User.objects.get(username=SYSTEM_USERNAME)


@transaction.atomic
def create_user(*, actor: User, username: str, password: str, **values: Any) -> User:
    """Make an account. Staff may, but only a superuser or the product itself makes staff and superusers.

    `values`: display_name, email, is_staff, is_superuser. Raises ForbiddenError, ValidationError, ConflictError.
    """
    _require_staff(
        actor, "make accounts", superuser=bool(values.get("is_staff") or values.get("is_superuser"))
    )
    user = User(username=username, **values)
    validate_password(password, user)
    user.set_password(password)
    return insert(user, actor=actor, action="user.created")


def change_user(user: User, *, actor: User, **values: Any) -> User:
    """Change display name, e-mail, or whether the account is active, staff or superuser; a username stays.

    Raises as `create_user`.
    """
    if "username" in values:
        raise ForbiddenError("A username stays: the record of changes is read by it.")
    powers = {"is_staff", "is_superuser"} & values.keys()
    _require_staff(actor, "change accounts", superuser=bool(powers) or _as_stored(user).is_superuser)
    return update(user, values, actor=actor, action="user.changed")


@transaction.atomic
def set_password(user: User, *, actor: User, password: str) -> User:
    """Give an account a new password; the record says that, not what. Raises ForbiddenError, ValidationError."""
    stored = _as_stored(user)
    if actor.pk != user.pk:
        _require_staff(actor, "set another person's password", superuser=stored.is_superuser)
    validate_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password", "updated_at"])
    record_change(user, actor=actor, action="user.password_set")
    return user


def _as_stored(user: User) -> User:
    """The account as the database has it: a form may have changed what it was handed.

    Raises ForbiddenError for the account that may do everything: nobody may take it over.
    """
    stored = User.objects.get(pk=user.pk)
    if stored.username == SYSTEM_USERNAME:
        raise ForbiddenError("This account belongs to the product itself.")
    return stored


def _require_staff(actor: User, deed: str, *, superuser: bool = False) -> None:
    """Refuse whoever is not staff, or not a superuser where the account concerned has or gets such powers."""
    if actor.username == SYSTEM_USERNAME:
        return
    if not (actor.is_superuser if superuser else actor.is_staff):
        raise ForbiddenError(f"Only {'superusers' if superuser else 'staff'} may {deed}.")

"""The people of the demonstration, and the file in which whoever runs it finds their passwords."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import transaction

from osint.models import ApiToken, User
from osint.services.people import create_user, set_password, system_user
from osint.services.tokens import issue_token, revoke_token
from seeds.loading import Crew

TOKEN_NAME = "demonstration"  # noqa: S105  # what the token is called, not the token
ROLES: Mapping[str, Mapping[str, Any]] = {
    "viewer": {"display_name": "Demo viewer"},
    "researcher": {"display_name": "Demo researcher"},
    "reviewer": {"display_name": "Demo reviewer"},
    "admin": {"display_name": "Demo admin", "is_staff": True, "is_superuser": True},
}


@transaction.atomic
def admit(path: Path) -> Crew:
    """Make the demonstration's accounts and write their log-ins and the researcher's token to `path`.

    As long as the file and the accounts are there nothing changes: it is the only place where the passwords can be
    read. Where either is gone, such as with a new database, all of them are made anew.
    """
    if not path.exists() or User.objects.filter(username__in=ROLES).count() < len(ROLES):
        passwords = {role: secrets.token_urlsafe(12) for role in ROLES}
        users = {role: _account(role, password) for role, password in passwords.items()}
        _write(path, {"token": _token(users["researcher"]), "users": _log_ins(passwords)})
    return Crew(**{role: User.objects.get(username=role) for role in ROLES})


def _account(role: str, password: str) -> User:
    existing = User.objects.filter(username=role).first()
    if existing is None:
        return create_user(actor=system_user(), username=role, password=password, **ROLES[role])
    return set_password(existing, actor=system_user(), password=password)


def _token(user: User) -> str:
    for old in ApiToken.objects.filter(user=user, name=TOKEN_NAME, revoked_at=None):
        revoke_token(old, actor=user)
    return issue_token(actor=user, name=TOKEN_NAME, lifetime=timedelta(days=366))[1]


def _log_ins(passwords: Mapping[str, str]) -> dict[str, dict[str, str]]:
    return {role: {"username": role, "password": password} for role, password in passwords.items()}


def _write(path: Path, content: Mapping[str, Any]) -> None:
    """Readable by its owner only, from the first byte on."""
    partial = path.with_suffix(".part")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as sink:
        json.dump(content, sink, indent=2)
    partial.replace(path)

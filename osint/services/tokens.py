"""API tokens: made once, shown once, kept as a digest."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import transaction
from django.utils import timezone

from osint.access import require_role
from osint.errors import ForbiddenError
from osint.models import ApiToken, Investigation, Role, User
from osint.services.changes import insert, update

SCHEME = "slt"
DEFAULT_LIFETIME = timedelta(days=90)
LONGEST_LIFETIME = timedelta(days=366)
LAST_USE_GRAIN = timedelta(minutes=1)


@transaction.atomic
def issue_token(
    *,
    actor: User,
    name: str,
    investigation: Investigation | None = None,
    lifetime: timedelta = DEFAULT_LIFETIME,
) -> tuple[ApiToken, str]:
    """Make a token of the actor's own and return its row and its text, which is shown this once only.

    A token for one investigation needs a membership there. `lifetime` is at most 366 days. Raises ForbiddenError,
    NotFoundError, ValidationError.
    """
    if actor.api_token is not None:
        raise ForbiddenError("A token cannot make tokens: log in instead.")
    if investigation is not None:
        require_role(actor, investigation, Role.VIEWER)
    secret, prefix = secrets.token_urlsafe(32), secrets.token_hex(6)
    token = ApiToken(
        user=actor,
        investigation=investigation,
        name=name,
        prefix=prefix,
        digest=_digest(secret),
        expires_at=timezone.now() + min(lifetime, LONGEST_LIFETIME),
    )
    return insert(token, actor=actor, action="token.issued"), f"{SCHEME}_{prefix}_{secret}"


def revoke_token(token: ApiToken, *, actor: User) -> ApiToken:
    """End a token now, once and for all. Its owner or staff may. Raises ForbiddenError."""
    if actor.pk != token.user_id and not actor.is_staff:
        raise ForbiddenError("Only the owner or staff may revoke a token.")
    if token.revoked_at is not None:
        return token
    return update(token, {"revoked_at": timezone.now()}, actor=actor, action="token.revoked")


def find_usable_token(text: str, now: datetime) -> ApiToken | None:
    """The token with this text if it opens anything at `now`, compared in constant time; else None."""
    scheme, _, rest = text.partition("_")
    prefix, _, secret = rest.partition("_")
    if scheme != SCHEME or not secret or "\x00" in prefix:
        return None
    token = ApiToken.objects.select_related("user").filter(prefix=prefix).first()
    if token is None or not hmac.compare_digest(token.digest, _digest(secret)):
        return None
    return token if token.is_usable(now) else None


def note_use(token: ApiToken, now: datetime) -> None:
    """Remember that the token was used, at most once a minute: not a change worth recording."""
    if token.last_used_at is None or now - token.last_used_at >= LAST_USE_GRAIN:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)


def _digest(secret: str) -> str:
    """SHA-256 suffices: the secret has 256 random bits, so there is nothing to guess slowly."""
    return sha256(secret.encode()).hexdigest()

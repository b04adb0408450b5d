"""People who use the product, and the one service account that acts for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models

from osint.models.base import Record

if TYPE_CHECKING:
    from osint.models.tokens import ApiToken

SYSTEM_USERNAME = "sightline"


class User(AbstractUser, Record):
    """Somebody with an account. What they may see is decided by their memberships alone."""

    first_name = None  # type: ignore[assignment]  # names do not split in two everywhere
    last_name = None  # type: ignore[assignment]  # see first_name
    display_name = models.CharField(max_length=120, blank=True)
    wants_mail = models.BooleanField(
        "is told by e-mail",
        default=True,
        help_text="Of what concerns them, where the instance sends e-mail.",
    )

    unrecorded = frozenset({"password", "last_login", "groups", "user_permissions"})

    #: The API token this request came with; None for a session. A token may narrow what the user reaches.
    api_token: ApiToken | None = None

    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        ordering = ("username",)

    def get_full_name(self) -> str:
        return self.display_name or self.username

    def get_short_name(self) -> str:
        return self.get_full_name()

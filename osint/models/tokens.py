"""Tokens with which programs use the API."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models

from osint.models.base import Record
from osint.models.investigations import Investigation


class ApiToken(Record):
    """A revocable, expiring key of one user, optionally for one investigation only. Only its digest is kept."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="api_tokens")
    investigation = models.ForeignKey(
        Investigation, on_delete=models.PROTECT, related_name="api_tokens", null=True, blank=True
    )
    name = models.CharField(max_length=120, help_text="What uses this token.")
    prefix = models.CharField(max_length=12, unique=True, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)

    unrecorded = frozenset({"digest", "last_used_at"})

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    def is_usable(self, now: datetime) -> bool:
        """Whether the token opens anything at `now`."""
        return self.revoked_at is None and now < self.expires_at and self.user.is_active

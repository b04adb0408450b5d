"""The append-only record of who changed what, when."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from osint.models.base import RecordedJSONEncoder, new_id


class Change(models.Model):
    """One change of one row, written in the transaction that made it.

    The subject is named by type and id rather than by a foreign key: the entry outlives its subject, and the
    ground floor never learns the names upstairs. Triggers refuse UPDATE, DELETE and TRUNCATE.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    at = models.DateTimeField(default=timezone.now, editable=False)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="changes")
    action = models.CharField(max_length=64)
    subject_type = models.CharField(max_length=64)
    subject_id = models.UUIDField()
    investigation_id = models.UUIDField(null=True)
    old = models.JSONField(null=True, encoder=RecordedJSONEncoder)
    new = models.JSONField(null=True, encoder=RecordedJSONEncoder)

    class Meta:
        ordering = ("-id",)
        indexes = [
            models.Index(fields=["subject_id", "-id"], name="change_of_subject"),
            models.Index(fields=["investigation_id", "-id"], name="change_in_case"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.subject_type} {self.subject_id}"

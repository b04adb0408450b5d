"""Jobs that PostgreSQL owns: their state, their lease, and the token that fences off a late worker."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from osint.models.base import Record


class JobState(models.TextChoices):
    """Where a job is. The last four are ends."""

    QUEUED = "queued", "Queued"
    LEASED = "leased", "Running"
    SUCCEEDED = "succeeded", "Succeeded"
    FAILED = "failed", "Failed"
    QUARANTINED = "quarantined", "Quarantined"
    CANCELLED = "cancelled", "Cancelled"


ENDED = frozenset({JobState.SUCCEEDED, JobState.FAILED, JobState.QUARANTINED, JobState.CANCELLED})


class Job(Record):
    """Base of every piece of background work.

    A message broker only rings the bell; this row is the truth. A worker holds a job while `lease_until` lies
    ahead, and its results are accepted only with the `fencing_token` it was given.
    """

    state = models.CharField(max_length=12, choices=JobState.choices, default=JobState.QUEUED)
    rung_at = models.DateTimeField(
        null=True, blank=True, help_text="When the broker was last asked to ring for this job."
    )
    not_before = models.DateTimeField(default=timezone.now)
    lease_until = models.DateTimeField(null=True, blank=True)
    worker = models.CharField(max_length=120, blank=True)
    attempt = models.PositiveIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0, help_text="Temporary failures so far.")
    lost_children = models.PositiveIntegerField(
        default=0, help_text="How often the process working on this job died while its worker lived on."
    )
    fencing_token = models.PositiveBigIntegerField(default=0)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    error_code = models.CharField(max_length=64, blank=True)
    error_detail = models.TextField(blank=True)

    JOB_FIELDS: ClassVar[frozenset[str]] = frozenset(
        {
            "rung_at",
            "not_before",
            "lease_until",
            "worker",
            "failures",
            "lost_children",
            "fencing_token",
            "started_at",
        }
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=JobState.values), name="%(app_label)s_%(class)s_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state=JobState.LEASED, lease_until__isnull=False)
                | (~Q(state=JobState.LEASED) & Q(lease_until__isnull=True)),
                name="%(app_label)s_%(class)s_lease_while_leased",
            ),
        ]
        indexes = [
            models.Index(
                fields=["not_before"],
                name="%(app_label)s_%(class)s_due",
                condition=Q(state=JobState.QUEUED),
            ),
            models.Index(
                fields=["lease_until"],
                name="%(app_label)s_%(class)s_leased",
                condition=Q(state=JobState.LEASED),
            ),
        ]

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will happen to this job by itself."""
        return self.state in ENDED

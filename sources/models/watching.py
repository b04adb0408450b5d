"""Looking after the originals: whether what was published is still there."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone

from osint.models import Investigation, Record
from sources.models.captures import Capture
from sources.models.publications import Publication


class LinkOutcome(models.TextChoices):
    UNCHANGED = "unchanged", "Unchanged"
    CHANGED = "changed", "Changed"
    MOVED = "moved", "Moved"
    GONE = "gone", "Gone"
    UNREACHABLE = "unreachable", "No answer"
    UNCOMPARED = "uncompared", "Not compared"


class LinkWatch(Record):
    """When a publication's original is looked at next. The wait doubles while nothing changes."""

    investigation = models.ForeignKey(Investigation, on_delete=models.PROTECT, related_name="link_watches")
    publication = models.OneToOneField(Publication, on_delete=models.PROTECT, related_name="watch")
    is_paused = models.BooleanField(default=False)
    next_at = models.DateTimeField(default=timezone.now)
    interval = models.DurationField(default=timedelta(days=1))
    failures = models.PositiveIntegerField(default=0, help_text="Looks in a row that got no answer.")
    outcome = models.CharField(
        max_length=12,
        choices=LinkOutcome.choices,
        blank=True,
        help_text="Of the last look that got an answer.",
    )
    outcome_since = models.DateTimeField(null=True, blank=True)

    unrecorded = frozenset({"next_at", "interval", "failures", "outcome", "outcome_since"})

    class Meta:
        ordering = ("-id",)
        verbose_name_plural = "link watches"
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=[*LinkOutcome.values, ""]), name="link_watch_outcome_known"
            )
        ]
        indexes = [
            models.Index(fields=["next_at"], name="link_watch_due", condition=Q(is_paused=False)),
            models.Index(
                fields=["investigation", "outcome_since"],
                name="link_watch_gone",
                condition=Q(outcome=LinkOutcome.GONE),
            ),
        ]

    def __str__(self) -> str:
        return f"watch of {self.publication_id}"


class LinkCheck(models.Model):
    """What one look at an original found."""

    id = models.BigAutoField(primary_key=True)
    watch = models.ForeignKey(LinkWatch, on_delete=models.PROTECT, related_name="checks")
    checked_at = models.DateTimeField(default=timezone.now)
    outcome = models.CharField(max_length=12, choices=LinkOutcome.choices)
    status = models.PositiveSmallIntegerField(null=True, blank=True, help_text="HTTP status, if any answer.")
    final_url = models.TextField(blank=True)
    text_sha256 = models.CharField(max_length=64, blank=True, help_text="Of the readable text.")
    detail = models.TextField(blank=True)
    capture = models.ForeignKey(
        Capture,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Asked for because of it.",
    )

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(condition=Q(outcome__in=LinkOutcome.values), name="link_outcome_known")
        ]
        indexes = [models.Index(fields=["watch", "-id"], name="link_checks_of_watch")]

    def __str__(self) -> str:
        return f"{self.watch_id} {self.outcome}"


class HandOn(Record):
    """A publication handed to a public web archive, because the operator wants that."""

    investigation = models.ForeignKey(Investigation, on_delete=models.PROTECT, related_name="handed_on")
    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="handed_on")
    archive = models.CharField(max_length=60)
    asked_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    snapshot_url = models.TextField(blank=True)
    detail = models.TextField(blank=True)

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["publication", "archive"],
                name="hand_on_open_once",
                condition=Q(answered_at__isnull=True),
            )
        ]
        indexes = [
            models.Index(fields=["asked_at"], name="hand_on_due", condition=Q(answered_at__isnull=True))
        ]

    def __str__(self) -> str:
        return f"{self.publication_id} to {self.archive}"

"""Who controls sources: what one owner controls does not speak for itself twice."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from osint.models import Record
from sources.models.sources import Source


class OwnerKind(models.TextChoices):
    COMPANY = "company", "Company"
    STATE = "state", "State"
    FOUNDATION = "foundation", "Foundation"
    PERSON = "person", "Person"
    COLLECTIVE = "collective", "Collective"


class Owner(Record):
    """Who decides what a source publishes. One that is its own master is an owner too."""

    name = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=16, choices=OwnerKind.choices)
    description = models.TextField(blank=True)

    class Meta:
        ordering = ("name",)
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=OwnerKind.values), name="owner_kind_known")
        ]

    def __str__(self) -> str:
        return self.name


class Ownership(Record):
    """One judgement of who controls a source. Never edited: a new one supersedes it, and the history stays.

    Without an owner it says that independence is not established after all.
    """

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="ownerships")
    owner = models.ForeignKey(
        Owner, on_delete=models.PROTECT, null=True, blank=True, related_name="ownerships"
    )
    since = models.DateField(default=timezone.localdate, help_text="From this day on the judgement holds.")
    established_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()

    class Meta:
        ordering = ("-since", "-id")
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="ownership_has_reason")]
        indexes = [models.Index(fields=["source", "-since", "-id"], name="ownership_latest")]

    def __str__(self) -> str:
        return f"{self.source} · {self.owner or 'not established'}"

    @property
    def case_id(self) -> UUID | None:
        return self.source.private_to_id

    @classmethod
    def in_force(cls) -> models.QuerySet[Ownership]:
        """Judgements that hold today, the one that counts first."""
        return cls.objects.filter(since__lte=timezone.localdate()).order_by("-since", "-id")

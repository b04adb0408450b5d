"""How sightings of a case relate to one another."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from osint.models import Investigation, Record
from sightings.models.sightings import Sighting


class RelationKind(models.TextChoices):
    SAME_AS = "same as", "is the same as"
    FOLLOWS = "follows", "follows"
    CONTRADICTS = "contradicts", "contradicts"


class SightingRelation(Record):
    """`sighting` is the same as, follows, or contradicts `other`.

    What is the same counts for `other`, which is shown in its place; both histories stay, and undoing parts them.
    """

    investigation = models.ForeignKey(Investigation, on_delete=models.PROTECT, related_name="relations")
    sighting = models.ForeignKey(Sighting, on_delete=models.PROTECT, related_name="relations")
    other = models.ForeignKey(Sighting, on_delete=models.PROTECT, related_name="related")
    kind = models.CharField(max_length=12, choices=RelationKind.choices)
    reason = models.TextField()
    stated_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True, editable=False)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    undone_reason = models.TextField(blank=True, editable=False)

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["sighting", "other", "kind"],
                condition=Q(undone_at__isnull=True),
                name="relation_stated_once",
                violation_error_code="relation_exists",
                violation_error_message="This has been stated already.",
            ),
            models.UniqueConstraint(
                fields=["sighting"],
                condition=Q(undone_at__isnull=True, kind=RelationKind.SAME_AS),
                name="relation_same_as_one",
                violation_error_code="merged_already",
                violation_error_message="This sighting counts for another one already.",
            ),
            models.CheckConstraint(condition=~Q(sighting=F("other")), name="relation_not_to_itself"),
            models.CheckConstraint(condition=Q(kind__in=RelationKind.values), name="relation_kind_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="relation_has_reason"),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True, undone_by__isnull=True)
                | (Q(undone_at__isnull=False, undone_by__isnull=False) & ~Q(undone_reason="")),
                name="relation_undone_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["other"], name="relation_to")]

    def __str__(self) -> str:
        return f"{self.sighting} {self.kind} {self.other}"

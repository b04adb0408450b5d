"""How sure the evidence made us, each time something that it rests on changed."""

from __future__ import annotations

from uuid import UUID

from django.db import models
from django.db.models import Q

from osint.models import Record
from sightings.models.sightings import Sighting


class Assessment(Record):
    """The computed confidence in a sighting at one moment, with its inputs and the reasons. Never edited.

    `digest` is that of version and inputs: whoever recomputes them gets these numbers.
    """

    sighting = models.ForeignKey(Sighting, on_delete=models.PROTECT, related_name="assessments")
    model = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    inputs = models.JSONField()
    support = models.FloatField()
    refutation = models.FloatField()
    probability = models.FloatField()
    uncertainty = models.FloatField()
    conflict = models.FloatField()
    word = models.CharField(max_length=32)
    is_capped = models.BooleanField()
    analytic_confidence = models.CharField(max_length=16)
    clusters = models.PositiveIntegerField(help_text="Independent clusters on the leading side.")
    explanation = models.JSONField()

    #: All of it follows from the inputs, whose digest is recorded.
    unrecorded = frozenset({"inputs", "explanation"})

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(probability__gt=0, probability__lt=1, uncertainty__gt=0, uncertainty__lte=1),
                name="assessment_in_bounds",
            )
        ]
        indexes = [models.Index(fields=["sighting", "-id"], name="assessment_latest")]

    def __str__(self) -> str:
        return f"{self.sighting}: {self.word}"

    @property
    def case_id(self) -> UUID | None:
        return self.sighting.investigation_id

    @property
    def belief(self) -> float:
        """The part that evidence for the claim settles."""
        return self.support / (self.support + self.refutation + 2)

    @property
    def disbelief(self) -> float:
        """The part that evidence against it settles."""
        return self.refutation / (self.support + self.refutation + 2)


class Recomputation(models.Model):
    """A sighting whose assessment no longer follows from what it rests on. Triggers put it here, in the transaction
    that changed something; recomputing takes it away."""

    sighting = models.OneToOneField(Sighting, on_delete=models.CASCADE, primary_key=True, related_name="due")
    since = models.DateTimeField()
    changes = models.PositiveBigIntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["since"], name="recomputation_oldest")]

    def __str__(self) -> str:
        return f"{self.sighting_id}, {self.changes} changes"

"""What else it could be: hypotheses that compete with a sighting, and how each item of evidence fits them.

The matrix of R. Heuer's Analysis of Competing Hypotheses. It stays a matrix: no number is made of it.
"""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q

from osint.models import Record
from sightings.models.sightings import Evidence, Sighting


class Fit(models.TextChoices):
    """How an item of evidence fits a hypothesis."""

    VERY_CONSISTENT = "++", "very consistent"
    CONSISTENT = "+", "consistent"
    NEUTRAL = "0", "says nothing"
    INCONSISTENT = "-", "inconsistent"
    VERY_INCONSISTENT = "--", "very inconsistent"


class Hypothesis(Record):
    """One answer to "what is it?", such as a decoy or old footage. The sighting's own claim is always the first."""

    sighting = models.ForeignKey(Sighting, on_delete=models.PROTECT, related_name="hypotheses")
    title = models.CharField(max_length=200)
    note = models.TextField(blank=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    is_dropped = models.BooleanField(default=False)

    class Meta:
        ordering = ("id",)
        verbose_name_plural = "hypotheses"
        constraints = [
            models.UniqueConstraint(
                fields=["sighting", "title"],
                name="hypothesis_named_once",
                violation_error_code="hypothesis_exists",
                violation_error_message="This hypothesis is there already.",
            ),
            models.UniqueConstraint(fields=["id", "sighting"], name="hypothesis_of_one_sighting"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def case_id(self) -> UUID | None:
        return self.sighting.investigation_id


class HypothesisFit(Record):
    """One cell of the matrix. Without a hypothesis it is about the sighting's own claim."""

    sighting = models.ForeignKey(Sighting, on_delete=models.PROTECT, related_name="+")
    hypothesis = models.ForeignKey(
        Hypothesis, on_delete=models.PROTECT, null=True, blank=True, related_name="fits"
    )
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="fits")
    fit = models.CharField(max_length=2, choices=Fit.choices)
    judged_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["hypothesis", "evidence"], nulls_distinct=False, name="fit_judged_once"
            ),
            models.CheckConstraint(condition=Q(fit__in=Fit.values), name="fit_known"),
        ]

    def __str__(self) -> str:
        return f"{self.evidence} {self.fit} {self.hypothesis or 'the claim'}"

    @property
    def case_id(self) -> UUID | None:
        return self.sighting.investigation_id

"""What reviewers decide. Judgements are superseded, never edited."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q

from osint.models import Investigation, Record
from sightings.errors import OwnWorkError
from sightings.models.sightings import Sighting
from sources.models import Publication


class Decision(models.TextChoices):
    """What a review says of a sighting. Reopening sends a decided one back to the queue."""

    VERIFIED = "verified", "Verified"
    DISPUTED = "disputed", "Disputed"
    REJECTED = "rejected", "Rejected"
    REOPENED = "reopened", "Reopened"


class CheckQuestion(models.TextChoices):
    """What a reviewer looks into."""

    PLACE = "place", "Place confirmed?"
    DATE = "date", "Date confirmed?"
    EQUIPMENT = "equipment", "Equipment identified?"
    MEDIA = "media", "Media original?"


class CheckAnswer(models.TextChoices):
    YES = "yes", "Yes"
    NO = "no", "No"
    UNKNOWN = "unknown", "Could not be found out"


class CheckMethod(models.TextChoices):
    """How an answer was found."""

    GEOLOCATION = "geolocation", "Geolocation"
    CHRONOLOCATION = "chronolocation", "Shadows, weather, chronolocation"
    REVERSE_SEARCH = "reverse image search", "Reverse image search"
    SATELLITE = "satellite", "Satellite imagery"
    METADATA = "metadata", "Metadata of the file"
    COMPARISON = "comparison", "Comparison with reference pictures"
    WITNESS = "witness", "Asked somebody who was there"
    NONE = "none", "Not looked into"


class Review(Record):
    """One reviewer's decision on a sighting, with a reason. A later one of the same person supersedes it.

    A contrary one of another person stands beside it. The database refuses verification by whoever logged the
    sighting or attached evidence to it.
    """

    sighting = models.ForeignKey(Sighting, on_delete=models.PROTECT, related_name="reviews")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reviews")
    decision = models.CharField(max_length=12, choices=Decision.choices)
    reason = models.TextField()
    superseded_at = models.DateTimeField(null=True, blank=True, editable=False)
    assessment = models.ForeignKey(
        "sightings.Assessment", on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        help_text="What was computed when the reviewer decided.",
    )  # fmt: skip

    refusals = {"review_by_another_person": OwnWorkError}

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(condition=Q(decision__in=Decision.values), name="review_decision_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="review_has_reason"),
            models.UniqueConstraint(
                fields=["sighting", "reviewer"],
                condition=Q(superseded_at__isnull=True),
                name="review_stands_once_per_person",
            ),
        ]
        indexes = [models.Index(fields=["sighting", "-id"], name="review_of_sighting")]

    def __str__(self) -> str:
        return f"{self.reviewer} {self.decision} {self.sighting}"

    @property
    def case_id(self) -> UUID | None:
        return self.sighting.investigation_id


class ReviewCheck(Record):
    """One answer of a review's checklist: what was found out, by whom, and how."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="checks")
    question = models.CharField(max_length=16, choices=CheckQuestion.choices)
    answer = models.CharField(max_length=8, choices=CheckAnswer.choices)
    method = models.CharField(max_length=24, choices=CheckMethod.choices)
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(blank=True)

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["review", "question"], name="check_answered_once"),
            models.CheckConstraint(
                condition=Q(question__in=CheckQuestion.values, answer__in=CheckAnswer.values)
                & Q(method__in=CheckMethod.values),
                name="check_known",
            ),
            models.CheckConstraint(
                condition=Q(answer=CheckAnswer.UNKNOWN) | ~Q(method=CheckMethod.NONE), name="check_has_method"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question} {self.answer}"

    @property
    def case_id(self) -> UUID | None:
        return self.review.case_id


class ReviewTurn(Record):
    """Who has taken a sighting out of the queue to review it. Given back, or run out, it is anybody's again."""

    sighting = models.OneToOneField(Sighting, on_delete=models.PROTECT, related_name="turn")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    until = models.DateTimeField()

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.reviewer} reviews {self.sighting}"

    @property
    def case_id(self) -> UUID | None:
        return self.sighting.investigation_id


class Invalidation(Record):
    """A reviewer found what a publication shows to be worth nothing, such as staged or old footage."""

    investigation = models.ForeignKey(Investigation, on_delete=models.PROTECT, related_name="invalidations")
    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="invalidations")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawn_reason = models.TextField(blank=True, editable=False)

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="invalidation_has_reason"),
            models.UniqueConstraint(
                fields=["publication"],
                condition=Q(withdrawn_at__isnull=True),
                name="invalidated_once",
                violation_error_code="invalidated_already",
                violation_error_message="This publication has been found to be worth nothing already.",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawn_reason="")),
                name="invalidation_withdrawn_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.publication} is worth nothing"

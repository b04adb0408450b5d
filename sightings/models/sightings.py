"""Claimed deployments, and the publications that support or refute them."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from osint.models import Investigation, Record
from sightings.errors import SightingLockedError
from sightings.models.catalogue import Equipment, Place
from sightings.models.positions import Positioned
from sources.models import Publication


class Status(models.TextChoices):
    """Where a sighting stands. Those past proposed are reached by a review."""

    DRAFT = "draft", "Draft"
    PROPOSED = "proposed", "Proposed"
    IN_REVIEW = "in review", "In review"
    VERIFIED = "verified", "Verified"
    DISPUTED = "disputed", "Disputed"
    REJECTED = "rejected", "Rejected"


class Activity(models.TextChoices):
    DEPLOYED = "deployed", "Deployed"
    TRANSPORTED = "transported", "Transported"
    FIRING = "firing", "Firing"
    EXERCISE = "exercise", "Exercise"
    DESTROYED = "destroyed", "Destroyed"
    STRIKE = "strike", "Used in a strike"
    UNKNOWN = "unknown", "Unknown"


class Sighting(Positioned, Record):
    """One claim: what, how many, whose, doing what, where and when.

    Where is a named place, a position of its own, or both; the position, being nearer to the claim, then counts.
    When is an EDTF text beside its earliest and latest day. Unknown is NULL or empty, never a middle value.
    """

    investigation = models.ForeignKey(Investigation, on_delete=models.PROTECT, related_name="sightings")
    title = models.CharField(max_length=300)
    description = models.TextField(blank=True)
    equipment = models.ForeignKey(
        Equipment, on_delete=models.PROTECT, null=True, blank=True, related_name="sightings"
    )
    quantity_min = models.PositiveIntegerField(null=True, blank=True)
    quantity_max = models.PositiveIntegerField(null=True, blank=True)
    operator = models.CharField(max_length=200, blank=True)
    activity = models.CharField(max_length=16, choices=Activity.choices, default=Activity.UNKNOWN)
    place = models.ForeignKey(
        Place, on_delete=models.PROTECT, null=True, blank=True, related_name="sightings"
    )
    when = models.CharField(max_length=120, blank=True, help_text="EDTF, such as 2023-01-06~.")
    when_earliest = models.DateField(null=True, editable=False)
    when_latest = models.DateField(null=True, editable=False)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.PROPOSED)
    half_life_days = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(36_500)],
        help_text="For a claim that something is still there: after so many days evidence counts half. "
        "Empty for what happened on a date.",
    )
    logged_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    # Of the latest assessment, so that lists can be filtered and ordered by them. None until there is one.
    probability = models.FloatField(null=True, editable=False)
    uncertainty = models.FloatField(null=True, editable=False)
    word = models.CharField(max_length=32, blank=True, editable=False)
    analytic_confidence = models.CharField(max_length=16, blank=True, editable=False)
    flagged_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When contrary evidence came to a verified sighting."
    )
    waiting_since = models.DateTimeField(
        default=timezone.now,
        db_default=Now(),
        editable=False,
        help_text="When it was last proposed, reopened or flagged.",
    )

    #: A copy of what an assessment, which is recorded itself, found.
    unrecorded = frozenset({"probability", "uncertainty", "word", "analytic_confidence"})
    refusals = {"sighting_locked": SightingLockedError}

    class Meta:
        ordering = ("-id",)
        constraints = [
            *Positioned.Meta.constraints,
            models.UniqueConstraint(fields=["id", "investigation"], name="sighting_in_one_case"),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="sighting_status_known"),
            models.CheckConstraint(condition=Q(activity__in=Activity.values), name="sighting_activity_known"),
            models.CheckConstraint(
                condition=Q(quantity_min__isnull=True)
                | Q(quantity_max__isnull=True)
                | Q(quantity_min__lte=F("quantity_max")),
                name="sighting_quantity_ordered",
                violation_error_code="quantity_order",
                violation_error_message="The smallest quantity is larger than the largest.",
            ),
            models.CheckConstraint(
                condition=Q(when_earliest__isnull=True)
                | Q(when_latest__isnull=True)
                | Q(when_earliest__lte=F("when_latest")),
                name="sighting_dates_ordered",
            ),
        ]
        indexes = [
            models.Index(fields=["investigation", "-id"], name="sighting_list"),
            models.Index(fields=["investigation", "when_earliest", "when_latest"], name="sighting_when"),
            models.Index(fields=["latitude", "longitude"], name="sighting_where"),
            models.Index(fields=["equipment"], name="sighting_equipment"),
            models.Index(fields=["investigation", "probability"], name="sighting_probability"),
            models.Index(fields=["investigation", "status", "-id"], name="sighting_status"),
            models.Index(
                fields=["investigation", "waiting_since", "id"],
                condition=Q(status__in=["proposed", "in review"]) | Q(flagged_at__isnull=False),
                name="sighting_waiting",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def position(self) -> Positioned | None:
        """Where the claim is put on a map: its own position, else its place's, else None."""
        if self.latitude is not None:
            return self
        return self.place


class Stance(models.TextChoices):
    """Which way an item of evidence points. Undercutting attacks another item, such as by showing it to be old."""

    SUPPORTS = "supports", "supports"
    REFUTES = "refutes", "refutes"
    NEUTRAL = "neutral", "neutral"
    UNDERCUTS = "undercuts", "undercuts"


class Credibility(models.IntegerChoices):
    """The Admiralty code's judgement of one item. 6 means there is no basis for one: neither worst nor middle."""

    CONFIRMED = 1, "confirmed by other independent sources"
    PROBABLE = 2, "probably true"
    POSSIBLE = 3, "possibly true"
    DOUBTFUL = 4, "doubtful"
    IMPROBABLE = 5, "improbable"
    UNKNOWN = 6, "truth cannot be judged"


#: A media fragment (W3C Media Fragments URI 1.0): seconds, a region in pixels or per cent, or both.
_NUMBER = r"\d+(\.\d+)?"
_TIME = rf"t=({_NUMBER}(,{_NUMBER})?|,{_NUMBER})"
_REGION = rf"xywh=(pixel:|percent:)?{_NUMBER}(,{_NUMBER}){{3}}"
FRAGMENT = rf"^({_TIME}(&{_REGION})?|{_REGION})\Z"


class Evidence(Record):
    """The link between a sighting and a publication: which way it points, how credible, and where exactly."""

    investigation = models.ForeignKey(Investigation, on_delete=models.PROTECT, related_name="evidence")
    sighting = models.ForeignKey(Sighting, on_delete=models.PROTECT, related_name="evidence")
    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="evidence")
    stance = models.CharField(max_length=12, choices=Stance.choices)
    credibility = models.PositiveSmallIntegerField(choices=Credibility.choices)
    quotation = models.TextField(blank=True, help_text="The words relied upon, in the original language.")
    fragment = models.CharField(
        max_length=120,
        blank=True,
        help_text="Where in a medium: t=3,7 or xywh=10,20,300,200.",
        validators=[
            RegexValidator(FRAGMENT, "Expected such as t=3,7 or xywh=10,20,300,200.", "fragment_invalid")
        ],
    )
    note = models.TextField(blank=True)
    undercuts = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="undercut_by"
    )
    attached_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)
    withdrawn_reason = models.TextField(blank=True, editable=False)

    refusals = {"sighting_locked": SightingLockedError}

    class Meta:
        ordering = ("-id",)
        verbose_name_plural = "evidence"
        constraints = [
            models.UniqueConstraint(
                fields=["sighting", "publication", "stance", "fragment", "undercuts"],
                condition=Q(withdrawn_at__isnull=True),
                nulls_distinct=False,
                name="evidence_attached_once",
                violation_error_code="evidence_exists",
                violation_error_message="This publication is already attached in this way.",
            ),
            models.UniqueConstraint(fields=["id", "sighting"], name="evidence_of_one_sighting"),
            models.CheckConstraint(condition=Q(stance__in=Stance.values), name="evidence_stance_known"),
            models.CheckConstraint(condition=Q(credibility__range=(1, 6)), name="evidence_credibility_known"),
            models.CheckConstraint(
                condition=Q(stance=Stance.UNDERCUTS, undercuts__isnull=False)
                | (~Q(stance=Stance.UNDERCUTS) & Q(undercuts__isnull=True)),
                name="evidence_undercuts_something",
                violation_error_code="undercuts_mismatch",
                violation_error_message="Evidence that undercuts names the item it attacks, and no other does.",
            ),
            models.CheckConstraint(
                condition=Q(undercuts__isnull=True) | ~Q(undercuts=F("id")),
                name="evidence_not_against_itself",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | ~Q(withdrawn_reason=""),
                name="evidence_withdrawal_has_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["sighting", "id"], name="evidence_of_sighting"),
            models.Index(fields=["publication"], name="evidence_from_publication"),
            models.Index(fields=["investigation", "-id"], name="evidence_list"),
        ]

    def __str__(self) -> str:
        return f"{self.publication} {self.stance} {self.sighting}"

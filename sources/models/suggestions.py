"""What a machine takes for a derivation. A person decides, and a rejected suggestion does not come back."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from osint.models import Investigation, Record
from sources.models.publications import Derivation, DerivationKind, Publication
from sources.suggesting.wording import ground_in_words, order_in_words


class Ground(models.TextChoices):
    """What a suggestion rests on."""

    MEDIA = "media", "the same picture or video"
    LINK = "link", "a link to it"
    TEXT = "text", "nearly the same text"
    ATTRIBUTION = "attribution", "words that name its source"


class SuggestionState(models.TextChoices):
    OPEN = "open", "Open"
    ACCEPTED = "accepted", "Accepted"
    REJECTED = "rejected", "Rejected"


class DerivationSuggestion(Record):
    """ "This publication may derive from that one", with what makes a machine think so."""

    investigation = models.ForeignKey(
        Investigation, on_delete=models.PROTECT, related_name="derivation_suggestions"
    )
    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="suggested_origins")
    derives_from = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="suggested_relays")
    kind = models.CharField(max_length=16, choices=DerivationKind.choices)
    ground = models.CharField(max_length=16, choices=Ground.choices)
    details = models.JSONField(
        default=dict, blank=True, help_text="Distance, share of common text, link or words."
    )
    state = models.CharField(max_length=12, choices=SuggestionState.choices, default=SuggestionState.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    derivation = models.ForeignKey(
        Derivation, on_delete=models.SET_NULL, null=True, blank=True, related_name="suggestions"
    )

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["publication", "derives_from", "ground"], name="suggestion_made_once"
            ),
            models.CheckConstraint(
                condition=~Q(publication=F("derives_from")), name="suggestion_not_from_itself"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=DerivationKind.values, ground__in=Ground.values), name="suggestion_known"
            ),
            models.CheckConstraint(
                condition=Q(state=SuggestionState.OPEN, decided_by__isnull=True, decided_at__isnull=True)
                | Q(
                    state__in=[SuggestionState.ACCEPTED, SuggestionState.REJECTED],
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                ),
                name="suggestion_decided_by_somebody",
            ),
        ]
        indexes = [
            models.Index(
                fields=["investigation", "-id"],
                name="suggestion_open",
                condition=Q(state=SuggestionState.OPEN),
            )
        ]

    def __str__(self) -> str:
        return f"{self.publication} may derive from {self.derives_from}: {self.ground}"

    @property
    def grounds(self) -> str:
        """What it rests on, as a sentence."""
        return ground_in_words(self.ground, self.details)

    @property
    def direction(self) -> str:
        """Why it runs in this direction, as a sentence."""
        return order_in_words(self.details)


class TextSketch(models.Model):
    """What a publication's text looks like, small enough to find nearly the same text among millions.

    `values` as in `sources.suggesting.sketching`, none where the text is too short. `attributions` are the places
    where the text names others as its source, as in `sources.suggesting.attribution`.
    """

    publication = models.OneToOneField(
        Publication, on_delete=models.CASCADE, primary_key=True, related_name="text_sketch"
    )
    words = models.PositiveIntegerField()
    values = models.BinaryField(blank=True, help_text="The MinHash values, 8 bytes each, big-endian.")
    attributions = models.JSONField(default=list, blank=True)

    def __str__(self) -> str:
        return f"{self.words} words of {self.publication}"


class TextBand(models.Model):
    """A hash of some values of a sketch: texts that share one are likely to be alike."""

    id = models.BigAutoField(primary_key=True)
    sketch = models.ForeignKey(TextSketch, on_delete=models.CASCADE, related_name="bands")
    investigation = models.ForeignKey(Investigation, on_delete=models.CASCADE, related_name="+")
    band = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["investigation", "band"], name="text_band_equal")]

    def __str__(self) -> str:
        return f"{self.band:x}"

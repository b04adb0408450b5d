"""What sources published, and which publication relays which."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import MD5

from osint.models import Investigation, Record
from sources.models.sources import Source


class PublicationKind(models.TextChoices):
    ARTICLE = "article", "Article"
    POST = "post", "Post"
    VIDEO = "video", "Video"
    IMAGES = "images", "Images"
    STATEMENT = "statement", "Statement"


class Publication(Record):
    """One thing a source published.

    `url` is the address as somebody gave it and is what gets fetched; `canonical_url` is only the key under which
    the same publication is recognised again. Published is an EDTF text beside its earliest and latest day.
    """

    investigation = models.ForeignKey(Investigation, on_delete=models.PROTECT, related_name="publications")
    source = models.ForeignKey(
        Source, on_delete=models.PROTECT, null=True, blank=True, related_name="publications"
    )
    url = models.TextField(max_length=8192)
    canonical_url = models.TextField(max_length=8192, editable=False)
    kind = models.CharField(max_length=16, choices=PublicationKind.choices, default=PublicationKind.ARTICLE)
    title = models.CharField(max_length=500, blank=True)
    author = models.CharField(max_length=300, blank=True)
    language = models.CharField(max_length=35, blank=True)
    published = models.CharField(
        max_length=120, blank=True, help_text="EDTF, such as 2023-01-19 or 2023-01~."
    )
    published_earliest = models.DateField(null=True, editable=False)
    published_latest = models.DateField(null=True, editable=False)

    class Meta:
        ordering = ("-id",)
        constraints = [
            # By digest: an address may be longer than an index entry, and nothing rests on MD5 being safe.
            models.UniqueConstraint(
                "investigation", MD5("canonical_url"), name="publication_recognised_once"
            ),
            models.UniqueConstraint(fields=["id", "investigation"], name="publication_in_one_case"),
            models.CheckConstraint(
                condition=Q(kind__in=PublicationKind.values), name="publication_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(published_earliest__lte=F("published_latest"))
                | Q(published_earliest__isnull=True)
                | Q(published_latest__isnull=True),
                name="publication_dates_ordered",
            ),
        ]
        indexes = [models.Index(fields=["investigation", "-id"], name="publication_list")]

    def __str__(self) -> str:
        return self.title or self.url


class DerivationKind(models.TextChoices):
    RELAYS = "relays", "relays"
    QUOTES = "quotes", "quotes"
    EMBEDS = "embeds", "embeds"
    TRANSLATES = "translates", "translates"
    SAME_EVENT = "same event", "reports the same event by its own observation"


#: A publication that saw the same with its own eyes derives from nothing: it is said so that nobody asks again.
INDEPENDENT = DerivationKind.SAME_EVENT


class Derivation(Record):
    """ "This publication relays, quotes, embeds or translates that one": an edge of the provenance graph.

    Or else `INDEPENDENT` of it, about the same event: an edge that leads to no root.
    """

    investigation = models.ForeignKey(Investigation, on_delete=models.PROTECT, related_name="derivations")
    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="derives")
    derives_from = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="derived")
    kind = models.CharField(max_length=16, choices=DerivationKind.choices)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["publication", "derives_from", "kind"], name="derivation_recorded_once"
            ),
            models.CheckConstraint(
                condition=~Q(publication=F("derives_from")), name="derivation_not_from_itself"
            ),
            models.CheckConstraint(condition=Q(kind__in=DerivationKind.values), name="derivation_kind_known"),
        ]

    def __str__(self) -> str:
        return (
            f"{self.publication} {self.get_kind_display()}{' as' * self.is_independent} {self.derives_from}"
        )

    @property
    def is_independent(self) -> bool:
        """Whether it says that the two have nothing from one another."""
        return self.kind == INDEPENDENT

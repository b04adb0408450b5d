"""Who publishes, and how reliable they have been judged over time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from osint.models import Investigation, Record


class Reliability(models.TextChoices):
    """The Admiralty code's judgement of a source. F means there is no basis for one: neither worst nor middle."""

    A = "A", "completely reliable"
    B = "B", "usually reliable"
    C = "C", "fairly reliable"
    D = "D", "not usually reliable"
    E = "E", "unreliable"
    F = "F", "reliability cannot be judged"


class SourceKind(models.TextChoices):
    OUTLET = "outlet", "News outlet"
    AGENCY = "agency", "News agency"
    CHANNEL = "channel", "Channel"
    ACCOUNT = "account", "Account"
    OFFICIAL = "official", "Official body"
    SATELLITE = "satellite", "Satellite provider"


@dataclass(frozen=True)
class Control:
    """Who controls a source, and since when that judgement holds."""

    owner: UUID
    name: str
    kind: str
    since: date

    @classmethod
    def of_json(cls, found: Mapping[str, str]) -> Control:
        """As PostgreSQL wrote it."""
        return cls(UUID(found["owner"]), found["name"], found["kind"], date.fromisoformat(found["since"]))


class Source(Record):
    """Who publishes. Shared by the instance, unless private to one investigation."""

    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=16, choices=SourceKind.choices)
    homepage = models.URLField(max_length=500, blank=True)
    language = models.CharField(
        max_length=35, blank=True, validators=[RegexValidator(r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*\Z")]
    )
    country = models.CharField(max_length=2, blank=True, validators=[RegexValidator(r"^[A-Z]{2}\Z")])
    description = models.TextField(blank=True)
    private_to = models.ForeignKey(
        Investigation, on_delete=models.PROTECT, null=True, blank=True, related_name="private_sources"
    )

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=SourceKind.values), name="source_kind_known"),
            models.UniqueConstraint(
                fields=["name", "private_to"], nulls_distinct=False, name="source_named_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def case_id(self) -> UUID | None:
        return self.private_to_id

    @property
    def reliability(self) -> str | None:
        """The grade in force today, None if unrated.

        Reads the annotation of `sources.selectors.sources_for` where there is one, so that lists cost one query.
        """
        if "current_reliability" in self.__dict__:
            return self.__dict__["current_reliability"]  # type: ignore[no-any-return]  # set by the annotation
        latest = SourceRating.in_force().filter(source=self).first()
        return latest.reliability if latest else None

    @property
    def control(self) -> Control | None:
        """Who controls it today; None where its independence is not established, by nobody or not after all.

        Reads the annotation of `sources.selectors` where there is one, as `reliability` does.
        """
        if "current_control" in self.__dict__:
            found = self.__dict__["current_control"]
            return Control.of_json(found) if found and found["owner"] else None
        held = self.ownerships.filter(since__lte=timezone.localdate()).select_related("owner").first()
        owner = held.owner if held else None
        return Control(owner.pk, owner.name, owner.kind, held.since) if held and owner else None


class SourceRating(Record):
    """One judgement of a source's reliability. Never edited: a new one supersedes it, and the history stays."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="ratings")
    reliability = models.CharField(max_length=1, choices=Reliability.choices)
    rated_on = models.DateField(default=timezone.localdate, help_text="From this day on the judgement holds.")
    rater = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()

    class Meta:
        ordering = ("-rated_on", "-id")
        constraints = [
            models.CheckConstraint(
                condition=Q(reliability__in=Reliability.values), name="rating_reliability_known"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="rating_has_reason"),
        ]
        indexes = [models.Index(fields=["source", "-rated_on", "-id"], name="rating_latest")]

    def __str__(self) -> str:
        return f"{self.source} {self.reliability}"

    @property
    def case_id(self) -> UUID | None:
        return self.source.private_to_id

    @classmethod
    def in_force(cls) -> models.QuerySet[SourceRating]:
        """Ratings that hold today, the one that counts first: the latest dated, then the latest entered."""
        return cls.objects.filter(rated_on__lte=timezone.localdate()).order_by("-rated_on", "-id")

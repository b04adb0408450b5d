"""Attempts to preserve a publication, and the immutable files they kept."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import MD5
from django.utils import timezone

from osint.models import Investigation, Job, Record
from sources.models.publications import Publication


class StoredFile(Record):
    """Immutable bytes, named by their SHA-256 and kept once however often they are referenced.

    A row is reserved before its bytes are moved into the archive and marked stored after, so that no crash leaves
    bytes that nobody knows of. `stored_at` is None only until then; what stays unreferenced past `reserved_until`
    is collected.
    """

    sha256 = models.CharField(max_length=64, unique=True, validators=[RegexValidator(r"^[0-9a-f]{64}\Z")])
    size = models.PositiveBigIntegerField(help_text="Bytes.")
    media_type = models.CharField(max_length=120)
    width = models.PositiveIntegerField(null=True, blank=True, help_text="Pixels.")
    height = models.PositiveIntegerField(null=True, blank=True, help_text="Pixels.")
    duration = models.FloatField(null=True, blank=True, help_text="Seconds.")
    stored_at = models.DateTimeField(null=True, blank=True)
    reserved_until = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.sha256[:12]}… {self.media_type}"


class CaptureMethod(models.TextChoices):
    """How a capture was made. Browser, media and upload have their place here when they come."""

    HTTP = "http", "HTTP client"


class Verdict(models.TextChoices):
    """What a capture really contains: an answer of 200 is not yet a preserved publication."""

    COMPLETE = "complete", "Complete"
    PARTIAL = "partial", "Partial"
    LOGIN_WALL = "login wall", "Log-in wall"
    CONSENT_WALL = "consent wall", "Consent wall"
    GONE = "gone", "Gone"
    BLOCKED = "blocked", "Blocked"
    TRUNCATED = "truncated", "Truncated"
    EMPTY = "empty", "Empty"


class Capture(Job):
    """One attempt to preserve a publication: a job, what it met, and what it kept."""

    investigation = models.ForeignKey(Investigation, on_delete=models.PROTECT, related_name="captures")
    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="captures")
    method = models.CharField(max_length=16, choices=CaptureMethod.choices, default=CaptureMethod.HTTP)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    url = models.TextField(max_length=8192, help_text="The address that was asked for.")
    final_url = models.TextField(max_length=8192, blank=True)
    verdict = models.CharField(max_length=16, choices=Verdict.choices, blank=True)
    verdict_reasons = models.JSONField(default=list, blank=True)
    facts = models.JSONField(
        default=dict, blank=True, help_text="Exchanges, addresses, headers, tool versions and settings."
    )

    unrecorded = Job.JOB_FIELDS | {"facts"}

    class Meta(Job.Meta):
        ordering = ("-id",)
        constraints = [
            *Job.Meta.constraints,
            models.CheckConstraint(
                condition=Q(verdict__in=[*Verdict.values, ""]), name="capture_verdict_known"
            ),
            models.CheckConstraint(
                condition=~Q(state="succeeded") | ~Q(verdict=""), name="capture_success_has_verdict"
            ),
        ]
        indexes = [
            *Job.Meta.indexes,
            models.Index(fields=["investigation", "-id"], name="capture_list"),
            models.Index(fields=["publication", "-id"], name="capture_of_publication"),
        ]

    def __str__(self) -> str:
        return f"{self.method} capture of {self.url}"


class FileRole(models.TextChoices):
    WACZ = "wacz", "Web archive"
    PAGE = "page", "Page"
    TEXT = "text", "Readable text"
    MEDIUM = "medium", "Medium"


class CaptureFile(Record):
    """Which file a capture kept, as what, and from where."""

    capture = models.ForeignKey(Capture, on_delete=models.PROTECT, related_name="kept")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="kept_by")
    role = models.CharField(max_length=12, choices=FileRole.choices)
    url = models.TextField(
        blank=True, help_text="Where the bytes came from; empty for what was made of them."
    )
    thumbnail = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="thumbnail_of"
    )

    class Meta:
        ordering = ("id",)
        constraints = [
            # By digest: an address may be longer than an index entry.
            models.UniqueConstraint("capture", "file", "role", MD5("url"), name="file_kept_once"),
            models.CheckConstraint(condition=Q(role__in=FileRole.values), name="file_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.role} of {self.capture_id}"

    @property
    def case_id(self) -> UUID:
        return self.capture.investigation_id

"""Attempts to preserve publications, one by one and many at a time, and what they kept."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import MD5
from django.utils import timezone

from osint.models import Investigation, Job, JobState, Record
from sources.models.files import MediumFacts, StoredFile
from sources.models.publications import Publication


class CaptureMethod(models.TextChoices):
    """How a capture was made, in rising cost; the last preserves what a person holds."""

    HTTP = "http", "HTTP client"
    BROWSER = "browser", "Browser"
    MEDIA = "media", "Media download"
    UPLOAD = "upload", "Upload"


class Priority(models.IntegerChoices):
    """Who is served first. Somebody waits for the first kind; the last is the machine's own idea."""

    INTERACTIVE = 0, "Interactive"
    BULK = 5, "Bulk"
    WATCH = 9, "Link watch"


class CaptureBatch(Record):
    """Many addresses handed in at once. Its captures are ordinary ones; it can be paused and cancelled."""

    investigation = models.ForeignKey(Investigation, on_delete=models.PROTECT, related_name="batches")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    label = models.CharField(max_length=200, blank=True)
    method = models.CharField(
        max_length=16, blank=True, choices=CaptureMethod.choices, help_text="Empty: chosen for each address."
    )
    total = models.PositiveIntegerField(default=0)
    refused = models.JSONField(default=list, blank=True, help_text="Lines that held no address, and why.")
    paused_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    unrecorded = frozenset({"refused"})  # it never changes, and may be long

    class Meta:
        ordering = ("-id",)
        verbose_name_plural = "capture batches"
        indexes = [models.Index(fields=["investigation", "-id"], name="capture_batch_list")]

    def __str__(self) -> str:
        return self.label or f"batch of {self.total}"


class Upload(Record):
    """A file that a person holds, on its way in; it may be broken off and gone on with."""

    investigation = models.ForeignKey(Investigation, on_delete=models.PROTECT, related_name="uploads")
    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="uploads")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    filename = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField(help_text="Bytes, as announced.")
    received = models.PositiveBigIntegerField(default=0, help_text="Bytes on the disk so far.")
    sha256 = models.CharField(max_length=64, blank=True, help_text="As announced, or empty.")
    note = models.TextField(blank=True, help_text="Where the file comes from, in the person's words.")
    completed_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField()

    unrecorded = frozenset({"received", "expires_at"})

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(received__lte=models.F("size")), name="upload_no_more_than_announced"
            )
        ]
        indexes = [
            models.Index(
                fields=["uploaded_by", "expires_at"],
                name="upload_open",
                condition=Q(completed_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return self.filename


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
    host = models.CharField(max_length=255, blank=True, editable=False, help_text="Of the address.")
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.INTERACTIVE)
    batch = models.ForeignKey(
        CaptureBatch, on_delete=models.PROTECT, null=True, blank=True, related_name="captures"
    )
    upload = models.OneToOneField(
        Upload, on_delete=models.PROTECT, null=True, blank=True, related_name="capture"
    )
    progress = models.JSONField(default=dict, blank=True, help_text="Stage, done and total while running.")
    final_url = models.TextField(max_length=8192, blank=True)
    verdict = models.CharField(max_length=16, choices=Verdict.choices, blank=True)
    verdict_reasons = models.JSONField(default=list, blank=True)
    facts = models.JSONField(
        default=dict, blank=True, help_text="Exchanges, addresses, headers, tool versions and settings."
    )

    unrecorded = Job.JOB_FIELDS | {"facts", "progress"}

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
            models.CheckConstraint(
                condition=Q(method=CaptureMethod.UPLOAD, upload__isnull=False)
                | (~Q(method=CaptureMethod.UPLOAD) & Q(upload__isnull=True)),
                name="capture_of_upload_has_one",
            ),
        ]
        indexes = [
            *Job.Meta.indexes,
            models.Index(fields=["investigation", "-id"], name="capture_list"),
            models.Index(fields=["investigation", "state", "-id"], name="capture_list_by_state"),
            models.Index(fields=["publication", "-id"], name="capture_of_publication"),
            models.Index(fields=["batch", "state"], name="capture_of_batch"),
            models.Index(fields=["host"], name="capture_running_on", condition=Q(state=JobState.LEASED)),
            models.Index(
                fields=["priority", "not_before"], name="capture_waiting", condition=Q(state=JobState.QUEUED)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.method} capture of {self.url}"

    @classmethod
    def asked_again(cls) -> Exists:
        """Whether another capture of the same has followed that nobody cancelled; for `filter`.

        An upload that is preserved once more keeps the moment at which its bytes were complete: by that the file
        is known again, and told from another file of the same publication.
        """
        same_file = Q(upload__isnull=True) | Q(upload__completed_at=OuterRef("upload__completed_at"))
        later = cls.objects.filter(
            same_file, publication=OuterRef("publication"), method=OuterRef("method"), pk__gt=OuterRef("pk")
        )
        return Exists(later.exclude(state=JobState.CANCELLED))

    def of_the_same(self) -> QuerySet[Capture]:
        """The publication's captures by this method, this one among them; of an upload those of the same file."""
        completed_at = self.upload.completed_at if self.upload else None
        return Capture.objects.filter(
            publication=self.publication_id, method=self.method, upload__completed_at=completed_at
        )

    @property
    def is_settled(self) -> bool:
        """Whether nothing more will come of this capture: it has ended, and what it kept has been examined."""
        examination: Examination | None = getattr(self, "examination", None)
        return self.has_ended and (examination is None or examination.has_ended)


class RefusedAddress(models.Model):
    """An address that the way out would not connect to: a mistake, or somebody probing."""

    id = models.BigAutoField(primary_key=True)
    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="+")
    capture = models.ForeignKey(
        Capture,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="refused_addresses",
        help_text="None where the original was looked at, or handed on.",
    )
    refused_at = models.DateTimeField(default=timezone.now)
    host = models.CharField(max_length=255)
    port = models.PositiveIntegerField()
    reason = models.TextField()

    class Meta:
        ordering = ("-id",)
        verbose_name_plural = "refused addresses"
        indexes = [models.Index(fields=["capture", "-id"], name="refused_of_capture")]

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class HostPace(models.Model):
    """When a host may be asked again, so that a long list does not hammer one server."""

    host = models.CharField(max_length=255, primary_key=True)
    next_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.host


class Examination(Job):
    """Reading what a capture kept: particulars, text, media. After the capture, so that nothing waits for it."""

    capture = models.OneToOneField(Capture, on_delete=models.CASCADE, related_name="examination")
    findings = models.JSONField(default=dict, blank=True)
    suggested_at = models.DateTimeField(
        null=True, blank=True, help_text="When derivations were last suggested by what was read."
    )

    unrecorded = Job.JOB_FIELDS | {"findings", "suggested_at"}

    class Meta(Job.Meta):
        ordering = ("-id",)
        indexes = [
            *Job.Meta.indexes,
            models.Index(
                fields=["id"],
                name="examination_to_suggest_by",
                condition=Q(state=JobState.SUCCEEDED, suggested_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"examination of {self.capture_id}"

    @property
    def case_id(self) -> UUID:
        return self.capture.investigation_id


class FileRole(models.TextChoices):
    WACZ = "wacz", "Web archive"
    PAGE = "page", "Page"
    TEXT = "text", "Readable text"
    DOM = "dom", "Page as drawn"
    SCREENSHOT = "screenshot", "Screenshot"
    PDF = "pdf", "Printed page"
    MEDIUM = "medium", "Medium"
    SUBTITLES = "subtitles", "Subtitles"
    METADATA = "metadata", "Metadata"


class CaptureFile(Record):
    """Which file a capture kept, as what, and from where."""

    capture = models.ForeignKey(Capture, on_delete=models.PROTECT, related_name="kept")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="kept_by")
    role = models.CharField(max_length=12, choices=FileRole.choices)
    url = models.TextField(
        blank=True, help_text="Where the bytes came from; empty for what was made of them."
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
    def facts(self) -> MediumFacts | None:
        """What was read out of the file, once it has been examined."""
        found: MediumFacts | None = getattr(self.file, "medium_facts", None)
        return found

    @property
    def thumbnail(self) -> StoredFile | None:
        """The small picture of the file, where there is one."""
        return self.facts.thumbnail if self.facts else None

    @property
    def case_id(self) -> UUID:
        return self.capture.investigation_id

"""Immutable bytes, what they are made of, what is seen in them, and whether they are still what they were."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from pgvector.django import BitField, HnswIndex

from osint.models import Record

HASH_BITS = 256


class StoredFile(Record):
    """Immutable bytes, named by their SHA-256 and kept once however often they are referenced.

    A row is reserved before its bytes are moved into the archive and marked stored after, so that no crash leaves
    bytes that nobody knows of. `stored_at` is None only until then; what stays unreferenced past `reserved_until`
    is collected.

    A spliced file holds other stored files whole: of it only what lies between them is kept under its own name,
    and `FilePart` says where the others belong. Hash and size are those of the whole.
    """

    sha256 = models.CharField(max_length=64, unique=True, validators=[RegexValidator(r"^[0-9a-f]{64}\Z")])
    size = models.PositiveBigIntegerField(help_text="Bytes.")
    media_type = models.CharField(max_length=120)
    width = models.PositiveIntegerField(null=True, blank=True, help_text="Pixels.")
    height = models.PositiveIntegerField(null=True, blank=True, help_text="Pixels.")
    duration = models.FloatField(null=True, blank=True, help_text="Seconds.")
    is_spliced = models.BooleanField(default=False)
    stored_at = models.DateTimeField(null=True, blank=True)
    reserved_until = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.sha256[:12]}… {self.media_type}"


class FilePart(models.Model):
    """Where in a spliced file the bytes of another stored file lie, all of them, in one piece."""

    id = models.BigAutoField(primary_key=True)
    whole = models.ForeignKey(StoredFile, on_delete=models.CASCADE, related_name="parts")
    offset = models.PositiveBigIntegerField(help_text="Bytes from the start of the whole.")
    part = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="part_of")

    class Meta:
        ordering = ("whole", "offset")
        constraints = [
            models.UniqueConstraint(fields=["whole", "offset"], name="file_part_placed_once"),
            models.CheckConstraint(condition=~Q(whole=F("part")), name="file_part_not_of_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.part_id} at {self.offset}"


class MediumFacts(models.Model):
    """What was read out of a picture, video or sound: by itself, once, whoever kept it."""

    file = models.OneToOneField(
        StoredFile, on_delete=models.CASCADE, primary_key=True, related_name="medium_facts"
    )
    examined_at = models.DateTimeField(default=timezone.now)
    codec = models.CharField(max_length=60, blank=True)
    device = models.CharField(max_length=200, blank=True, help_text="Maker and model, as the file says.")
    taken = models.CharField(max_length=60, blank=True, help_text="EDTF, as far as the file says.")
    latitude = models.FloatField(null=True, blank=True, help_text="Degrees, WGS 84, as the file says.")
    longitude = models.FloatField(null=True, blank=True, help_text="Degrees, WGS 84, as the file says.")
    embedded = models.JSONField(default=dict, blank=True, help_text="EXIF, XMP and container metadata.")
    thumbnail = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="pictures"
    )
    note = models.TextField(blank=True, help_text="Why something could not be read.")

    class Meta:
        verbose_name_plural = "medium facts"

    def __str__(self) -> str:
        return f"facts of {self.file_id}"


class PictureHash(models.Model):
    """How a picture, or one frame of a video, looks: alike pictures differ in few of the 256 bits.

    `bits` are a perceptual hash, by which likeness is judged; the `sketch` is coarser, for the index to find its way.
    """

    id = models.BigAutoField(primary_key=True)
    file = models.ForeignKey(StoredFile, on_delete=models.CASCADE, related_name="picture_hashes")
    at_seconds = models.FloatField(null=True, blank=True, help_text="Of a frame: where in the video.")
    frame = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="frame_of"
    )
    bits = BitField(length=HASH_BITS)
    sketch = BitField(length=HASH_BITS)
    views = models.BinaryField(
        default=bytes,
        help_text="Bits and sketch of the picture a little cropped and extended, 32 bytes each.",
    )

    class Meta:
        verbose_name_plural = "picture hashes"
        indexes = [HnswIndex(name="picture_sketch_near", fields=["sketch"], opclasses=["bit_hamming_ops"])]
        constraints = [
            models.UniqueConstraint(
                fields=["file", "at_seconds"], nulls_distinct=False, name="picture_hash_once"
            )
        ]

    def __str__(self) -> str:
        return f"look of {self.file_id}"


class FixityRun(Record):
    """One reading of the archive, whole or a share; `position` is where it goes on if it is broken off."""

    is_whole = models.BooleanField(default=False, help_text="Both directions, everything.")
    ended_at = models.DateTimeField(null=True, blank=True)
    position = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the last file read.")
    checked = models.PositiveBigIntegerField(default=0)
    bytes_read = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"fixity run {self.created_at:%Y-%m-%d %H:%M}"


class FixityOutcome(models.TextChoices):
    INTACT = "intact", "Intact"
    CHANGED = "changed", "Changed"
    MISSING = "missing", "Missing"
    UNTRACKED = "untracked", "Untracked"


class FixityCheck(models.Model):
    """What one reading found of one file. Every result is kept."""

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(FixityRun, on_delete=models.PROTECT, related_name="checks")
    sha256 = models.CharField(
        max_length=64, help_text="The name; for an untracked file whatever it is called."
    )
    file = models.ForeignKey(
        StoredFile, on_delete=models.SET_NULL, null=True, blank=True, related_name="fixity_checks"
    )
    outcome = models.CharField(max_length=12, choices=FixityOutcome.choices)
    detail = models.TextField(blank=True, help_text="Expected and found, where they differ.")
    checked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(condition=Q(outcome__in=FixityOutcome.values), name="fixity_outcome_known")
        ]
        indexes = [
            models.Index(fields=["file", "-id"], name="fixity_of_file"),
            models.Index(fields=["-id"], name="fixity_alerts", condition=~Q(outcome=FixityOutcome.INTACT)),
        ]

    def __str__(self) -> str:
        return f"{self.sha256[:12]}… {self.outcome}"

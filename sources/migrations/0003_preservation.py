"""Methods of capture, batches, uploads, examination, fixity and the watch over originals."""

import datetime

import django.db.models.deletion
import django.utils.timezone
import pgvector.django.bit
import pgvector.django.indexes
from django.conf import settings
from django.db import migrations, models
from pgvector.django import VectorExtension

import osint.models.base


class Migration(migrations.Migration):
    dependencies = [
        ("osint", "0002_append_only_changes"),
        ("sources", "0002_one_case"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        VectorExtension(),
        migrations.CreateModel(
            name="CaptureBatch",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=osint.models.base.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("label", models.CharField(blank=True, max_length=200)),
                (
                    "method",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("http", "HTTP client"),
                            ("browser", "Browser"),
                            ("media", "Media download"),
                            ("upload", "Upload"),
                        ],
                        help_text="Empty: chosen for each address.",
                        max_length=16,
                    ),
                ),
                ("total", models.PositiveIntegerField(default=0)),
                (
                    "refused",
                    models.JSONField(
                        blank=True, default=list, help_text="Lines that held no address, and why."
                    ),
                ),
                ("paused_at", models.DateTimeField(blank=True, null=True)),
                ("cancelled_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name_plural": "capture batches",
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="Examination",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=osint.models.base.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Queued"),
                            ("leased", "Running"),
                            ("succeeded", "Succeeded"),
                            ("failed", "Failed"),
                            ("quarantined", "Quarantined"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="queued",
                        max_length=12,
                    ),
                ),
                (
                    "rung_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="When the broker was last asked to ring for this job.",
                        null=True,
                    ),
                ),
                ("not_before", models.DateTimeField(default=django.utils.timezone.now)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("worker", models.CharField(blank=True, max_length=120)),
                ("attempt", models.PositiveIntegerField(default=0)),
                ("failures", models.PositiveIntegerField(default=0, help_text="Temporary failures so far.")),
                (
                    "lost_children",
                    models.PositiveIntegerField(
                        default=0,
                        help_text="How often the process working on this job died while its worker lived on.",
                    ),
                ),
                ("fencing_token", models.PositiveBigIntegerField(default=0)),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("error_code", models.CharField(blank=True, max_length=64)),
                ("error_detail", models.TextField(blank=True)),
                ("findings", models.JSONField(blank=True, default=dict)),
            ],
            options={
                "ordering": ("-id",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="FilePart",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("offset", models.PositiveBigIntegerField(help_text="Bytes from the start of the whole.")),
            ],
            options={
                "ordering": ("whole", "offset"),
            },
        ),
        migrations.CreateModel(
            name="FixityCheck",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "sha256",
                    models.CharField(
                        help_text="The name; for an untracked file whatever it is called.", max_length=64
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("intact", "Intact"),
                            ("changed", "Changed"),
                            ("missing", "Missing"),
                            ("untracked", "Untracked"),
                        ],
                        max_length=12,
                    ),
                ),
                ("detail", models.TextField(blank=True, help_text="Expected and found, where they differ.")),
                ("checked_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="FixityRun",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=osint.models.base.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("is_whole", models.BooleanField(default=False, help_text="Both directions, everything.")),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "position",
                    models.CharField(blank=True, help_text="SHA-256 of the last file read.", max_length=64),
                ),
                ("checked", models.PositiveBigIntegerField(default=0)),
                ("bytes_read", models.PositiveBigIntegerField(default=0)),
            ],
            options={
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="HandOn",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=osint.models.base.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("archive", models.CharField(max_length=60)),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("status", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("snapshot_url", models.TextField(blank=True)),
                ("detail", models.TextField(blank=True)),
            ],
            options={
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="HostPace",
            fields=[
                ("host", models.CharField(max_length=255, primary_key=True, serialize=False)),
                ("next_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="LinkCheck",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("checked_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("unchanged", "Unchanged"),
                            ("changed", "Changed"),
                            ("moved", "Moved"),
                            ("gone", "Gone"),
                            ("unreachable", "No answer"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "status",
                    models.PositiveSmallIntegerField(
                        blank=True, help_text="HTTP status, if any answer.", null=True
                    ),
                ),
                ("final_url", models.TextField(blank=True)),
                (
                    "text_sha256",
                    models.CharField(blank=True, help_text="Of the readable text.", max_length=64),
                ),
                ("detail", models.TextField(blank=True)),
            ],
            options={
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="LinkWatch",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=osint.models.base.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("is_paused", models.BooleanField(default=False)),
                ("next_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("interval", models.DurationField(default=datetime.timedelta(days=1))),
                (
                    "failures",
                    models.PositiveIntegerField(default=0, help_text="Looks in a row that got no answer."),
                ),
            ],
            options={
                "verbose_name_plural": "link watches",
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="MediumFacts",
            fields=[
                (
                    "file",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="medium_facts",
                        serialize=False,
                        to="sources.storedfile",
                    ),
                ),
                ("examined_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("codec", models.CharField(blank=True, max_length=60)),
                (
                    "device",
                    models.CharField(
                        blank=True, help_text="Maker and model, as the file says.", max_length=200
                    ),
                ),
                (
                    "taken",
                    models.CharField(blank=True, help_text="EDTF, as far as the file says.", max_length=60),
                ),
                (
                    "latitude",
                    models.FloatField(blank=True, help_text="Degrees, WGS 84, as the file says.", null=True),
                ),
                (
                    "longitude",
                    models.FloatField(blank=True, help_text="Degrees, WGS 84, as the file says.", null=True),
                ),
                (
                    "embedded",
                    models.JSONField(blank=True, default=dict, help_text="EXIF, XMP and container metadata."),
                ),
                ("note", models.TextField(blank=True, help_text="Why something could not be read.")),
            ],
            options={
                "verbose_name_plural": "medium facts",
            },
        ),
        migrations.CreateModel(
            name="PictureHash",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "at_seconds",
                    models.FloatField(blank=True, help_text="Of a frame: where in the video.", null=True),
                ),
                ("bits", pgvector.django.bit.BitField(length=256)),
            ],
            options={
                "verbose_name_plural": "picture hashes",
            },
        ),
        migrations.CreateModel(
            name="RefusedAddress",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("refused_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("host", models.CharField(max_length=255)),
                ("port", models.PositiveIntegerField()),
                ("reason", models.TextField()),
            ],
            options={
                "verbose_name_plural": "refused addresses",
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="Upload",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=osint.models.base.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("filename", models.CharField(max_length=255)),
                ("size", models.PositiveBigIntegerField(help_text="Bytes, as announced.")),
                (
                    "received",
                    models.PositiveBigIntegerField(default=0, help_text="Bytes on the disk so far."),
                ),
                ("sha256", models.CharField(blank=True, help_text="As announced, or empty.", max_length=64)),
                (
                    "note",
                    models.TextField(
                        blank=True, help_text="Where the file comes from, in the person's words."
                    ),
                ),
                ("completed_at", models.DateTimeField(blank=True, null=True)),
                ("expires_at", models.DateTimeField()),
            ],
            options={
                "ordering": ("-id",),
            },
        ),
        migrations.RemoveConstraint(
            model_name="capture",
            name="sources_capture_state_known",
        ),
        migrations.RemoveConstraint(
            model_name="capturefile",
            name="file_role_known",
        ),
        migrations.AddField(
            model_name="capture",
            name="host",
            field=models.CharField(blank=True, editable=False, help_text="Of the address.", max_length=255),
        ),
        migrations.AddField(
            model_name="capture",
            name="priority",
            field=models.PositiveSmallIntegerField(
                choices=[(0, "Interactive"), (5, "Bulk"), (9, "Link watch")], default=0
            ),
        ),
        migrations.AddField(
            model_name="capture",
            name="progress",
            field=models.JSONField(
                blank=True, default=dict, help_text="Stage, done and total while running."
            ),
        ),
        migrations.AddField(
            model_name="storedfile",
            name="is_spliced",
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name="capture",
            name="method",
            field=models.CharField(
                choices=[
                    ("http", "HTTP client"),
                    ("browser", "Browser"),
                    ("media", "Media download"),
                    ("upload", "Upload"),
                ],
                default="http",
                max_length=16,
            ),
        ),
        migrations.AlterField(
            model_name="capture",
            name="state",
            field=models.CharField(
                choices=[
                    ("queued", "Queued"),
                    ("leased", "Running"),
                    ("succeeded", "Succeeded"),
                    ("failed", "Failed"),
                    ("quarantined", "Quarantined"),
                    ("cancelled", "Cancelled"),
                ],
                default="queued",
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="capturefile",
            name="role",
            field=models.CharField(
                choices=[
                    ("wacz", "Web archive"),
                    ("page", "Page"),
                    ("text", "Readable text"),
                    ("dom", "Page as drawn"),
                    ("screenshot", "Screenshot"),
                    ("pdf", "Printed page"),
                    ("medium", "Medium"),
                    ("subtitles", "Subtitles"),
                    ("metadata", "Metadata"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddConstraint(
            model_name="capturefile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "role__in",
                        [
                            "wacz",
                            "page",
                            "text",
                            "dom",
                            "screenshot",
                            "pdf",
                            "medium",
                            "subtitles",
                            "metadata",
                        ],
                    )
                ),
                name="file_role_known",
            ),
        ),
        migrations.AddField(
            model_name="capturebatch",
            name="investigation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="batches", to="osint.investigation"
            ),
        ),
        migrations.AddField(
            model_name="capturebatch",
            name="requested_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="capture",
            name="batch",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="captures",
                to="sources.capturebatch",
            ),
        ),
        migrations.AddField(
            model_name="examination",
            name="capture",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="examination", to="sources.capture"
            ),
        ),
        migrations.AddField(
            model_name="filepart",
            name="part",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="part_of", to="sources.storedfile"
            ),
        ),
        migrations.AddField(
            model_name="filepart",
            name="whole",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="parts", to="sources.storedfile"
            ),
        ),
        migrations.AddField(
            model_name="fixitycheck",
            name="file",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="fixity_checks",
                to="sources.storedfile",
            ),
        ),
        migrations.AddField(
            model_name="fixitycheck",
            name="run",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="checks", to="sources.fixityrun"
            ),
        ),
        migrations.AddField(
            model_name="handon",
            name="investigation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="handed_on",
                to="osint.investigation",
            ),
        ),
        migrations.AddField(
            model_name="handon",
            name="publication",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="handed_on",
                to="sources.publication",
            ),
        ),
        migrations.AddField(
            model_name="linkcheck",
            name="capture",
            field=models.ForeignKey(
                blank=True,
                help_text="Asked for because of it.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="sources.capture",
            ),
        ),
        migrations.AddField(
            model_name="linkwatch",
            name="investigation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="link_watches",
                to="osint.investigation",
            ),
        ),
        migrations.AddField(
            model_name="linkwatch",
            name="publication",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="watch", to="sources.publication"
            ),
        ),
        migrations.AddField(
            model_name="linkcheck",
            name="watch",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="checks", to="sources.linkwatch"
            ),
        ),
        migrations.AddField(
            model_name="mediumfacts",
            name="thumbnail",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="pictures",
                to="sources.storedfile",
            ),
        ),
        migrations.AddField(
            model_name="picturehash",
            name="file",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="picture_hashes",
                to="sources.storedfile",
            ),
        ),
        migrations.AddField(
            model_name="picturehash",
            name="frame",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="frame_of",
                to="sources.storedfile",
            ),
        ),
        migrations.AddField(
            model_name="refusedaddress",
            name="capture",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="refused_addresses",
                to="sources.capture",
            ),
        ),
        migrations.AddField(
            model_name="upload",
            name="investigation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="uploads", to="osint.investigation"
            ),
        ),
        migrations.AddField(
            model_name="upload",
            name="publication",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="uploads", to="sources.publication"
            ),
        ),
        migrations.AddField(
            model_name="upload",
            name="uploaded_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="capture",
            name="upload",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="capture",
                to="sources.upload",
            ),
        ),
        migrations.AddIndex(
            model_name="capture",
            index=models.Index(fields=["batch", "state"], name="capture_of_batch"),
        ),
        migrations.AddIndex(
            model_name="capture",
            index=models.Index(
                condition=models.Q(("state", "leased")), fields=["host"], name="capture_running_on"
            ),
        ),
        migrations.AddIndex(
            model_name="capture",
            index=models.Index(
                condition=models.Q(("state", "queued")),
                fields=["priority", "not_before"],
                name="capture_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="capture",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["queued", "leased", "succeeded", "failed", "quarantined", "cancelled"])
                ),
                name="sources_capture_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="capture",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("method", "upload"), ("upload__isnull", False)),
                    models.Q(models.Q(("method", "upload"), _negated=True), ("upload__isnull", True)),
                    _connector="OR",
                ),
                name="capture_of_upload_has_one",
            ),
        ),
        migrations.AddIndex(
            model_name="capturebatch",
            index=models.Index(fields=["investigation", "-id"], name="capture_batch_list"),
        ),
        migrations.AddIndex(
            model_name="examination",
            index=models.Index(
                condition=models.Q(("state", "queued")), fields=["not_before"], name="sources_examination_due"
            ),
        ),
        migrations.AddIndex(
            model_name="examination",
            index=models.Index(
                condition=models.Q(("state", "leased")),
                fields=["lease_until"],
                name="sources_examination_leased",
            ),
        ),
        migrations.AddConstraint(
            model_name="examination",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["queued", "leased", "succeeded", "failed", "quarantined", "cancelled"])
                ),
                name="sources_examination_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="examination",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("lease_until__isnull", False), ("state", "leased")),
                    models.Q(models.Q(("state", "leased"), _negated=True), ("lease_until__isnull", True)),
                    _connector="OR",
                ),
                name="sources_examination_lease_while_leased",
            ),
        ),
        migrations.AddConstraint(
            model_name="filepart",
            constraint=models.UniqueConstraint(fields=("whole", "offset"), name="file_part_placed_once"),
        ),
        migrations.AddConstraint(
            model_name="filepart",
            constraint=models.CheckConstraint(
                condition=models.Q(("whole", models.F("part")), _negated=True), name="file_part_not_of_itself"
            ),
        ),
        migrations.AddIndex(
            model_name="fixitycheck",
            index=models.Index(fields=["file", "-id"], name="fixity_of_file"),
        ),
        migrations.AddIndex(
            model_name="fixitycheck",
            index=models.Index(
                condition=models.Q(("outcome", "intact"), _negated=True), fields=["-id"], name="fixity_alerts"
            ),
        ),
        migrations.AddConstraint(
            model_name="fixitycheck",
            constraint=models.CheckConstraint(
                condition=models.Q(("outcome__in", ["intact", "changed", "missing", "untracked"])),
                name="fixity_outcome_known",
            ),
        ),
        migrations.AddIndex(
            model_name="linkwatch",
            index=models.Index(
                condition=models.Q(("is_paused", False)), fields=["next_at"], name="link_watch_due"
            ),
        ),
        migrations.AddIndex(
            model_name="linkcheck",
            index=models.Index(fields=["watch", "-id"], name="link_checks_of_watch"),
        ),
        migrations.AddConstraint(
            model_name="linkcheck",
            constraint=models.CheckConstraint(
                condition=models.Q(("outcome__in", ["unchanged", "changed", "moved", "gone", "unreachable"])),
                name="link_outcome_known",
            ),
        ),
        migrations.AddIndex(
            model_name="picturehash",
            index=pgvector.django.indexes.HnswIndex(
                fields=["bits"], name="picture_hash_near", opclasses=["bit_hamming_ops"]
            ),
        ),
        migrations.AddConstraint(
            model_name="picturehash",
            constraint=models.UniqueConstraint(
                fields=("file", "at_seconds"), name="picture_hash_once", nulls_distinct=False
            ),
        ),
        migrations.AddIndex(
            model_name="refusedaddress",
            index=models.Index(fields=["capture", "-id"], name="refused_of_capture"),
        ),
        migrations.AddConstraint(
            model_name="upload",
            constraint=models.CheckConstraint(
                condition=models.Q(("received__lte", models.F("size"))), name="upload_no_more_than_announced"
            ),
        ),
    ]

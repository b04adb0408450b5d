import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import osint.models.base


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("osint", "0001_tables"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="StoredFile",
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
                    "sha256",
                    models.CharField(
                        max_length=64,
                        unique=True,
                        validators=[django.core.validators.RegexValidator("^[0-9a-f]{64}\\Z")],
                    ),
                ),
                ("size", models.PositiveBigIntegerField(help_text="Bytes.")),
                ("media_type", models.CharField(max_length=120)),
                ("width", models.PositiveIntegerField(blank=True, help_text="Pixels.", null=True)),
                ("height", models.PositiveIntegerField(blank=True, help_text="Pixels.", null=True)),
                ("duration", models.FloatField(blank=True, help_text="Seconds.", null=True)),
                ("stored_at", models.DateTimeField(blank=True, null=True)),
                ("reserved_until", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="Publication",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=osint.models.base.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("url", models.TextField(max_length=8192)),
                ("canonical_url", models.TextField(editable=False, max_length=8192)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("article", "Article"),
                            ("post", "Post"),
                            ("video", "Video"),
                            ("images", "Images"),
                            ("statement", "Statement"),
                        ],
                        default="article",
                        max_length=16,
                    ),
                ),
                ("title", models.CharField(blank=True, max_length=500)),
                ("author", models.CharField(blank=True, max_length=300)),
                ("language", models.CharField(blank=True, max_length=35)),
                (
                    "published",
                    models.CharField(
                        blank=True, help_text="EDTF, such as 2023-01-19 or 2023-01~.", max_length=120
                    ),
                ),
                ("published_earliest", models.DateField(editable=False, null=True)),
                ("published_latest", models.DateField(editable=False, null=True)),
                (
                    "investigation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="publications",
                        to="osint.investigation",
                    ),
                ),
            ],
            options={
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="Capture",
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
                (
                    "method",
                    models.CharField(choices=[("http", "HTTP client")], default="http", max_length=16),
                ),
                ("url", models.TextField(help_text="The address that was asked for.", max_length=8192)),
                ("final_url", models.TextField(blank=True, max_length=8192)),
                (
                    "verdict",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("complete", "Complete"),
                            ("partial", "Partial"),
                            ("login wall", "Log-in wall"),
                            ("consent wall", "Consent wall"),
                            ("gone", "Gone"),
                            ("blocked", "Blocked"),
                            ("truncated", "Truncated"),
                            ("empty", "Empty"),
                        ],
                        max_length=16,
                    ),
                ),
                ("verdict_reasons", models.JSONField(blank=True, default=list)),
                (
                    "facts",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        help_text="Exchanges, addresses, headers, tool versions and settings.",
                    ),
                ),
                (
                    "investigation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="captures",
                        to="osint.investigation",
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "publication",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="captures",
                        to="sources.publication",
                    ),
                ),
            ],
            options={
                "ordering": ("-id",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Source",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=osint.models.base.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("name", models.CharField(max_length=200)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("outlet", "News outlet"),
                            ("agency", "News agency"),
                            ("channel", "Channel"),
                            ("account", "Account"),
                            ("official", "Official body"),
                            ("satellite", "Satellite provider"),
                        ],
                        max_length=16,
                    ),
                ),
                ("homepage", models.URLField(blank=True, max_length=500)),
                (
                    "language",
                    models.CharField(
                        blank=True,
                        max_length=35,
                        validators=[
                            django.core.validators.RegexValidator("^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*\\Z")
                        ],
                    ),
                ),
                (
                    "country",
                    models.CharField(
                        blank=True,
                        max_length=2,
                        validators=[django.core.validators.RegexValidator("^[A-Z]{2}\\Z")],
                    ),
                ),
                ("description", models.TextField(blank=True)),
                (
                    "private_to",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="private_sources",
                        to="osint.investigation",
                    ),
                ),
            ],
            options={
                "ordering": ("-id",),
            },
        ),
        migrations.AddField(
            model_name="publication",
            name="source",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="publications",
                to="sources.source",
            ),
        ),
        migrations.CreateModel(
            name="SourceRating",
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
                    "reliability",
                    models.CharField(
                        choices=[
                            ("A", "completely reliable"),
                            ("B", "usually reliable"),
                            ("C", "fairly reliable"),
                            ("D", "not usually reliable"),
                            ("E", "unreliable"),
                            ("F", "reliability cannot be judged"),
                        ],
                        max_length=1,
                    ),
                ),
                (
                    "rated_on",
                    models.DateField(
                        default=django.utils.timezone.localdate,
                        help_text="From this day on the judgement holds.",
                    ),
                ),
                ("reason", models.TextField()),
                (
                    "rater",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ratings",
                        to="sources.source",
                    ),
                ),
            ],
            options={
                "ordering": ("-rated_on", "-id"),
            },
        ),
        migrations.CreateModel(
            name="CaptureFile",
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
                    "role",
                    models.CharField(
                        choices=[
                            ("wacz", "Web archive"),
                            ("page", "Page"),
                            ("text", "Readable text"),
                            ("medium", "Medium"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "url",
                    models.TextField(
                        blank=True, help_text="Where the bytes came from; empty for what was made of them."
                    ),
                ),
                (
                    "capture",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="kept", to="sources.capture"
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="kept_by",
                        to="sources.storedfile",
                    ),
                ),
                (
                    "thumbnail",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="thumbnail_of",
                        to="sources.storedfile",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="Derivation",
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("relays", "relays"),
                            ("quotes", "quotes"),
                            ("embeds", "embeds"),
                            ("translates", "translates"),
                        ],
                        max_length=16,
                    ),
                ),
                ("note", models.TextField(blank=True)),
                (
                    "investigation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="derivations",
                        to="osint.investigation",
                    ),
                ),
                (
                    "derives_from",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="derived",
                        to="sources.publication",
                    ),
                ),
                (
                    "publication",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="derives",
                        to="sources.publication",
                    ),
                ),
            ],
            options={
                "ordering": ("-id",),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("publication", "derives_from", "kind"), name="derivation_recorded_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("publication", models.F("derives_from")), _negated=True),
                        name="derivation_not_from_itself",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["relays", "quotes", "embeds", "translates"])),
                        name="derivation_kind_known",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="capture",
            index=models.Index(
                condition=models.Q(("state", "queued")), fields=["not_before"], name="sources_capture_due"
            ),
        ),
        migrations.AddIndex(
            model_name="capture",
            index=models.Index(
                condition=models.Q(("state", "leased")), fields=["lease_until"], name="sources_capture_leased"
            ),
        ),
        migrations.AddIndex(
            model_name="capture",
            index=models.Index(fields=["investigation", "-id"], name="capture_list"),
        ),
        migrations.AddIndex(
            model_name="capture",
            index=models.Index(fields=["publication", "-id"], name="capture_of_publication"),
        ),
        migrations.AddConstraint(
            model_name="capture",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["queued", "leased", "succeeded", "failed", "quarantined"])),
                name="sources_capture_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="capture",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("lease_until__isnull", False), ("state", "leased")),
                    models.Q(models.Q(("state", "leased"), _negated=True), ("lease_until__isnull", True)),
                    _connector="OR",
                ),
                name="sources_capture_lease_while_leased",
            ),
        ),
        migrations.AddConstraint(
            model_name="capture",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "verdict__in",
                        [
                            "complete",
                            "partial",
                            "login wall",
                            "consent wall",
                            "gone",
                            "blocked",
                            "truncated",
                            "empty",
                            "",
                        ],
                    )
                ),
                name="capture_verdict_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="capture",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "succeeded"), _negated=True),
                    models.Q(("verdict", ""), _negated=True),
                    _connector="OR",
                ),
                name="capture_success_has_verdict",
            ),
        ),
        migrations.AddConstraint(
            model_name="source",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["outlet", "agency", "channel", "account", "official", "satellite"])
                ),
                name="source_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="source",
            constraint=models.UniqueConstraint(
                fields=("name", "private_to"), name="source_named_once", nulls_distinct=False
            ),
        ),
        migrations.AddIndex(
            model_name="publication",
            index=models.Index(fields=["investigation", "-id"], name="publication_list"),
        ),
        migrations.AddConstraint(
            model_name="publication",
            constraint=models.UniqueConstraint(
                models.F("investigation"),
                django.db.models.functions.text.MD5("canonical_url"),
                name="publication_recognised_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="publication",
            constraint=models.UniqueConstraint(
                fields=("id", "investigation"), name="publication_in_one_case"
            ),
        ),
        migrations.AddConstraint(
            model_name="publication",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["article", "post", "video", "images", "statement"])),
                name="publication_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="publication",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("published_earliest__lte", models.F("published_latest")),
                    ("published_earliest__isnull", True),
                    ("published_latest__isnull", True),
                    _connector="OR",
                ),
                name="publication_dates_ordered",
            ),
        ),
        migrations.AddIndex(
            model_name="sourcerating",
            index=models.Index(fields=["source", "-rated_on", "-id"], name="rating_latest"),
        ),
        migrations.AddConstraint(
            model_name="sourcerating",
            constraint=models.CheckConstraint(
                condition=models.Q(("reliability__in", ["A", "B", "C", "D", "E", "F"])),
                name="rating_reliability_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="sourcerating",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="rating_has_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="capturefile",
            constraint=models.UniqueConstraint(
                models.F("capture"),
                models.F("file"),
                models.F("role"),
                django.db.models.functions.text.MD5("url"),
                name="file_kept_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="capturefile",
            constraint=models.CheckConstraint(
                condition=models.Q(("role__in", ["wacz", "page", "text", "medium"])), name="file_role_known"
            ),
        ),
    ]

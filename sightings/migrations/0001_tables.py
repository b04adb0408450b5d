import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import osint.models.base


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("osint", "0001_tables"),
        ("sources", "0001_tables"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Equipment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=osint.models.base.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("slug", models.SlugField(max_length=80, unique=True)),
                ("name", models.CharField(max_length=200)),
                (
                    "kind",
                    models.CharField(
                        choices=[("category", "Category"), ("type", "Type")], default="type", max_length=12
                    ),
                ),
                (
                    "nato_name",
                    models.CharField(
                        blank=True, help_text="Reporting name, such as SA-22 Greyhound.", max_length=120
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="sightings.equipment",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "equipment",
                "ordering": ("name",),
            },
        ),
        migrations.CreateModel(
            name="EquipmentAlias",
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
                ("key", models.CharField(editable=False, max_length=400)),
                (
                    "equipment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="aliases",
                        to="sightings.equipment",
                    ),
                ),
            ],
            options={
                "ordering": ("name",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Place",
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
                    "latitude",
                    models.FloatField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(-90),
                            django.core.validators.MaxValueValidator(90),
                        ],
                    ),
                ),
                (
                    "longitude",
                    models.FloatField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(-180),
                            django.core.validators.MaxValueValidator(180),
                        ],
                    ),
                ),
                (
                    "radius_m",
                    models.FloatField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(0.1),
                            django.core.validators.MaxValueValidator(20037508),
                        ],
                        verbose_name="radius (m)",
                    ),
                ),
                ("slug", models.SlugField(max_length=80, unique=True)),
                ("name", models.CharField(max_length=200)),
                (
                    "country",
                    models.CharField(
                        blank=True,
                        max_length=2,
                        validators=[django.core.validators.RegexValidator("^[A-Z]{2}\\Z")],
                    ),
                ),
            ],
            options={
                "ordering": ("name",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("latitude__isnull", True),
                                ("longitude__isnull", True),
                                ("radius_m__isnull", True),
                            ),
                            models.Q(
                                ("latitude__isnull", False),
                                ("latitude__range", (-90, 90)),
                                ("longitude__isnull", False),
                                ("longitude__range", (-180, 180)),
                                ("radius_m__isnull", False),
                                ("radius_m__range", (0.1, 20037508)),
                            ),
                            _connector="OR",
                        ),
                        name="place_position_whole",
                        violation_error_code="position_incomplete",
                        violation_error_message="Give latitude, longitude and radius together, or none of them.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("latitude__isnull", False)), name="place_has_position"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PlaceAlias",
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
                ("key", models.CharField(editable=False, max_length=400)),
                (
                    "place",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="aliases",
                        to="sightings.place",
                    ),
                ),
            ],
            options={
                "ordering": ("name",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Sighting",
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
                    "latitude",
                    models.FloatField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(-90),
                            django.core.validators.MaxValueValidator(90),
                        ],
                    ),
                ),
                (
                    "longitude",
                    models.FloatField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(-180),
                            django.core.validators.MaxValueValidator(180),
                        ],
                    ),
                ),
                (
                    "radius_m",
                    models.FloatField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(0.1),
                            django.core.validators.MaxValueValidator(20037508),
                        ],
                        verbose_name="radius (m)",
                    ),
                ),
                ("title", models.CharField(max_length=300)),
                ("description", models.TextField(blank=True)),
                ("quantity_min", models.PositiveIntegerField(blank=True, null=True)),
                ("quantity_max", models.PositiveIntegerField(blank=True, null=True)),
                ("operator", models.CharField(blank=True, max_length=200)),
                (
                    "activity",
                    models.CharField(
                        choices=[
                            ("deployed", "Deployed"),
                            ("transported", "Transported"),
                            ("firing", "Firing"),
                            ("exercise", "Exercise"),
                            ("destroyed", "Destroyed"),
                            ("strike", "Used in a strike"),
                            ("unknown", "Unknown"),
                        ],
                        default="unknown",
                        max_length=16,
                    ),
                ),
                (
                    "when",
                    models.CharField(blank=True, help_text="EDTF, such as 2023-01-06~.", max_length=120),
                ),
                ("when_earliest", models.DateField(editable=False, null=True)),
                ("when_latest", models.DateField(editable=False, null=True)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("proposed", "Proposed"),
                            ("in review", "In review"),
                            ("verified", "Verified"),
                            ("disputed", "Disputed"),
                            ("rejected", "Rejected"),
                        ],
                        default="proposed",
                        max_length=12,
                    ),
                ),
                (
                    "equipment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sightings",
                        to="sightings.equipment",
                    ),
                ),
                (
                    "investigation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sightings",
                        to="osint.investigation",
                    ),
                ),
                (
                    "logged_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sightings",
                        to="sightings.place",
                    ),
                ),
            ],
            options={
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="Evidence",
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
                    "stance",
                    models.CharField(
                        choices=[
                            ("supports", "supports"),
                            ("refutes", "refutes"),
                            ("neutral", "neutral"),
                            ("undercuts", "undercuts"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "credibility",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "confirmed by other independent sources"),
                            (2, "probably true"),
                            (3, "possibly true"),
                            (4, "doubtful"),
                            (5, "improbable"),
                            (6, "truth cannot be judged"),
                        ]
                    ),
                ),
                (
                    "quotation",
                    models.TextField(
                        blank=True, help_text="The words relied upon, in the original language."
                    ),
                ),
                (
                    "fragment",
                    models.CharField(
                        blank=True,
                        help_text="Where in a medium: t=3,7 or xywh=10,20,300,200.",
                        max_length=120,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^(t=(\\d+(\\.\\d+)?(,\\d+(\\.\\d+)?)?|,\\d+(\\.\\d+)?)(&xywh=(pixel:|percent:)?\\d+(\\.\\d+)?(,\\d+(\\.\\d+)?){3})?|xywh=(pixel:|percent:)?\\d+(\\.\\d+)?(,\\d+(\\.\\d+)?){3})\\Z",
                                "Expected such as t=3,7 or xywh=10,20,300,200.",
                                "fragment_invalid",
                            )
                        ],
                    ),
                ),
                ("note", models.TextField(blank=True)),
                ("withdrawn_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("withdrawn_reason", models.TextField(blank=True, editable=False)),
                (
                    "attached_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "investigation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evidence",
                        to="osint.investigation",
                    ),
                ),
                (
                    "publication",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evidence",
                        to="sources.publication",
                    ),
                ),
                (
                    "undercuts",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="undercut_by",
                        to="sightings.evidence",
                    ),
                ),
                (
                    "sighting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evidence",
                        to="sightings.sighting",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "evidence",
                "ordering": ("-id",),
            },
        ),
        migrations.AddConstraint(
            model_name="equipment",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["category", "type"])), name="equipment_kind_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="equipment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("parent__isnull", True),
                    models.Q(("parent", models.F("id")), _negated=True),
                    _connector="OR",
                ),
                name="equipment_not_its_own_parent",
            ),
        ),
        migrations.AddIndex(
            model_name="equipmentalias",
            index=models.Index(
                django.contrib.postgres.indexes.OpClass(models.F("key"), name="varchar_pattern_ops"),
                name="equipmentalias_key",
            ),
        ),
        migrations.AddConstraint(
            model_name="equipmentalias",
            constraint=models.UniqueConstraint(fields=("equipment", "name"), name="equipment_alias_once"),
        ),
        migrations.AddIndex(
            model_name="placealias",
            index=models.Index(
                django.contrib.postgres.indexes.OpClass(models.F("key"), name="varchar_pattern_ops"),
                name="placealias_key",
            ),
        ),
        migrations.AddConstraint(
            model_name="placealias",
            constraint=models.UniqueConstraint(fields=("place", "name"), name="place_alias_once"),
        ),
        migrations.AddIndex(
            model_name="sighting",
            index=models.Index(fields=["investigation", "-id"], name="sighting_list"),
        ),
        migrations.AddIndex(
            model_name="sighting",
            index=models.Index(
                fields=["investigation", "when_earliest", "when_latest"], name="sighting_when"
            ),
        ),
        migrations.AddIndex(
            model_name="sighting",
            index=models.Index(fields=["latitude", "longitude"], name="sighting_where"),
        ),
        migrations.AddIndex(
            model_name="sighting",
            index=models.Index(fields=["equipment"], name="sighting_equipment"),
        ),
        migrations.AddConstraint(
            model_name="sighting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("latitude__isnull", True), ("longitude__isnull", True), ("radius_m__isnull", True)
                    ),
                    models.Q(
                        ("latitude__isnull", False),
                        ("latitude__range", (-90, 90)),
                        ("longitude__isnull", False),
                        ("longitude__range", (-180, 180)),
                        ("radius_m__isnull", False),
                        ("radius_m__range", (0.1, 20037508)),
                    ),
                    _connector="OR",
                ),
                name="sighting_position_whole",
                violation_error_code="position_incomplete",
                violation_error_message="Give latitude, longitude and radius together, or none of them.",
            ),
        ),
        migrations.AddConstraint(
            model_name="sighting",
            constraint=models.UniqueConstraint(fields=("id", "investigation"), name="sighting_in_one_case"),
        ),
        migrations.AddConstraint(
            model_name="sighting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ["draft", "proposed", "in review", "verified", "disputed", "rejected"])
                ),
                name="sighting_status_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="sighting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "activity__in",
                        ["deployed", "transported", "firing", "exercise", "destroyed", "strike", "unknown"],
                    )
                ),
                name="sighting_activity_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="sighting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("quantity_min__isnull", True),
                    ("quantity_max__isnull", True),
                    ("quantity_min__lte", models.F("quantity_max")),
                    _connector="OR",
                ),
                name="sighting_quantity_ordered",
                violation_error_code="quantity_order",
                violation_error_message="The smallest quantity is larger than the largest.",
            ),
        ),
        migrations.AddConstraint(
            model_name="sighting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("when_earliest__isnull", True),
                    ("when_latest__isnull", True),
                    ("when_earliest__lte", models.F("when_latest")),
                    _connector="OR",
                ),
                name="sighting_dates_ordered",
            ),
        ),
        migrations.AddIndex(
            model_name="evidence",
            index=models.Index(fields=["sighting", "id"], name="evidence_of_sighting"),
        ),
        migrations.AddIndex(
            model_name="evidence",
            index=models.Index(fields=["publication"], name="evidence_from_publication"),
        ),
        migrations.AddIndex(
            model_name="evidence",
            index=models.Index(fields=["investigation", "-id"], name="evidence_list"),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.UniqueConstraint(
                condition=models.Q(("withdrawn_at__isnull", True)),
                fields=("sighting", "publication", "stance", "fragment", "undercuts"),
                name="evidence_attached_once",
                nulls_distinct=False,
                violation_error_code="evidence_exists",
                violation_error_message="This publication is already attached in this way.",
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.UniqueConstraint(fields=("id", "sighting"), name="evidence_of_one_sighting"),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.CheckConstraint(
                condition=models.Q(("stance__in", ["supports", "refutes", "neutral", "undercuts"])),
                name="evidence_stance_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.CheckConstraint(
                condition=models.Q(("credibility__range", (1, 6))), name="evidence_credibility_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("stance", "undercuts"), ("undercuts__isnull", False)),
                    models.Q(models.Q(("stance", "undercuts"), _negated=True), ("undercuts__isnull", True)),
                    _connector="OR",
                ),
                name="evidence_undercuts_something",
                violation_error_code="undercuts_mismatch",
                violation_error_message="Evidence that undercuts names the item it attacks, and no other does.",
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("undercuts__isnull", True),
                    models.Q(("undercuts", models.F("id")), _negated=True),
                    _connector="OR",
                ),
                name="evidence_not_against_itself",
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("withdrawn_at__isnull", True),
                    models.Q(("withdrawn_reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="evidence_withdrawal_has_reason",
            ),
        ),
    ]

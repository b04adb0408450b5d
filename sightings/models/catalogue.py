"""Equipment and places: shared by the instance, found under any of their names in any script."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.indexes import OpClass
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q

from osint.models import Record
from osint.naming import fold
from sightings.models.positions import Positioned

LONGEST_KEY = 400


class EquipmentKind(models.TextChoices):
    CATEGORY = "category", "Category"
    TYPE = "type", "Type"


class Equipment(Record):
    """A category or a type in the tree of equipment, such as Pantsir-S1 under short-range air defence."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=12, choices=EquipmentKind.choices, default=EquipmentKind.TYPE)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    nato_name = models.CharField(
        max_length=120, blank=True, help_text="Reporting name, such as SA-22 Greyhound."
    )

    class Meta:
        ordering = ("name",)
        verbose_name_plural = "equipment"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=EquipmentKind.values), name="equipment_kind_known"),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")), name="equipment_not_its_own_parent"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Place(Positioned, Record):
    """A named place: a point and how far around it the name reaches."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    country = models.CharField(max_length=2, blank=True, validators=[RegexValidator(r"^[A-Z]{2}\Z")])

    class Meta:
        ordering = ("name",)
        constraints = [
            *Positioned.Meta.constraints,
            models.CheckConstraint(condition=Q(latitude__isnull=False), name="place_has_position"),
        ]
        indexes = [models.Index(fields=["latitude", "longitude"], name="place_where")]

    def __str__(self) -> str:
        return self.name


class Alias(Record):
    """Another name, with the key under which spellings and scripts fall together."""

    name = models.CharField(max_length=200)
    key = models.CharField(max_length=LONGEST_KEY, editable=False)

    class Meta:
        abstract = True
        ordering = ("name",)
        indexes = [
            # The operator class lets a prefix search use the index whatever the database's collation.
            models.Index(OpClass(F("key"), name="varchar_pattern_ops"), name="%(class)s_key")
        ]

    def __str__(self) -> str:
        return self.name

    def clean_fields(self, exclude: Any = None) -> None:
        # A name written in Latin letters may be many times as long; what lies beyond tells no two apart.
        self.key = fold(self.name)[:LONGEST_KEY]
        super().clean_fields(exclude=exclude)


class EquipmentAlias(Alias):
    """A name of a piece of equipment; its own name and NATO name are among them."""

    equipment = models.ForeignKey(Equipment, on_delete=models.PROTECT, related_name="aliases")

    class Meta(Alias.Meta):
        constraints = [models.UniqueConstraint(fields=["equipment", "name"], name="equipment_alias_once")]


class PlaceAlias(Alias):
    """A name of a place; its own name is among them."""

    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="aliases")

    class Meta(Alias.Meta):
        constraints = [models.UniqueConstraint(fields=["place", "name"], name="place_alias_once")]

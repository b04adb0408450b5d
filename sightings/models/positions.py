"""Points on the earth that admit how well they are known."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

FURTHEST_M = 20_037_508  # half the equator: a larger radius says nothing


class Positioned(models.Model):
    """Latitude and longitude in degrees (WGS 84) with a radius of uncertainty in metres: all three or none."""

    latitude = models.FloatField(
        null=True, blank=True, validators=[MinValueValidator(-90), MaxValueValidator(90)]
    )
    longitude = models.FloatField(
        null=True, blank=True, validators=[MinValueValidator(-180), MaxValueValidator(180)]
    )
    radius_m = models.FloatField(
        null=True,
        blank=True,
        verbose_name="radius (m)",
        validators=[MinValueValidator(0.1), MaxValueValidator(FURTHEST_M)],
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                # A comparison with NULL is NULL, which a check lets pass: absence has to be spelt out.
                condition=Q(latitude__isnull=True, longitude__isnull=True, radius_m__isnull=True)
                | Q(
                    latitude__isnull=False,
                    longitude__isnull=False,
                    radius_m__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__range=(-180, 180),
                    radius_m__range=(0.1, FURTHEST_M),
                ),
                name="%(class)s_position_whole",
                violation_error_code="position_incomplete",
                violation_error_message="Give latitude, longitude and radius together, or none of them.",
            )
        ]

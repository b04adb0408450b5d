"""Investigations, and who has which role in them."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models

from osint.models.base import Record

slug_validator = RegexValidator(
    r"^[a-z0-9]+(-[a-z0-9]+)*\Z", "Use lower-case letters, digits and single hyphens.", code="slug_invalid"
)


class Role(models.TextChoices):
    """What a member may do; each role includes the ones before it, except that nobody reviews their own work."""

    VIEWER = "viewer", "Viewer"
    RESEARCHER = "researcher", "Researcher"
    REVIEWER = "reviewer", "Reviewer"
    ADMIN = "admin", "Admin"

    @property
    def rank(self) -> int:
        """Position in the order of roles, from 0 for a viewer."""
        return list(Role).index(self)

    def includes(self, other: Role) -> bool:
        """Whether a member with this role may do what `other` may."""
        return self.rank >= other.rank


class Investigation(Record):
    """A case: the boundary of access. Everything but people and the catalogue belongs to exactly one."""

    slug = models.CharField(max_length=80, unique=True, validators=[slug_validator])
    title = models.CharField(max_length=200)
    summary = models.TextField(blank=True)
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="Membership", related_name="investigations"
    )

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.title

    @property
    def case_id(self) -> UUID:
        return self.id


class Membership(Record):
    """One person's role in one investigation."""

    investigation = models.ForeignKey(Investigation, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role.choices)

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["investigation", "user"], name="membership_once_per_person"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="membership_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.role}"

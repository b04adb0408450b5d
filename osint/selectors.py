"""Reading discussions, assignments and notices: always of cases that the reader is on."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from osint.access import memberships_of
from osint.models import Assignment, Comment, Investigation, Notice, User

Reader = User | AnonymousUser


def members_of(investigation: Investigation) -> QuerySet[User]:
    """Who is on the case and can log in, by username."""
    return User.objects.filter(memberships__investigation=investigation, is_active=True).order_by("username")


def comments_in(investigation: Investigation) -> QuerySet[Comment]:
    """What was said in the case; the caller has passed the access function of the case."""
    return investigation.comments.select_related("author")


def comments_on(investigation: Investigation, subject_type: str, subject_id: UUID) -> QuerySet[Comment]:
    """What was said of one row of the case."""
    return comments_in(investigation).filter(subject_type=subject_type, subject_id=subject_id)


def assignments_in(investigation: Investigation) -> QuerySet[Assignment]:
    """Who sees to what in the case, and who did."""
    return investigation.assignments.select_related("assignee", "assigned_by")


def assignments_of(investigation: Investigation, subject_type: str, subject_id: UUID) -> QuerySet[Assignment]:
    """Who sees to one row of the case: one assignment at most."""
    about = assignments_in(investigation).filter(subject_type=subject_type, subject_id=subject_id)
    return about.filter(ended_at__isnull=True)


def assignments_for(user: Reader) -> QuerySet[Assignment]:
    """What the user is to see to, in the cases that they are on and that their token opens."""
    cases = memberships_of(user).values("investigation_id")
    own = Assignment.objects.filter(assignee__in=[user] if isinstance(user, User) else [])
    standing = own.filter(ended_at__isnull=True, investigation__in=cases)
    return standing.select_related("investigation", "assigned_by")


def notices_for(user: Reader) -> QuerySet[Notice]:
    """What the user is told, in the cases that they are still on and that their token opens."""
    cases = memberships_of(user).values("investigation_id")
    own = Notice.objects.filter(recipient__in=[user] if isinstance(user, User) else [])
    return own.filter(investigation__in=cases).select_related("investigation", "sender", "comment")


def unread_for(user: Reader) -> QuerySet[Notice]:
    """What of it they have not read."""
    return notices_for(user).filter(read_at__isnull=True)

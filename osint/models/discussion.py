"""What people say to one another about a thing, and what each is told."""

from __future__ import annotations

import hashlib
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.text import Truncator

from osint.models.base import Record
from osint.models.investigations import Investigation

#: Characters of a comment that a notice of it shows.
MOST_WORDS = 300


class Comment(Record):
    """A remark on some row of a case, named by type and id: the ground floor does not know what lies upstairs."""

    investigation = models.ForeignKey(Investigation, on_delete=models.PROTECT, related_name="comments")
    subject_type = models.CharField(max_length=64)
    subject_id = models.UUIDField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="comments")
    text = models.TextField(max_length=20_000)
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)

    unrecorded = frozenset({"text"})

    class Meta:
        ordering = ("id",)
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="comment_says_something")]
        indexes = [
            models.Index(fields=["investigation", "subject_type", "subject_id", "id"], name="comment_on"),
        ]

    def __str__(self) -> str:
        return f"{self.author} on {self.subject_type} {self.subject_id}"

    def snapshot(self, names: frozenset[str] | None = None) -> dict[str, Any]:
        """As any row's, with the text's digest for the text: members read the record, and a withdrawn text is not
        to be read there either."""
        digest = hashlib.sha256(self.text.encode()).hexdigest()
        return super().snapshot(names) | ({"text_sha256": digest} if names is None else {})


class Assignment(Record):
    """Who is to see to a row of a case. At most one person at a time."""

    investigation = models.ForeignKey(Investigation, on_delete=models.PROTECT, related_name="assignments")
    subject_type = models.CharField(max_length=64)
    subject_id = models.UUIDField()
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="assignments"
    )
    assigned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["investigation", "subject_type", "subject_id"],
                condition=Q(ended_at__isnull=True),
                name="assigned_to_one",
            )
        ]
        indexes = [
            models.Index(
                fields=["assignee", "-id"], name="assignment_open", condition=Q(ended_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject_type} {self.subject_id} → {self.assignee}"


class NoticeKind(models.TextChoices):
    MENTION = "mention", "mentions you"
    REPLY = "reply", "answers in a discussion of yours"
    ASSIGNMENT = "assignment", "asks you to see to it"
    DECISION = "decision", "decides on what you logged"
    FLAG = "flag", "flags what you decided"


class Notice(Record):
    """One thing that one person is told: in the application, and by e-mail where that is set up."""

    investigation = models.ForeignKey(Investigation, on_delete=models.PROTECT, related_name="notices")
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="notices")
    sender = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=NoticeKind.choices)
    subject_type = models.CharField(max_length=64)
    subject_id = models.UUIDField()
    comment = models.ForeignKey(
        Comment, on_delete=models.PROTECT, related_name="notices", null=True, blank=True
    )
    text = models.CharField(max_length=MOST_WORDS, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)

    unrecorded = frozenset({"read_at", "mailed_at"})

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=NoticeKind.values), name="notice_kind_known"),
            models.UniqueConstraint(fields=["recipient", "comment"], name="notice_once_per_comment"),
        ]
        indexes = [
            models.Index(fields=["recipient", "-id"], name="notice_list"),
            models.Index(fields=["recipient"], name="notice_unread", condition=Q(read_at__isnull=True)),
            models.Index(
                fields=["recipient", "created_at"],
                name="notice_unmailed",
                condition=Q(mailed_at__isnull=True, read_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sender} {self.kind} → {self.recipient}"

    @property
    def words(self) -> str:
        """What it is about in a few words; nothing of a comment that was withdrawn."""
        if self.comment is None:
            return self.text
        return "" if self.comment.withdrawn_at else Truncator(self.comment.text).chars(MOST_WORDS)

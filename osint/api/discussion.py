"""What is said about the things of a case, and who sees to them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import django_filters as filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from osint import subjects
from osint.access import get_one
from osint.api.serializers import PersonSerializer
from osint.api.views import CaseView
from osint.models import Assignment, Comment
from osint.selectors import assignments_in, comments_in
from osint.services import discussion

ABOUT = "Type of what it is about; the answer to one that nobody can discuss names those there are."


class CommentSerializer(serializers.ModelSerializer[Comment]):
    """A comment; once it is withdrawn its text is empty."""

    author = PersonSerializer(read_only=True)
    text = serializers.SerializerMethodField()

    class Meta:
        model = Comment
        fields = ("id", "subject_type", "subject_id", "author", "text", "created_at", "withdrawn_at")
        read_only_fields = fields

    def get_text(self, comment: Comment) -> str:
        return "" if comment.withdrawn_at else comment.text


class AssignmentSerializer(serializers.ModelSerializer[Assignment]):
    """Who sees to something, until `ended_at`."""

    assignee = PersonSerializer(read_only=True)
    assigned_by = PersonSerializer(read_only=True)

    class Meta:
        model = Assignment
        fields = (
            "id", "subject_type", "subject_id", "assignee", "assigned_by", "created_at", "ended_at",
        )  # fmt: skip
        read_only_fields = fields


class SubjectInput(serializers.Serializer[Any]):
    """What it is about."""

    subject_type = serializers.CharField(max_length=64, help_text=ABOUT)
    subject_id = serializers.UUIDField(help_text="Id of what it is about.")

    def validate_subject_type(self, name: str) -> str:
        """Raises DRF's ValidationError for a type that nobody can discuss."""
        if name not in subjects.known():
            raise serializers.ValidationError(
                f"Expected one of {', '.join(subjects.known())}.", code="invalid_choice"
            )
        return name


class CommentInput(SubjectInput):
    text = serializers.CharField(
        max_length=discussion.LONGEST_COMMENT,
        trim_whitespace=False,
        help_text="Kept as typed. `@username` tells that member of the case.",
    )


class AssignmentInput(SubjectInput):
    assignee = serializers.CharField(max_length=150, help_text="Username of a member of the case.")


class AboutFilter(filters.FilterSet):
    subject_type = filters.CharFilter(help_text=ABOUT)
    subject_id = filters.UUIDFilter()


class CommentFilter(AboutFilter):
    class Meta:
        model = Comment
        fields = ("subject_type", "subject_id")


class AssignmentFilter(AboutFilter):
    assignee = filters.CharFilter(field_name="assignee__username", help_text="Username.")
    open = filters.BooleanFilter(field_name="ended_at", lookup_expr="isnull", help_text="Not ended yet.")

    class Meta:
        model = Assignment
        fields = ("subject_type", "subject_id", "assignee", "open")


@extend_schema(tags=["discussion"])
class CommentView(CaseView):
    """Comments on sightings, evidence, publications and sources."""

    queryset_model = Comment
    output_class = CommentSerializer
    filterset_class = CommentFilter

    def rows(self) -> QuerySet[Comment]:
        return comments_in(self.investigation)

    def list(self, request: Request, slug: str) -> Response:
        """List the comments of the case, newest first."""
        return self.listed()

    def retrieve(self, request: Request, slug: str, pk: UUID) -> Response:
        """Show one comment."""
        return self.shown(get_one(self.rows(), pk=pk))

    @extend_schema(request=CommentInput, responses={201: CommentSerializer})
    def create(self, request: Request, slug: str) -> Response:
        """Write a comment. Needs the role researcher. Members named as `@username` are told, and so are those who
        wrote there before."""
        values = self.parsed(CommentInput)
        return self.created(discussion.write_comment(self.investigation, actor=self.actor, **values))

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, slug: str, pk: UUID) -> Response:
        """Take back a comment of your own: that it was made stays on record, its text is no longer shown."""
        comment = get_one(self.rows(), pk=pk)
        return self.shown(discussion.withdraw_comment(comment, actor=self.actor))


@extend_schema(tags=["discussion"])
class AssignmentView(CaseView):
    """Who is to see to what: at most one person to each thing."""

    queryset_model = Assignment
    output_class = AssignmentSerializer
    filterset_class = AssignmentFilter

    def rows(self) -> QuerySet[Assignment]:
        return assignments_in(self.investigation)

    def list(self, request: Request, slug: str) -> Response:
        """List the assignments of the case, newest first."""
        return self.listed()

    def retrieve(self, request: Request, slug: str, pk: UUID) -> Response:
        """Show one assignment."""
        return self.shown(get_one(self.rows(), pk=pk))

    @extend_schema(request=AssignmentInput, responses={201: AssignmentSerializer})
    def create(self, request: Request, slug: str) -> Response:
        """Ask a member to see to something, in place of whoever did until now. Needs the role researcher."""
        values = self.parsed(AssignmentInput)
        username = values.pop("assignee")
        return self.created(
            discussion.assign(self.investigation, actor=self.actor, username=username, **values)
        )

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, slug: str, pk: UUID) -> Response:
        """End an assignment. Needs the role researcher."""
        return self.shown(discussion.unassign(get_one(self.rows(), pk=pk), actor=self.actor))

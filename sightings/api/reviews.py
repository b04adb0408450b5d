"""Reviewing over the API: the queue, the steps of a review, the decisions, and findings about publications."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import django_filters as filters
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from osint.access import get_one
from osint.api.pagination import KeysetPagination
from osint.api.serializers import PersonSerializer
from osint.api.views import CaseView
from osint.models import Investigation, User
from sightings.api.serializers import SightingSerializer
from sightings.models import (
    CheckAnswer,
    CheckMethod,
    CheckQuestion,
    Decision,
    Equipment,
    Invalidation,
    Place,
    Review,
    ReviewCheck,
    ReviewTurn,
    Sighting,
    Status,
)
from sightings.queue import (
    CLAIMS,
    ORDER,
    WAITING,
    Reader,
    claimed_as,
    get_review,
    invalidations_in,
    own_work,
    reviewable,
    reviews_in,
    running_turn,
)
from sightings.selectors import branch_ids, get_sighting
from sightings.services import invalidations, reviews
from sources.selectors import publications_in

STATUSES = [(status.value, status.label) for status in Status if status != Status.DRAFT]
VERDICTS = [(verdict.value, verdict.label) for verdict in reviews.VERDICTS]


class TurnSerializer(serializers.ModelSerializer[ReviewTurn]):
    """Who has taken a sighting out of the queue, and until when."""

    reviewer = PersonSerializer(read_only=True)

    class Meta:
        model = ReviewTurn
        fields = ("sighting", "reviewer", "until")
        read_only_fields = fields


class QueueItemSerializer(SightingSerializer):
    """A sighting with how long it has waited, and who has taken it."""

    turn = serializers.SerializerMethodField(help_text="Null where it is anybody's.")

    class Meta:
        model = Sighting
        fields = (*SightingSerializer.Meta.fields, "waiting_since", "turn")
        read_only_fields = fields

    @extend_schema_field(TurnSerializer(allow_null=True))
    def get_turn(self, sighting: Sighting) -> Any:
        turn = running_turn(sighting)
        return TurnSerializer(turn).data if turn else None


class ReviewCheckSerializer(serializers.ModelSerializer[ReviewCheck]):
    """One answer of a checklist."""

    checked_by = PersonSerializer(read_only=True)

    class Meta:
        model = ReviewCheck
        fields = ("question", "answer", "method", "note", "checked_by")
        read_only_fields = fields


class ReviewSerializer(serializers.ModelSerializer[Review]):
    reviewer = PersonSerializer(read_only=True)
    checks = ReviewCheckSerializer(many=True, read_only=True)

    class Meta:
        model = Review
        fields = (
            "id", "sighting", "reviewer", "decision", "reason", "checks", "assessment", "superseded_at", "created_at",
        )  # fmt: skip
        read_only_fields = fields


class ReviewCheckInput(serializers.Serializer[Any]):
    question = serializers.ChoiceField(choices=CheckQuestion.choices)
    answer = serializers.ChoiceField(choices=CheckAnswer.choices)
    method = serializers.ChoiceField(
        choices=CheckMethod.choices,
        default=CheckMethod.NONE.value,
        help_text="How it was found out; `none` only where the answer is `unknown`.",
    )
    note = serializers.CharField(required=False, allow_blank=True)
    checked_by = serializers.CharField(
        required=False,
        max_length=150,
        help_text="Username of a member of the case; yours where it is missing.",
    )


class DecisionInput(serializers.Serializer[Any]):
    decision = serializers.ChoiceField(choices=VERDICTS)
    reason = serializers.CharField()
    checks = ReviewCheckInput(many=True, required=False)


class ReasonInput(serializers.Serializer[Any]):
    reason = serializers.CharField()


class InvalidationSerializer(serializers.ModelSerializer[Invalidation]):
    reviewer = PersonSerializer(read_only=True)
    withdrawn_by = PersonSerializer(read_only=True)

    class Meta:
        model = Invalidation
        fields = (
            "id", "publication", "reviewer", "reason", "created_at", "withdrawn_at", "withdrawn_by",
            "withdrawn_reason",
        )  # fmt: skip
        read_only_fields = fields


class InvalidationInput(serializers.Serializer[Any]):
    publication = serializers.UUIDField()
    reason = serializers.CharField()


class QueueFilter(filters.FilterSet):
    """What waits, unless `status` names something else; without one's own work, unless `also_own` says so."""

    status = filters.MultipleChoiceFilter(choices=STATUSES)
    flagged = filters.BooleanFilter(field_name="flagged_at", lookup_expr="isnull", exclude=True)
    equipment = filters.ModelChoiceFilter(
        queryset=Equipment.objects.all(), to_field_name="slug", method="in_branch", label="With all below it."
    )
    place = filters.ModelChoiceFilter(queryset=Place.objects.all(), to_field_name="slug")
    title = filters.CharFilter(lookup_expr="icontains")
    claim = filters.ChoiceFilter(choices=CLAIMS, method="claimed", label="Whose turn it is.")
    also_own = filters.BooleanFilter(method="unchanged", label="Also what you may not verify yourself.")

    class Meta:
        model = Sighting
        fields = ("status", "equipment", "place", "title")

    def filter_queryset(self, queryset: QuerySet[Sighting]) -> QuerySet[Sighting]:
        """Also by what is not asked for."""
        rows: QuerySet[Sighting] = super().filter_queryset(queryset)
        if not self.form.cleaned_data.get("status"):
            rows = rows.filter(WAITING)
        if not self.form.cleaned_data.get("also_own"):
            rows = rows.exclude(own_work(self.reader))
        return rows

    @property
    def reader(self) -> Reader:
        """Who asks; nobody when the API is described."""
        return self.request.user if self.request is not None else AnonymousUser()

    def in_branch(self, rows: QuerySet[Sighting], name: str, root: Equipment) -> QuerySet[Sighting]:
        return rows.filter(equipment__in=branch_ids(root))

    def claimed(self, rows: QuerySet[Sighting], name: str, claim: str) -> QuerySet[Sighting]:
        return rows.filter(claimed_as(claim, self.reader))

    def unchanged(self, rows: QuerySet[Sighting], name: str, value: bool) -> QuerySet[Sighting]:
        return rows


class ReviewFilter(filters.FilterSet):
    """Sightings are not looked up: whether another case has such a row is not to be told."""

    sighting = filters.UUIDFilter()
    reviewer = filters.CharFilter(field_name="reviewer__username", label="Username.")
    decision = filters.MultipleChoiceFilter(choices=Decision.choices)
    standing = filters.BooleanFilter(field_name="superseded_at", lookup_expr="isnull")

    class Meta:
        model = Review
        fields = ("sighting", "decision")


class InvalidationFilter(filters.FilterSet):
    publication = filters.UUIDFilter()
    withdrawn = filters.BooleanFilter(field_name="withdrawn_at", lookup_expr="isnull", exclude=True)

    class Meta:
        model = Invalidation
        fields = ("publication",)


class LongestWaitingFirst(KeysetPagination):
    """In the order of the queue."""

    ordering = ORDER  # type: ignore[assignment]  # DRF takes several columns, its stubs do not know


@extend_schema(tags=["reviews"])
class ReviewQueueView(CaseView):
    """What waits for a reviewer."""

    queryset_model = Sighting
    output_class = QueueItemSerializer
    filterset_class = QueueFilter
    pagination_class = LongestWaitingFirst

    def rows(self) -> QuerySet[Sighting]:
        return reviewable(self.investigation)

    def list(self, request: Request, slug: str) -> Response:
        """List what waits for a reviewer, the longest waiting first; without your own work unless you ask for it."""
        return self.listed()


@extend_schema(tags=["reviews"])
class ReviewView(CaseView):
    """What reviewers decided, each with a reason and the answers of the checklist. Never edited, only superseded."""

    queryset_model = Review
    output_class = ReviewSerializer
    filterset_class = ReviewFilter

    def rows(self) -> QuerySet[Review]:
        return reviews_in(self.investigation)

    def list(self, request: Request, slug: str) -> Response:
        """List the decisions of the case, superseded ones too."""
        return self.listed()

    def retrieve(self, request: Request, slug: str, pk: UUID) -> Response:
        """Show one decision."""
        return self.shown(get_review(self.investigation, pk))


@extend_schema(tags=["reviews"])
class SightingReviewView(CaseView):
    """The steps of a review."""

    queryset_model = Sighting
    output_class = SightingSerializer

    def rows(self) -> QuerySet[Sighting]:
        return reviewable(self.investigation)

    @property
    def sighting(self) -> Sighting:
        """The sighting in the address. Raises NotFoundError."""
        return get_sighting(self.investigation, self.kwargs["pk"])

    @extend_schema(request=None, responses=SightingSerializer)
    @action(detail=True, methods=["post"])
    def propose(self, request: Request, slug: str, pk: UUID) -> Response:
        """Say that a draft is ready for a reviewer. Needs the role researcher."""
        reviews.propose_sighting(self.sighting, actor=self.actor)
        return self.shown(self.sighting)

    @extend_schema(request=None, responses=TurnSerializer)
    @action(detail=True, methods=["post"])
    def claim(self, request: Request, slug: str, pk: UUID) -> Response:
        """Take the sighting out of the queue for a while, or for longer. Needs the role reviewer."""
        return Response(TurnSerializer(reviews.take_turn(self.sighting, actor=self.actor)).data)

    @extend_schema(request=None, responses=SightingSerializer)
    @action(detail=True, methods=["post"], url_path="give-back")
    def give_back(self, request: Request, slug: str, pk: UUID) -> Response:
        """End your turn without a decision. Needs the role reviewer."""
        reviews.give_back(self.sighting, actor=self.actor)
        return self.shown(self.sighting)

    @extend_schema(request=DecisionInput, responses={201: ReviewSerializer})
    @action(detail=True, methods=["post"])
    def decide(self, request: Request, slug: str, pk: UUID) -> Response:
        """Verify, dispute or reject the sighting, with a reason. Needs the role reviewer.

        Verifying needs an answer to every question of the checklist, and somebody other than those who logged the
        sighting or attached evidence to it (code `own_work`).
        """
        values = self.parsed(DecisionInput)
        checks = [_with_person(self.investigation, check) for check in values.pop("checks", [])]
        return self._decided(reviews.decide(self.sighting, actor=self.actor, checks=checks, **values))

    @extend_schema(request=ReasonInput, responses={201: ReviewSerializer})
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, slug: str, pk: UUID) -> Response:
        """Send a decided sighting back to the queue, with a reason. Needs the role reviewer."""
        reason = self.parsed(ReasonInput)["reason"]
        return self._decided(reviews.reopen(self.sighting, actor=self.actor, reason=reason))

    def _decided(self, review: Review) -> Response:
        return Response(ReviewSerializer(get_review(self.investigation, review.pk)).data, status=201)


@extend_schema(tags=["reviews"])
class InvalidationView(CaseView):
    """Findings that what a publication shows is worth nothing: it, and all that derives from it, weighs nothing."""

    queryset_model = Invalidation
    output_class = InvalidationSerializer
    filterset_class = InvalidationFilter

    def rows(self) -> QuerySet[Invalidation]:
        return invalidations_in(self.investigation)

    def list(self, request: Request, slug: str) -> Response:
        """List the findings of the case, withdrawn ones too."""
        return self.listed()

    def retrieve(self, request: Request, slug: str, pk: UUID) -> Response:
        """Show one finding."""
        return self.shown(get_one(self.rows(), pk=pk))

    @extend_schema(request=InvalidationInput, responses={201: InvalidationSerializer})
    def create(self, request: Request, slug: str) -> Response:
        """Find what a publication shows to be worth nothing, with a reason. Needs the role reviewer."""
        values = self.parsed(InvalidationInput)
        publication = get_one(publications_in(self.investigation), pk=values["publication"])
        return self.created(
            invalidations.invalidate_publication(publication, actor=self.actor, reason=values["reason"])
        )

    @extend_schema(request=ReasonInput)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, slug: str, pk: UUID) -> Response:
        """Take the finding back, with a reason; it stays on record. Needs the role reviewer."""
        found = get_one(self.rows(), pk=pk)
        reason = self.parsed(ReasonInput)["reason"]
        return self.shown(invalidations.withdraw_invalidation(found, actor=self.actor, reason=reason))


def _with_person(investigation: Investigation, check: dict[str, Any]) -> dict[str, Any]:
    """The check with the member whom it names. Raises ValidationError."""
    username = check.pop("checked_by", None)
    return check if username is None else {**check, "checked_by": _member(investigation, username)}


def _member(investigation: Investigation, username: str) -> User:
    found = investigation.members.filter(username=username).first()
    if found is None:
        problem = ValidationError("Expected the username of a member of the case.", "checker_not_member")
        raise ValidationError({"checks": problem})
    return found

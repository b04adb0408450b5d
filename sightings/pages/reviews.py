"""Pages of reviewing: the queue, one screen to decide on a sighting, and what leads up to a decision and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from osint.access import get_one
from osint.models import Role
from osint.pages.base import CaseFormPage, CasePage, CaseView, Crumb
from osint.pages.forms import PageForm
from osint.pages.keyset import PAGE_SIZE, KeysetPage, key_of
from sightings.errors import OwnWorkError
from sightings.models import Invalidation, Sighting, Status
from sightings.pages.maps import sighting_map
from sightings.pages.review_forms import DecisionForm, QueueFilter, ReasonForm
from sightings.pages.sightings import OneSightingPage, evidence_shown
from sightings.pages.weights import shown_assessment
from sightings.queue import (
    following,
    invalidations_in,
    is_own_work,
    preceding,
    reviewable,
    reviews_in,
    running_turn,
)
from sightings.selectors import get_sighting, with_counts
from sightings.services.invalidations import invalidate_publication, withdraw_invalidation
from sightings.services.reviews import DECIDED, decide, give_back, propose_sighting, reopen, take_turn
from sources.models import Publication
from sources.selectors import publications_in


class QueueView(CaseView):
    """Base of the pages that know which queue the reader came from: its filter is in the address."""

    @cached_property
    def filter(self) -> QueueFilter:
        """The filter in the address."""
        return QueueFilter(self.investigation, self.request.GET)

    def queued(self) -> Any:
        """The sightings in the reader's queue."""
        return self.filter.narrow(reviewable(self.investigation), self.actor)

    def with_query(self, address: str) -> str:
        """The address with the filter, so that the next page knows it too."""
        query = self.filter.query()
        return f"{address}?{query}" if query else address


class ReviewQueuePage(QueueView, CasePage):
    """What waits for a reviewer, the longest waiting first."""

    template_name = "sightings/review_queue.html"
    title = "Review queue"

    def twin(self) -> str:
        return self.with_query(self.address("review-queue-list"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = self._page()
        shown = with_counts(Sighting.objects.filter(pk__in=[sighting.pk for sighting in page.items]))
        return super().get_context_data(
            page=page,
            counts={row.pk: row for row in shown},
            turns={sighting.pk: running_turn(sighting) for sighting in page.items},
            filter=self.filter,
            query=self.filter.query(),
            **kwargs,
        )

    def _page(self) -> KeysetPage[Sighting]:
        """The stretch of the queue behind the sighting in the address; one that is none reads from the start."""
        rows, key = self.queued(), key_of(self.request.GET.get("after"))
        last = Sighting.objects.filter(investigation=self.investigation, pk=key).first() if key else None
        found = list((following(rows, last) if last else rows)[: PAGE_SIZE + 1])
        items = found[:PAGE_SIZE]
        return KeysetPage(items, items[-1].pk if len(found) > PAGE_SIZE else None, is_first=last is None)


class ReviewPage(QueueView, OneSightingPage, CaseFormPage):
    """One sighting to decide on: the claim, what speaks for and against it, the checklist, the decision."""

    template_name = "sightings/review.html"
    role = Role.REVIEWER

    def heading(self) -> str:
        return self.sighting.title

    def crumbs(self) -> list[Crumb]:
        return [Crumb("Review queue", self.with_query(self.address("review-queue")))]

    def twin(self) -> str:
        return self.address("sighting-detail", pk=self.sighting.pk)

    @cached_property
    def may_verify(self) -> bool:
        """Whether somebody else's work is looked at."""
        return not is_own_work(self.sighting, self.actor)

    def get_form(self, data: Any = None) -> PageForm:
        return DecisionForm(self.investigation, self.actor, self.may_verify, data)

    def save(self, form: PageForm) -> str:
        upcoming = following(self.queued(), self.sighting).first()
        try:
            review = decide(self.sighting, actor=self.actor, **cast("DecisionForm", form).values())
        except OwnWorkError as error:
            raise ValidationError({"decision": ValidationError(error.detail, code=error.code)}) from error
        said = f"“{self.sighting.title}”: {review.get_decision_display().lower()}, as you decided."
        messages.success(self.request, said if upcoming else f"{said} Nothing further waits here.")
        if upcoming is None:
            return self.with_query(self.address("review-queue"))
        return self.with_query(self.address("review", pk=upcoming.pk))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sighting, queued = self.sighting, self.queued()
        turn = running_turn(sighting)
        return super().get_context_data(
            map=sighting_map(sighting),
            may_verify=self.may_verify,
            is_draft=sighting.status == Status.DRAFT,
            is_decided=sighting.status in DECIDED,
            turn=turn,
            is_mine=turn is not None and turn.reviewer_id == self.actor.pk,
            query=self.filter.query(),
            next=following(queued, sighting).first(),
            previous=preceding(queued, sighting).first(),
            reviews=reviews_in(self.investigation).filter(sighting=sighting, superseded_at=None),
            **evidence_shown(self.investigation, sighting),
            **shown_assessment(sighting),
            **kwargs,
        )


Step = Callable[..., object]
STEPS: Mapping[str, tuple[Step, Role, str]] = {
    "propose": (propose_sighting, Role.RESEARCHER, "sighting"),
    "claim": (take_turn, Role.REVIEWER, "review"),
    "give-back": (give_back, Role.REVIEWER, "review"),
}


class ReviewStep(QueueView):
    """Propose a sighting, take it out of the queue, or give it back."""

    http_method_names = ["post"]

    def required_role(self) -> Role:
        return STEPS[self.kwargs["step"]][1]

    def post(self, request: HttpRequest, slug: str, pk: UUID, step: str) -> HttpResponse:
        service, _, page = STEPS[step]
        sighting = get_sighting(self.investigation, pk)
        service(sighting, actor=self.actor)
        return HttpResponseRedirect(self.with_query(self.address(page, pk=sighting.pk)))


class ReasonPage(CaseFormPage):
    """Base of the pages that ask for nothing but a reason."""

    template_name = "sightings/reason.html"
    role = Role.REVIEWER
    form_class = ReasonForm
    button: str = ""

    def about(self) -> Crumb:
        """What the reason is about."""
        raise NotImplementedError

    def crumbs(self) -> list[Crumb]:
        return [self.about()]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(about=self.about(), button=self.button, **kwargs)


class ReopenPage(ReasonPage):
    """Send a decided sighting back to the queue."""

    title = "Reopen the review"
    button = "Reopen"

    @cached_property
    def sighting(self) -> Sighting:
        """The sighting in the address. Raises NotFoundError."""
        return get_sighting(self.investigation, self.kwargs["pk"])

    def about(self) -> Crumb:
        return Crumb(self.sighting.title, self.address("sighting", pk=self.sighting.pk))

    def save(self, form: PageForm) -> str:
        reopen(self.sighting, actor=self.actor, reason=form.cleaned_data["reason"])
        messages.success(self.request, "The sighting waits for a decision again.")
        return self.address("sighting", pk=self.sighting.pk)


class InvalidatePage(ReasonPage):
    """Find what a publication shows to be worth nothing."""

    title = "Find it to be worth nothing"
    button = "It is worth nothing"

    @cached_property
    def publication(self) -> Publication:
        """The publication in the address. Raises NotFoundError."""
        return get_one(publications_in(self.investigation), pk=self.kwargs["pk"])

    def about(self) -> Crumb:
        return Crumb(str(self.publication), self.address("publication", pk=self.publication.pk))

    def save(self, form: PageForm) -> str:
        invalidate_publication(self.publication, actor=self.actor, reason=form.cleaned_data["reason"])
        messages.success(self.request, "It weighs nothing from now on, nor does what derives from it.")
        return self.about().url


class WithdrawInvalidationPage(ReasonPage):
    """Let a publication count again."""

    title = "Let it count again"
    button = "It counts again"

    @cached_property
    def invalidation(self) -> Invalidation:
        """The finding in the address. Raises NotFoundError."""
        return get_one(invalidations_in(self.investigation), pk=self.kwargs["pk"])

    def about(self) -> Crumb:
        publication = self.invalidation.publication
        return Crumb(str(publication), self.address("publication", pk=publication.pk))

    def save(self, form: PageForm) -> str:
        withdraw_invalidation(self.invalidation, actor=self.actor, reason=form.cleaned_data["reason"])
        messages.success(self.request, "The finding is withdrawn. It stays on record.")
        return self.about().url

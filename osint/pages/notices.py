"""The reader's notices: what they are told, and what they do with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from osint import subjects
from osint.access import get_one
from osint.models import Assignment, Investigation, Notice
from osint.pages.base import Page, PersonView
from osint.pages.discussion import discussion_address
from osint.pages.keyset import key_of, page_after
from osint.selectors import assignments_for, notices_for, unread_for
from osint.services import notices
from osint.services.mailing import is_set_up

#: Of what somebody is to see to, the newest; the API has all.
TASKS_SHOWN = 100


@dataclass(frozen=True)
class Task:
    """Something that the reader is to see to."""

    assignment: Assignment
    about: subjects.Described


@dataclass(frozen=True)
class Told:
    """A notice with what it is about, and where that is; None for what is no longer there."""

    notice: Notice
    about: subjects.Described | None
    url: str | None


class NoticesPage(Page):
    """What the reader is told, newest first, or with `?unread=1` what they have not read."""

    template_name = "osint/notices.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        only_unread = "unread" in self.request.GET
        rows = unread_for(self.actor) if only_unread else notices_for(self.actor)
        page = page_after(rows, self.request.GET.get("after"))
        return super().get_context_data(
            title="My notices",
            page=page,
            told=tell(page.items),
            tasks=tasks_of(list(assignments_for(self.actor)[:TASKS_SHOWN])),
            only_unread=only_unread,
            newest=page.items[0].pk if page.items else None,
            has_unread=any(notice.read_at is None for notice in page.items),
            sends_mail=is_set_up(),
            twin=reverse("notice-list") + ("?unread=true" if only_unread else ""),
            **kwargs,
        )


class ReadAction(PersonView):
    """Mark one notice as read."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        notices.mark_read(get_one(notices_for(self.actor), pk=pk), actor=self.actor)
        return HttpResponseRedirect(_back(request))


class ReadAllAction(PersonView):
    """Mark all that was on the screen as read, and what came before."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        notices.mark_all_read(actor=self.actor, until=key_of(request.POST.get("until")))
        return HttpResponseRedirect(_back(request))


class MailAction(PersonView):
    """Turn e-mail to the reader on or off."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        wanted = "wanted" in request.POST
        notices.choose_mail(actor=self.actor, wanted=wanted)
        messages.success(request, f"You {'are' if wanted else 'are not'} told by e-mail.")
        return HttpResponseRedirect(reverse("notices"))


def tell(told: Sequence[Notice]) -> list[Told]:
    """The notices with what they are about. The number of queries grows with that of the cases and types only."""
    about = _about(told)
    return [_told(notice, about.get((notice.investigation_id, *_key(notice)))) for notice in told]


def tasks_of(assignments: Sequence[Assignment]) -> list[Task]:
    """The assignments with what they are about, without what is no longer there."""
    about = _about(assignments)
    keys = {row.pk: (row.investigation_id, *_key(row)) for row in assignments}
    return [Task(row, about[keys[row.pk]]) for row in assignments if keys[row.pk] in about]


def _about(rows: Sequence[Notice] | Sequence[Assignment]) -> dict[tuple[UUID, str, UUID], subjects.Described]:
    """What the rows are about, by case, type and id."""
    by_case: dict[Investigation, set[tuple[str, UUID]]] = defaultdict(set)
    for row in rows:
        by_case[row.investigation].add(_key(row))
    return {
        (case.pk, *key): described
        for case, keys in by_case.items()
        for key, described in subjects.describe_all(case, keys).items()
    }


def _told(notice: Notice, about: subjects.Described | None) -> Told:
    if about is None or notice.comment_id is None:
        return Told(notice, about, about.url if about else None)
    where = discussion_address(notice.investigation, *_key(notice))
    return Told(notice, about, f"{where}#comment-{notice.comment_id}")


def _key(row: Notice | Assignment) -> tuple[str, UUID]:
    return row.subject_type, row.subject_id


def _back(request: HttpRequest) -> str:
    return reverse("notices") + ("?unread=1" if "unread" in request.POST else "")

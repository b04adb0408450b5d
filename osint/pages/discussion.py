"""Discussions on pages: a panel for whatever can be discussed, a page for each discussion, and what is done there."""

from __future__ import annotations

from functools import cached_property
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from osint import subjects
from osint.access import get_one
from osint.models import Assignment, Comment, Investigation, Record, Role, User
from osint.pages import panels, story
from osint.pages.base import CaseFormPage, CaseView, Crumb
from osint.pages.forms import PageForm
from osint.pages.keyset import page_after
from osint.selectors import assignments_in, assignments_of, comments_in, comments_on, members_of
from osint.services import discussion

#: Of a discussion so many of the newest comments are shown beside the thing; its own page has all.
COMMENTS_SHOWN = 20
MEMBERS_NAMED = 200

COMMENT_PHRASES = {
    "comment.written": "commented on",
    "comment.withdrawn": "withdrew a comment on",
}
ASSIGNMENT_PHRASES = {
    "assignment.made": "assigned",
    "assignment.ended": "ended the assignment of",
}


def register() -> None:
    """Called once, when Django starts."""
    story.register("comment", story.Subject(COMMENT_PHRASES, comment_names))
    story.register("assignment", story.Subject(ASSIGNMENT_PHRASES, assignment_names))


def discussion_panel(investigation: Investigation, subject: Record) -> panels.Panel:
    """What is said about a row, who sees to it, and the forms to say more."""
    name = subjects.name_of(subject)
    page = page_after(comments_on(investigation, name, subject.pk), None, COMMENTS_SHOWN)
    content = {
        "comments": page.items[::-1],
        "has_earlier": page.following is not None,
        "subject_type": name,
        "subject_id": subject.pk,
        **_people(investigation, name, subject.pk),
    }
    return panels.Panel("osint/panels/discussion.html", content)


def _people(investigation: Investigation, name: str, subject_id: UUID) -> dict[str, Any]:
    """Who can be mentioned or asked, and who sees to the row."""
    members: list[User] = list(members_of(investigation)[:MEMBERS_NAMED])
    return {
        "members": members,
        "usernames": [member.username for member in members],
        "assignment": assignments_of(investigation, name, subject_id).first(),
    }


class CommentForm(PageForm):
    """Something to say."""

    text = forms.CharField(
        label="Comment",
        strip=False,
        max_length=discussion.LONGEST_COMMENT,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Write @ and a username to tell a member of the case. What you write is kept as you typed it.",
    )


class DiscussionPage(CaseFormPage):
    """All that is said about one row of a case."""

    template_name = "osint/discussion.html"
    title = "Discussion"
    form_class = CommentForm

    def required_role(self) -> Role:
        return Role.RESEARCHER if self.request.method == "POST" else Role.VIEWER

    @cached_property
    def subject(self) -> Record:
        """The row in the address. Raises NotFoundError."""
        return subjects.find(self.investigation, self.kwargs["subject_type"], self.kwargs["subject_id"])

    def crumbs(self) -> list[Crumb]:
        about = subjects.describe(self.investigation, self.subject)
        return [Crumb(about.title, about.url)]

    def twin(self) -> str:
        about = {"subject_type": self.kwargs["subject_type"], "subject_id": self.kwargs["subject_id"]}
        return f"{self.address('comment-list')}?{urlencode(about)}"

    def save(self, form: PageForm) -> str:
        comment = discussion.write_comment(
            self.investigation, actor=self.actor, text=form.cleaned_data["text"], **_about(self.kwargs)
        )
        return f"{_place(self, self.subject)}#comment-{comment.pk}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        name, subject_id = subjects.name_of(self.subject), self.subject.pk
        said = comments_on(self.investigation, name, subject_id)
        page = page_after(said, self.request.GET.get("after"))
        panel = {
            "subject_type": name,
            "subject_id": subject_id,
            **_people(self.investigation, name, subject_id),
        }
        return super().get_context_data(page=page, comments=page.items[::-1], panel=panel, **kwargs)


class WithdrawCommentAction(CaseView):
    """Take back a comment of one's own."""

    role = Role.RESEARCHER
    http_method_names = ["post"]

    def post(self, request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
        comment = get_one(comments_in(self.investigation), pk=pk)
        discussion.withdraw_comment(comment, actor=self.actor)
        messages.success(request, "The comment is withdrawn.")
        subject = subjects.find(self.investigation, comment.subject_type, comment.subject_id)
        return HttpResponseRedirect(f"{_place(self, subject)}#comment-{comment.pk}")


class AssignAction(CaseView):
    """Ask a member to see to a row, or nobody."""

    role = Role.RESEARCHER
    http_method_names = ["post"]

    def post(self, request: HttpRequest, slug: str, subject_type: str, subject_id: UUID) -> HttpResponse:
        subject = subjects.find(self.investigation, subject_type, subject_id)
        try:
            self._assign(request.POST.get("assignee", ""), subject)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return HttpResponseRedirect(f"{_place(self, subject)}#discussion")

    def _assign(self, username: str, subject: Record) -> None:
        about: dict[str, Any] = _about(self.kwargs)
        if username:
            discussion.assign(self.investigation, actor=self.actor, username=username, **about)
            return
        for standing in assignments_of(self.investigation, *about.values()):
            discussion.unassign(standing, actor=self.actor)


def _about(kwargs: dict[str, Any]) -> dict[str, Any]:
    return {"subject_type": kwargs["subject_type"], "subject_id": kwargs["subject_id"]}


def _place(view: CaseView, subject: Record) -> str:
    """Where the form was: beside the thing, or on the page of its discussion."""
    if view.request.POST.get("place") == "panel":
        return subjects.describe(view.investigation, subject).url.partition("#")[0]
    about = {"subject_type": subjects.name_of(subject), "subject_id": subject.pk}
    return view.address("discussion", **about)


def comment_names(case: Investigation, ids: set[UUID]) -> dict[UUID, story.Named]:
    """Comments by what they are about."""
    return _named(case, comments_in(case).filter(pk__in=ids), "comment-{}")


def assignment_names(case: Investigation, ids: set[UUID]) -> dict[UUID, story.Named]:
    """Assignments by what is to be seen to, and by whom."""
    rows = assignments_in(case).filter(pk__in=ids)
    named = _named(case, rows, "discussion")
    return {
        row.pk: story.Named(f"{named[row.pk].text} to {row.assignee.get_full_name()}", named[row.pk].url)
        for row in rows
        if row.pk in named
    }


def _named(
    case: Investigation, rows: QuerySet[Comment] | QuerySet[Assignment], anchor: str
) -> dict[UUID, story.Named]:
    """The rows by what they are about, with the address of its discussion."""
    about = {row.pk: (row.subject_type, row.subject_id) for row in rows}
    described = subjects.describe_all(case, about.values())
    return {
        pk: story.Named(f"“{described[key].title}”", f"{discussion_address(case, *key)}#{anchor.format(pk)}")
        for pk, key in about.items()
        if key in described
    }


def discussion_address(case: Investigation, subject_type: str, subject_id: UUID) -> str:
    """The path of the page of a discussion."""
    kwargs = {"slug": case.slug, "subject_type": subject_type, "subject_id": subject_id}
    return reverse("discussion", kwargs=kwargs)

"""Talking about the things of a case, and asking somebody to see to one.

Viewers read; whoever writes, withdraws or assigns needs the role researcher.
"""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from osint import subjects
from osint.access import require_role
from osint.errors import ConflictError, ForbiddenError
from osint.mentions import mentioned
from osint.models import Assignment, Comment, Investigation, NoticeKind, Record, Role, User
from osint.selectors import assignments_in, assignments_of, comments_on, members_of
from osint.services.changes import insert, update
from osint.services.notices import notify

__all__ = [
    "LONGEST_COMMENT",
    "assign",
    "end_assignments",
    "notify",
    "unassign",
    "withdraw_comment",
    "write_comment",
]

LONGEST_COMMENT = 20_000


@transaction.atomic
def write_comment(
    investigation: Investigation, *, actor: User, subject_type: str, subject_id: UUID, text: str
) -> Comment:
    """Say something about a row of the case, and tell whom it concerns: members named as `@username`, who wrote
    there before, and who is to see to the row. Needs researcher.

    The text is kept as typed. Raises ForbiddenError, NotFoundError, ValidationError.
    """
    require_role(actor, investigation, Role.RESEARCHER)
    subject = subjects.find(investigation, subject_type, subject_id)
    _require_text(text)
    comment = Comment(
        investigation=investigation,
        subject_type=subject_type,
        subject_id=subject_id,
        author=actor,
        text=text,
    )
    insert(comment, actor=actor, action="comment.written")
    _tell(comment, subject)
    return comment


@transaction.atomic
def withdraw_comment(comment: Comment, *, actor: User) -> Comment:
    """Take back a comment of one's own: that it was made stays, its text is no longer shown. Needs researcher.

    Raises ForbiddenError for another's, ConflictError when it is withdrawn already.
    """
    require_role(actor, comment.investigation, Role.RESEARCHER)
    if comment.author_id != actor.pk:
        raise ForbiddenError("Only whoever wrote a comment may withdraw it.")
    row = Comment.objects.select_for_update(of=("self",)).get(pk=comment.pk)
    if row.withdrawn_at is not None:
        raise ConflictError("This comment is withdrawn already.")
    return update(row, {"withdrawn_at": timezone.now()}, actor=actor, action="comment.withdrawn")


@transaction.atomic
def assign(
    investigation: Investigation, *, actor: User, subject_type: str, subject_id: UUID, username: str
) -> Assignment:
    """Ask a member to see to a row of the case, in place of whoever did until now, and tell them. Needs researcher.

    Asking the same person again changes nothing. Raises ForbiddenError, NotFoundError, ValidationError
    (`not_a_member`), ConflictError where somebody else is quicker.
    """
    require_role(actor, investigation, Role.RESEARCHER)
    subject = subjects.find(investigation, subject_type, subject_id)
    assignee = _member(investigation, username)
    about = assignments_of(investigation, subject_type, subject_id)
    standing = about.select_for_update(of=("self",)).first()
    if standing is not None:
        if standing.assignee_id == assignee.pk:
            return standing
        _end(standing, actor)
    assignment = Assignment(
        investigation=investigation,
        subject_type=subject_type,
        subject_id=subject_id,
        assignee=assignee,
        assigned_by=actor,
    )
    _insert(assignment, actor)
    notify(investigation, actor=actor, recipients=[assignee], kind=NoticeKind.ASSIGNMENT, subject=subject)
    return assignment


@transaction.atomic
def unassign(assignment: Assignment, *, actor: User) -> Assignment:
    """End an assignment; it stays on record. Needs researcher. Raises ForbiddenError, ConflictError when it has
    ended already."""
    require_role(actor, assignment.investigation, Role.RESEARCHER)
    row = Assignment.objects.select_for_update(of=("self",)).get(pk=assignment.pk)
    if row.ended_at is not None:
        raise ConflictError("This assignment has ended already.")
    return _end(row, actor)


def end_assignments(investigation: Investigation, person: User, *, actor: User) -> None:
    """End what somebody was to see to who leaves the case. Belongs in the transaction that takes them off it, whose
    service has checked that `actor` may."""
    standing = assignments_in(investigation).filter(assignee=person, ended_at__isnull=True)
    for assignment in standing.select_for_update(of=("self",)):
        _end(assignment, actor)


def _end(assignment: Assignment, actor: User) -> Assignment:
    return update(assignment, {"ended_at": timezone.now()}, actor=actor, action="assignment.ended")


def _insert(assignment: Assignment, actor: User) -> None:
    try:
        insert(assignment, actor=actor, action="assignment.made")
    except ValidationError as error:
        # Its values are right in themselves: what is refused is a second one at the same time.
        raise ConflictError("Somebody else has just assigned this.") from error


def _require_text(text: str) -> None:
    if not text.strip():
        raise ValidationError({"text": ValidationError("Say something.", code="blank")})
    if len(text) > LONGEST_COMMENT:
        problem = ValidationError(
            f"Expected at most {LONGEST_COMMENT} characters, got {len(text)}.", code="max_length"
        )
        raise ValidationError({"text": problem})


def _member(investigation: Investigation, username: str) -> User:
    """The member of this name. An account outside the case is answered for as one that does not exist."""
    member = members_of(investigation).filter(username=username).first()
    if member is None:
        problem = ValidationError("Nobody of this name is on the case.", code="not_a_member")
        raise ValidationError({"assignee": problem})
    return member


def _tell(comment: Comment, subject: Record) -> None:
    investigation, author = comment.investigation, comment.author
    members = {member.username: member for member in members_of(investigation)}
    named = [members[name] for name in mentioned(comment.text, members)]
    others = _participants(comment) - set(named)
    for kind, people in ((NoticeKind.MENTION, named), (NoticeKind.REPLY, others)):
        notify(investigation, actor=author, recipients=people, kind=kind, subject=subject, comment=comment)


def _participants(comment: Comment) -> set[User]:
    """Who has taken part in the discussion so far, and who is to see to what it is about."""
    about = (comment.investigation, comment.subject_type, comment.subject_id)
    said = comments_on(*about).filter(withdrawn_at__isnull=True).values("author")
    assigned = assignments_of(*about).values("assignee")
    return set(User.objects.filter(Q(pk__in=said) | Q(pk__in=assigned)))

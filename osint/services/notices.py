"""Telling people what concerns them, and what they do with what they are told.

Notices follow from deeds that are in the record of changes, so they are not recorded there themselves.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from osint import subjects
from osint.access import get_one
from osint.errors import ForbiddenError
from osint.models import Comment, Investigation, Notice, NoticeKind, Record, User
from osint.models.discussion import MOST_WORDS
from osint.selectors import members_of, notices_for, unread_for
from osint.services.changes import update


@transaction.atomic
def notify(
    investigation: Investigation,
    *,
    actor: User,
    recipients: Iterable[User],
    kind: NoticeKind,
    subject: Record,
    text: str = "",
    comment: Comment | None = None,
) -> list[Notice]:
    """Tell people of the case what `actor` did about `subject`; returns the notices, one for each who is told.

    Belongs in the transaction of the deed, whose service has checked that `actor` may. The actor is told nothing,
    nor is anybody who is not on the case or cannot log in. `text` is cut after 300 characters.
    """
    wanted = {person.pk for person in recipients} - {actor.pk}
    notices = [
        Notice(
            investigation=investigation,
            recipient=person,
            sender=actor,
            kind=kind,
            subject_type=subjects.name_of(subject),
            subject_id=subject.pk,
            text=text[:MOST_WORDS],
            comment=comment,
        )
        for person in members_of(investigation).filter(pk__in=wanted)
    ]
    return Notice.objects.bulk_create(notices)


def mark_read(notice: Notice, *, actor: User) -> Notice:
    """Note that the person who is told has read it; the first time counts. Raises NotFoundError for another's."""
    own = get_one(notices_for(actor), pk=notice.pk)
    Notice.objects.filter(pk=own.pk, read_at__isnull=True).update(read_at=timezone.now())
    return get_one(notices_for(actor), pk=notice.pk)


def mark_all_read(*, actor: User, until: UUID | None = None) -> int:
    """Note that the actor has read all they are told, up to and with the notice `until`: what came after that was
    not on their screen. Returns how many were unread."""
    unread = unread_for(actor) if until is None else unread_for(actor).filter(pk__lte=until)
    return Notice.objects.filter(pk__in=unread.values("pk")).update(read_at=timezone.now())


def choose_mail(*, actor: User, wanted: bool) -> User:
    """Turn e-mail to the actor on or off. Raises ForbiddenError for a token that opens one case only."""
    if actor.api_token is not None and actor.api_token.investigation_id is not None:
        raise ForbiddenError("This token is for one case; e-mail concerns all of them.")
    return update(actor, {"wants_mail": wanted}, actor=actor, action="user.mail_chosen")

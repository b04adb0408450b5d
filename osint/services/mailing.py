"""Telling people by e-mail that something waits for them, where the operator has a mail server.

A message says how much there is and where to read it, and nothing of what it is: mail is read on the way. One message
a person gathers all that is due. A notice is claimed before its message is sent, and given back only where the server
certainly took nothing, so that it is mailed once at most, however many workers there are.
"""

from __future__ import annotations

import logging
import smtplib
import time
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone

from osint.models import Membership, Notice, NoticeKind, User

logger = logging.getLogger(__name__)

#: Older notices are no news: those from before there was a mail server, or from the time it was away, are not sent.
NEWS = timedelta(days=1)

BODY = """Sightline has something for you to read:

{lines}

{address}

What it is about is left out on purpose: mail is no place for it. You can turn these messages off on that page.
"""


@dataclass(frozen=True)
class Digest:
    """What one person is told in one message, and when that was claimed."""

    person: User
    notices: list[Notice]
    claimed: datetime


def is_set_up() -> bool:
    """Whether the operator has said which server sends mail, from whom, and where this instance is reached."""
    return bool(settings.EMAIL_HOST and settings.DEFAULT_FROM_EMAIL and settings.SIGHTLINE_URL)


def mail_notices(*, seconds: float = 20.0) -> int:
    """Send what is due, for about so many seconds; returns how many messages the server took."""
    deadline, sent = time.monotonic() + seconds, 0
    tried: set[UUID] = set()
    while is_set_up() and time.monotonic() < deadline and _due_people(timezone.now(), tried).exists():
        try:
            with get_connection() as connection:
                sent += _mail_one(connection, tried)
        except OSError as error:  # smtplib's own errors among them
            logger.warning("mail server does not answer: %s", type(error).__name__)
            break
    return sent


def _mail_one(connection: BaseEmailBackend, tried: set[UUID]) -> int:
    """Claim and send one message; what could not be sent is no fault of the next one."""
    digest = claim_digest(tried)
    if digest is None:
        return 0
    tried.add(digest.person.pk)
    if not digest.notices:
        return 0
    try:
        return connection.send_messages([message_of(digest)]) or 0
    except (OSError, ValueError) as error:  # ValueError: an address that is none
        logger.warning("message to %s was not sent: %s", digest.person.pk, type(error).__name__)
        if _may_be_taken_later(error):
            give_back(digest)
        return 0


@transaction.atomic
def claim_digest(tried: Collection[UUID] = ()) -> Digest | None:
    """Claim all that is due to one person, but for those `tried`; None where nothing is.

    The person's row is locked, so that two workers neither send a notice twice nor two messages to one person.
    """
    now = timezone.now()
    # Not FOR UPDATE, which would hold up everybody who writes a row that refers to the person.
    free = _due_people(now, tried).select_for_update(skip_locked=True, no_key=True, of=("self",))
    person = free.first()
    if person is None:
        return None
    notices = list(_due(now).filter(recipient=person).order_by("pk"))
    Notice.objects.filter(pk__in=[notice.pk for notice in notices]).update(mailed_at=now)
    return Digest(person, notices, now)


def give_back(digest: Digest) -> None:
    """Undo a claim whose message the server did not take."""
    claimed = Notice.objects.filter(pk__in=[notice.pk for notice in digest.notices])
    claimed.filter(mailed_at=digest.claimed).update(mailed_at=None)


def message_of(digest: Digest) -> EmailMessage:
    """The message: plain text, without a word of what the notices are about."""
    count = len(digest.notices)
    return EmailMessage(
        subject=f"Sightline: {count} notice{'s' if count > 1 else ''}",
        body=BODY.format(lines="\n".join(_lines(digest.notices)), address=_address()),
        to=[digest.person.email],
        headers={"Auto-Submitted": "auto-generated"},  # RFC 3834: no automatic answers, please
    )


def _lines(notices: list[Notice]) -> list[str]:
    counts = Counter(notice.kind for notice in notices)
    return [f"- {counts[kind]} × somebody {kind.label}" for kind in NoticeKind if counts[kind]]


def _address() -> str:
    return settings.SIGHTLINE_URL.rstrip("/") + reverse("notices") + "?unread=1"


def _due(now: datetime) -> QuerySet[Notice]:
    """Unread news that was not mailed, of cases that the person told is still on."""
    on_case = Membership.objects.filter(
        user=OuterRef("recipient_id"), investigation=OuterRef("investigation_id")
    )
    fresh = Notice.objects.filter(mailed_at__isnull=True, read_at__isnull=True, created_at__gt=now - NEWS)
    return fresh.filter(Exists(on_case))


def _due_people(now: datetime, tried: Collection[UUID]) -> QuerySet[User]:
    """Who is to get a message."""
    people = User.objects.filter(Exists(_due(now).filter(recipient=OuterRef("pk"))))
    return people.filter(is_active=True, wants_mail=True).exclude(email="").exclude(pk__in=tried)


def _may_be_taken_later(error: Exception) -> bool:
    """Whether the server took nothing and may do so another time: its codes are 400 to 499 (RFC 5321, 4.2.1)."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _ in error.recipients.values()]
    else:
        codes = [error.smtp_code] if isinstance(error, smtplib.SMTPResponseException) else []
    return bool(codes) and all(400 <= code < 500 for code in codes)

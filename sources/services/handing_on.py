"""Handing publications to a public web archive, where the operator wants that. Nothing waits for it."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from osint.errors import ConflictError
from osint.services.changes import insert, update
from osint.services.people import system_user
from sources.archiving.errors import ArchivingError
from sources.archiving.policy import Egress
from sources.archiving.wayback import ACCEPTED, Wayback, Word, ask_for_job, ask_to_save
from sources.models import HandOn, Publication
from sources.services.egress import ConnectionLog, record_refusals

ARCHIVE = "Wayback Machine"
CLAIM = timedelta(minutes=10)
FIRST_WAIT = timedelta(minutes=2)
#: Tried for so long, then given up.
PATIENCE = timedelta(days=7)
#: One publication is not offered again before.
NOT_SOONER = timedelta(days=1)


def wayback() -> Wayback | None:
    """The service as the operator configured it; None while they did not, or only by half."""
    parts = (settings.WAYBACK_SAVE_URL, settings.WAYBACK_ACCESS_KEY, settings.WAYBACK_SECRET_KEY)
    return Wayback(*parts) if all(parts) else None


def offer(publication: Publication) -> None:
    """Have the publication's address handed on soon, unless that is turned off, under way, or was done lately."""
    lately = Q(answered_at__isnull=True) | Q(created_at__gt=timezone.now() - NOT_SOONER)
    if wayback() is None or publication.handed_on.filter(lately).exists():
        return
    hand_on = HandOn(investigation_id=publication.investigation_id, publication=publication, archive=ARCHIVE)
    # Of two captures that end together the database lets one offer it.
    with suppress(ConflictError, ValidationError):
        insert(hand_on, actor=system_user(), action="handon.asked")


@transaction.atomic
def claim_offers(limit: int = 20) -> list[tuple[UUID, datetime]]:
    """Claim the offers whose time has come, by moving that time ahead: see `sources.services.watching`."""
    now = timezone.now()
    waiting = HandOn.objects.filter(answered_at__isnull=True, asked_at__lte=now).order_by("asked_at")
    ids = list(waiting.select_for_update(skip_locked=True).values_list("pk", flat=True)[:limit])
    HandOn.objects.filter(pk__in=ids).update(asked_at=now + CLAIM)
    return [(pk, now + CLAIM) for pk in ids]


def hand_on(offer_id: UUID, claimed: datetime) -> HandOn | None:
    """Ask for one claimed offer; None when the claim has been lost or the service turned off."""
    service = wayback()
    offers = HandOn.objects.select_related("publication")
    row = offers.filter(pk=offer_id, asked_at=claimed, answered_at__isnull=True).first()
    if row is None or service is None:
        return None
    egress = Egress.from_url(settings.EGRESS_PROXY, str(row.pk)) if settings.EGRESS_PROXY else None
    word = _asked(row, service, egress)
    log = ConnectionLog()
    log.ask(egress)
    record_refusals(row.publication_id, log.connections)
    return _record(row, word)


def _asked(row: HandOn, service: Wayback, egress: Egress | None) -> Word:
    """What the service says. A job that has begun stays one while nothing can be learnt about it."""
    job = row.detail if row.status == ACCEPTED else ""
    try:
        if not job:
            return ask_to_save(row.publication.url, service=service, egress=egress)
        word = ask_for_job(job, service=service, egress=egress)
    except ArchivingError as error:
        word = Word(0, detail=f"{error.code}: {error.detail}")
    tells_nothing = word.status in {0, 429} or word.status >= 500
    return Word(ACCEPTED, job) if job and tells_nothing else word


def _record(row: HandOn, word: Word) -> HandOn:
    now = timezone.now()
    age = now - row.created_at
    said: dict[str, Any] = {
        "status": word.status or None,
        "snapshot_url": word.snapshot_url,
        "detail": word.job if word.status == ACCEPTED else word.detail,
    }
    if word.is_saved or age > PATIENCE:
        answer = said | {"asked_at": now, "answered_at": now}
        return update(row, answer, actor=system_user(), action="handon.answered")
    # Waiting as long again as since the beginning doubles the wait each time, and needs no counter.
    HandOn.objects.filter(pk=row.pk).update(asked_at=now + max(age, FIRST_WAIT), **said)
    row.refresh_from_db()
    return row

"""Looking at originals again: claimed for a while, asked for outside any transaction, recorded in one.

A watch is claimed by moving its `next_at` ahead; the moment it was moved to is the claim. Whoever finds another one
there has been overtaken, so that of two who look at the same original only one records it, and what a dead worker
claimed comes round again by itself.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from osint.models import JobState
from osint.services.changes import record_change
from osint.services.people import system_user
from osint.storable import storable
from sources import storage
from sources.archiving.deadlines import Deadline
from sources.archiving.errors import ArchivingError
from sources.archiving.exchange import charset_served
from sources.archiving.markup import decode
from sources.archiving.original import (
    START_BYTES,
    Finding,
    Outcome,
    Sight,
    compare,
    look_again,
    no_answer,
    page_seen,
    start_digest,
)
from sources.archiving.signatures import HTML_TYPES
from sources.models import (
    CaptureFile,
    CaptureMethod,
    FileRole,
    LinkCheck,
    LinkWatch,
    Publication,
)
from sources.rhythm import Rhythm, drifting
from sources.services.captures import recapture
from sources.services.egress import ConnectionLog, record_refusals
from sources.services.pacing import host_of
from sources.services.preservation import fetch_policy, passing_folder

#: A claim lasts longer than any message waits behind captures that are in a hurry.
CLAIM = timedelta(minutes=30)
#: Of each host one original is looked at in a round; the others of that host follow at such distances.
HOST_PAUSE = timedelta(minutes=1)
#: Of one host many may be due, so more are read than are looked at.
READ_AHEAD = 4

ENDS_QUIET = frozenset({Outcome.CHANGED, Outcome.MOVED, Outcome.GONE})
WANTS_CAPTURE = frozenset({Outcome.CHANGED, Outcome.MOVED})

PAGE_MISSING = Finding(Outcome.UNREACHABLE, "preserved page is missing")

Claim = tuple[UUID, datetime]


@transaction.atomic
def claim_due() -> list[Claim]:
    """Claim the watches to look at in this round: those due longest, one of each host, few enough to be done.

    Rows that another round is claiming at this moment are left to it.
    """
    now, limit = timezone.now(), settings.WATCH_MOST_AT_ONCE
    due = LinkWatch.objects.filter(is_paused=False, next_at__lte=now).select_related("publication")
    rows = due.order_by("next_at").select_for_update(of=("self",), skip_locked=True)[: READ_AHEAD * limit]
    claimed: list[Claim] = []
    others: dict[str, int] = defaultdict(int)
    for watch in rows:
        host = host_of(watch.publication.url)
        if len(claimed) < limit and not others[host]:
            claimed.append((watch.pk, _moved(watch.pk, now + CLAIM)))
        else:
            _moved(watch.pk, now + HOST_PAUSE * max(others[host], 1))
        others[host] += 1
    return claimed


def look(watch_id: UUID, claimed: datetime) -> LinkCheck | None:
    """Look at the original of a claimed watch and record what was found; None when the claim has been lost."""
    watches = LinkWatch.objects.select_related("publication__investigation")
    watch = watches.filter(pk=watch_id, next_at=claimed, is_paused=False).first()
    if watch is None or not LinkWatch.objects.filter(pk=watch_id, next_at=claimed).update(
        next_at=(held := timezone.now() + CLAIM)
    ):
        return None
    try:
        before = preserved_sight(watch.publication)
    except FileNotFoundError:
        # The fixity check tells of it; without a record here the look would be tried at every round for ever.
        return _record(watch_id, held, None, PAGE_MISSING)
    if before is None:
        return None  # nothing to compare with; the claim runs out, and by then there may be
    now, finding = _find(watch, before)
    return _record(watch_id, held, now, finding)


def preserved_sight(publication: Publication) -> Sight | None:
    """What the newest capture of the publication's page saw at its address, or if no capture saw a page the newest
    of all; None without any."""
    captures = publication.captures.filter(state=JobState.SUCCEEDED).exclude(method=CaptureMethod.UPLOAD)
    kept = CaptureFile.objects.filter(capture__in=captures).select_related("file", "capture")
    page = kept.filter(role=FileRole.PAGE).order_by("-capture_id").first()
    if page is not None:
        return _page_sight(page) if page.file.media_type in HTML_TYPES else _file_sight(page)
    capture = captures.order_by("-pk").first()
    if capture is None:
        return None
    final_url = capture.final_url or capture.url
    medium = kept.filter(capture=capture, role=FileRole.MEDIUM, url=final_url).first()
    return _file_sight(medium) if medium else Sight(final_url)


def _file_sight(kept: CaptureFile) -> Sight:
    file, start = kept.file, ""
    if file.size > START_BYTES:
        with storage.read(file.sha256) as stored:
            start = start_digest(stored)
    final_url = kept.capture.final_url or kept.capture.url
    return Sight(final_url, sha256=file.sha256, start_sha256=start, size=file.size)


def _page_sight(page: CaptureFile) -> Sight:
    capture = page.capture
    final_url = capture.final_url or capture.url
    with storage.read(page.file.sha256) as stored:
        data = stored.read(fetch_policy().page_bytes)
    charset = charset_served(final_url, capture.facts.get("exchanges", []))
    html = decode(data, charset, is_cut=len(data) < page.file.size)
    return page_seen(html, url=capture.url, final_url=final_url)


def _find(watch: LinkWatch, before: Sight) -> tuple[Sight | None, Finding]:
    policy, log = fetch_policy(str(watch.pk)), ConnectionLog()
    with passing_folder() as folder:
        try:
            now = look_again(
                watch.publication.url,
                policy=policy,
                deadline=Deadline.after(settings.WATCH_DEADLINE_SECONDS),
                directory=folder,
            )
        except ArchivingError as error:
            return None, no_answer(error)
        finally:
            log.ask(policy.egress)
            record_refusals(watch.publication_id, log.connections)
    return now, compare(before, now)


@transaction.atomic
def _record(watch_id: UUID, held: datetime, now: Sight | None, finding: Finding) -> LinkCheck | None:
    held_rows = LinkWatch.objects.select_for_update(of=("self",)).select_related("publication")
    watch = held_rows.filter(pk=watch_id, next_at=held).first()
    if watch is None:
        return None
    is_news = _set_rhythm(watch, finding.outcome)
    captures = recapture(watch.publication) if finding.outcome in WANTS_CAPTURE else []
    if is_news:
        facts = {"outcome": finding.outcome.value, "detail": finding.detail}
        record_change(watch, actor=system_user(), action=_action(finding.outcome), new=facts)
    return LinkCheck.objects.create(
        watch=watch,
        outcome=finding.outcome.value,
        status=now.status if now else None,
        final_url=storable(now.final_url if now else ""),
        text_sha256=now.text_sha256 if now else "",
        detail=storable(finding.detail),
        capture=captures[0] if captures else None,
    )


def _set_rhythm(watch: LinkWatch, outcome: Outcome) -> bool:
    """Set when to look next; returns whether what was found is other than what the last answer said."""
    rhythm = Rhythm(watch.interval, watch.failures)
    is_known = watch.outcome == outcome.value
    if outcome is Outcome.UNREACHABLE:
        rhythm, is_news = rhythm.silence(), False
    else:
        is_quiet = outcome not in ENDS_QUIET or (outcome is Outcome.GONE and is_known)
        rhythm = rhythm.quiet() if is_quiet else rhythm.news()
        is_news = not is_known and (bool(watch.outcome) or outcome in ENDS_QUIET)
        watch.outcome_since = watch.outcome_since if is_known else timezone.now()
        watch.outcome = outcome.value
    watch.interval, watch.failures = rhythm.interval, rhythm.failures
    watch.next_at = timezone.now() + drifting(rhythm.wait)
    watch.save(update_fields=["interval", "failures", "outcome", "outcome_since", "next_at", "updated_at"])
    return is_news


def _action(outcome: Outcome) -> str:
    return f"linkwatch.{'as_before' if outcome is Outcome.UNCHANGED else outcome.value}"


def _moved(watch_id: UUID, moment: datetime) -> datetime:
    LinkWatch.objects.filter(pk=watch_id).update(next_at=moment)
    return moment

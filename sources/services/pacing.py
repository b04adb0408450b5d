"""Whose turn it is: the urgent first, and no host asked too often or by too many workers at once."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db.models import Q, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from osint.models import JobState
from osint.services import jobs
from osint.services.locks import alone
from sources.archiving.errors import UnsupportedUrlError
from sources.archiving.urls import parse_target
from sources.bells import archiver_bells, ring_archiver
from sources.models import Capture, HostPace, Priority

#: A worker waits this long for its turn at a host; for longer it takes up other work.
LONGEST_WAIT = timedelta(seconds=2)

#: When a capture looks again whether its host has a place free. Usually it is rung for sooner, by `ring_next`.
LOOK_AGAIN = timedelta(seconds=20)

#: So long at least a capture of a paused batch is put off. Nobody rings for it before the batch is resumed.
PAUSED = timedelta(seconds=5)

#: Bells for captures that somebody waits for, however many hang already.
ALWAYS_ROOM_FOR = 50

#: Whatever somebody waits for goes on, even where it began in a list that is paused.
NOT_PAUSED = Q(batch__paused_at__isnull=True) | Q(priority=Priority.INTERACTIVE)


def host_of(url: str) -> str:
    """The host of an address in ASCII, as captures are paced by it; empty where there is none."""
    try:
        return parse_target(url).host[:255]
    except UnsupportedUrlError:
        return ""


def turn(capture: Capture, now: datetime) -> datetime:
    """When the capture may begin. A moment within `LONGEST_WAIT` is reserved for it at its host.

    Belongs in the transaction that claims it: the host's row stays locked until the claim is visible to others.
    """
    if capture.batch_id is not None and not Capture.objects.filter(NOT_PAUSED, pk=capture.pk).exists():
        return now + PAUSED
    if not is_paced(capture.host):
        return now
    pace = _locked_pace(capture.host)
    if _running_at(capture.host, now) >= settings.HOST_CONCURRENCY:
        return now + _jittered(LOOK_AGAIN)
    start = max(now, pace.next_at)
    delay = timedelta(seconds=settings.HOST_DELAY_SECONDS)
    if start > now + LONGEST_WAIT:
        return start + random.random() * delay  # noqa: S311  # spreads the askers, guards nothing
    pace.next_at = start + delay
    pace.save(update_fields=["next_at"])
    return start


def is_paced(host: str) -> bool:
    """Whether captures of this host take turns. What a person uploaded has no host."""
    return bool(host) and host not in settings.UNPACED_HOSTS


def ring_next(host: str) -> None:
    """A capture of `host` is over: ring for the most urgent one that waits for the place."""
    if not is_paced(host):
        return
    # One with an error waits out its own back-off; one that has been rung for is on its way already.
    waiting = Capture.objects.filter(
        NOT_PAUSED, state=JobState.QUEUED, host=host, error_code="", rung_at=None
    )
    first = waiting.order_by("priority", "id").values_list("pk", "priority").first()
    if first is not None:
        capture_id, priority = first
        now = timezone.now()
        Capture.objects.filter(pk=capture_id, state=JobState.QUEUED).update(not_before=now, rung_at=now)
        jobs.ring(Capture, capture_id, partial(ring_archiver, priority=priority))


def ring_waiting(policy: jobs.JobPolicy) -> int:
    """Ring for what waits unanswered, the most urgent first; returns how many.

    The broker never holds many more bells than `CAPTURE_BELLS`: what hangs there cannot be put in another order.
    """
    with alone("ring for captures") as is_alone:  # two sweeps at once would each see the same room
        hanging = archiver_bells() if is_alone else None
        return 0 if hanging is None else _ring(policy, hanging)


def _ring(policy: jobs.JobPolicy, hanging: int) -> int:
    room = max(settings.CAPTURE_BELLS - hanging, 0)
    rung = 0
    for priority in Priority:
        limit = max(room - rung, ALWAYS_ROOM_FOR if priority == Priority.INTERACTIVE else 0)
        bell = partial(ring_archiver, priority=priority.value)
        only = Q(NOT_PAUSED, _has_a_chance(), priority=priority)
        rung += jobs.ring_due(Capture, bell, policy=policy, limit=limit, only=only)
    return rung


def _has_a_chance() -> Q:
    """Of each paced host only the first few: more would only find its places taken, and stand before others."""
    place = Window(RowNumber(), partition_by="host", order_by=("priority", "not_before", "id"))
    due = jobs.due(Capture, timezone.now()).filter(NOT_PAUSED).annotate(place=place)
    unpaced = Q(host__in=["", *settings.UNPACED_HOSTS])
    few = 2 * settings.HOST_CONCURRENCY
    return Q(pk__in=due.filter(unpaced | Q(place__lte=few)).values("pk"))


def _locked_pace(host: str) -> HostPace:
    HostPace.objects.bulk_create([HostPace(host=host)], ignore_conflicts=True)
    return HostPace.objects.select_for_update().get(pk=host)


def _running_at(host: str, now: datetime) -> int:
    return Capture.objects.filter(state=JobState.LEASED, host=host, lease_until__gt=now).count()


def _jittered(wait: timedelta) -> timedelta:
    return wait * random.uniform(0.5, 1.5)  # noqa: S311  # spreads load, guards nothing

"""How the floor's workers are told that a job waits. By name: whoever rings need not know who answers."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any
from uuid import UUID

from celery import current_app
from kombu.exceptions import OperationalError

ARCHIVE_CAPTURE = "sources.archive_capture"
ARCHIVE_QUEUE = "captures"
EXAMINE_CAPTURE = "sources.examine_capture"
LOOK_AT_ORIGINAL = "sources.look_at_original"
HAND_ON = "sources.hand_on"
SUGGEST = "sources.suggest_derivations"

logger = logging.getLogger(__name__)


def ring_archiver(capture_id: str, priority: int = 0) -> None:
    """Send the message that a capture waits; of all that wait, those with the lowest `priority` are heard first.

    Raises kombu's OperationalError while the broker is away.
    """
    current_app.send_task(ARCHIVE_CAPTURE, args=[capture_id], ignore_result=True, priority=priority)


def archiver_bells() -> int | None:
    """How many such messages the broker holds; None while it is away."""
    connection: Any = current_app.connection_for_read()  # whose types know nothing of queues
    with connection:
        try:
            queue = connection.default_channel.queue_declare(ARCHIVE_QUEUE, passive=True)
        except connection.channel_errors:
            return 0  # to the broker an empty queue is none
        except (OperationalError, *connection.connection_errors):
            return None
    return int(queue.message_count)


def ring_examiner(examination_id: str) -> None:
    """Send the message that an examination waits. Raises kombu's OperationalError while the broker is away."""
    current_app.send_task(EXAMINE_CAPTURE, args=[examination_id], ignore_result=True)


def ring_suggester() -> None:
    """Send the message that something was read by which derivations can be suggested. A lost one is not missed."""
    try:
        current_app.send_task(SUGGEST, ignore_result=True)
    except OperationalError:
        logger.warning("broker is away; derivations are suggested when the clock next rings")


def ring_for_claim(task: str, claim: tuple[UUID, datetime]) -> None:
    """Send the message that something was claimed for a while. A lost one is not missed: the claim runs out."""
    row, until = claim
    try:
        current_app.send_task(task, args=[str(row), until.isoformat()], ignore_result=True)
    except OperationalError:
        logger.warning("broker is away; %s comes round again", row)

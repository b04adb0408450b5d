"""How the floor's workers are told that a job waits. By name: whoever rings need not know who answers."""

from __future__ import annotations

from celery import current_app

ARCHIVE_CAPTURE = "sources.archive_capture"


def ring_archiver(capture_id: str) -> None:
    """Send the message that a capture waits. Raises kombu's OperationalError while the broker is away."""
    current_app.send_task(ARCHIVE_CAPTURE, args=[capture_id], ignore_result=True)

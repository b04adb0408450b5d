"""Keeping a lease alive while its job is being worked on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import InterfaceError, OperationalError, connection

from osint.models import Job
from osint.services.jobs import renew


@contextmanager
def kept(job: Job, *, lease: timedelta) -> Iterator[threading.Event]:
    """Renew the job's lease every third of its length from a thread of its own, for as long as the block runs.

    Yields an event that is set when the job was taken over: work done after that will not be accepted.
    """
    done, lost = threading.Event(), threading.Event()
    keeper = threading.Thread(target=_keep, args=(job, lease, done, lost), daemon=True)
    keeper.start()
    try:
        yield lost
    finally:
        done.set()
        keeper.join()


def _keep(job: Job, lease: timedelta, done: threading.Event, lost: threading.Event) -> None:
    try:
        while not done.wait(lease.total_seconds() / 3):
            if not _renewed(job, lease):
                lost.set()
                return
    finally:
        connection.close()


def _renewed(job: Job, lease: timedelta) -> bool:
    """False when the job is certainly lost. A database that is away for a moment says nothing either way."""
    try:
        return renew(job, lease=lease)
    except (OperationalError, InterfaceError):
        connection.close()  # the next attempt connects anew
        return True

"""Doing something in one process at a time, over all processes that share the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from zlib import crc32

from django.db import connection


@contextmanager
def alone(name: str) -> Iterator[bool]:
    """Yield whether nobody else is in a block of this name; held until the end, or until the connection ends.

    The lock belongs to the connection, not to a transaction: what the block commits is seen by others meanwhile.
    """
    key = crc32(name.encode())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
        (is_alone,) = cursor.fetchone()
        try:
            yield bool(is_alone)
        finally:
            if is_alone:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [key])

"""A database of the bench's own, as large as wanted and gone afterwards."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django

from config.supervision.throwaway import empty_places, postgres
from config.supervision.warden import Warden


@contextmanager
def database(folder: Path) -> Iterator[None]:
    """Run Django on an empty, migrated PostgreSQL below `folder`."""
    warden = Warden(keep_open=[])
    try:
        with postgres(folder, warden) as url:
            os.environ.update(
                {**empty_places(folder), "DATABASE_URL": url, "REDIS_URL": "redis://127.0.0.1:1/0"}
            )
            os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
            django.setup()
            from django.core.management import call_command

            call_command("migrate", verbosity=0)
            yield
    finally:
        from django.db import connections

        connections.close_all()
        warden.dismiss()

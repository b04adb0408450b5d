"""A preserved page with a web archive, and the replay origin as its visitors meet it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.utils import timezone

from config import replay_settings
from sources import storage
from sources.models import Capture, CaptureFile, StoredFile
from tests import cast

ORIGIN = "http://{capture}.localhost:8001"
ARCHIVE = bytes(range(256)) * 40


def keep(
    capture: Capture, content: bytes, role: str, media_type: str = "application/octet-stream"
) -> CaptureFile:
    """A file that the capture kept."""
    path = Path(settings.VAR_DIR) / "kept"
    path.write_bytes(content)
    digest = storage.hash_of(path)
    storage.keep(path, digest)
    values = {"size": len(content), "media_type": media_type, "stored_at": timezone.now()}
    file, _ = StoredFile.objects.get_or_create(sha256=digest, defaults=values)
    return CaptureFile.objects.create(capture=capture, file=file, role=role)


def capture_of(team: cast.Team, url: str = "https://courier.example/roof", **values: Any) -> Capture:
    """A capture that has succeeded."""
    now = timezone.now()
    given: dict[str, Any] = {
        "state": "succeeded",
        "verdict": "complete",
        "final_url": url,
        "started_at": now,
        "ended_at": now,
    }
    publication = team.case.publications.filter(url=url).first() or cast.publication(team, url)
    return Capture.objects.create(
        investigation=team.case,
        publication=publication,
        requested_by=team.researcher,
        url=url,
        **given | values,
    )


@pytest.fixture
def capture(team: cast.Team) -> Capture:
    """A capture with a web archive."""
    made = capture_of(team)
    keep(made, ARCHIVE, "wacz", "application/wacz+zip")
    return made


@pytest.fixture
def replay_origin() -> Iterator[str]:
    """The application, told of a replay origin with a host for every capture."""
    with override_settings(REPLAY_ORIGIN=ORIGIN):
        yield ORIGIN


@pytest.fixture
def visitor(replay_origin: str) -> Iterator[Client]:
    """A browser at the replay origin, which knows nothing of the application."""
    with override_settings(
        ROOT_URLCONF="config.replay_urls",
        MIDDLEWARE=replay_settings.MIDDLEWARE,
        TEMPLATES=replay_settings.TEMPLATES,
        ALLOWED_HOSTS=[".localhost"],
        SECURE_REFERRER_POLICY=replay_settings.SECURE_REFERRER_POLICY,
    ):
        yield Client()


def ids(capture: Capture) -> tuple[UUID, UUID]:
    """The capture, and the file that is its web archive."""
    return capture.pk, capture.kept.get(role="wacz").file_id

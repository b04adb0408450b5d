"""The probes: alive, and ready with a reason when not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from osint import health
from osint.models import Heartbeat
from osint.tasks import record_heartbeat

pytestmark = pytest.mark.django_db

NOBODY = "redis://:secret-word@127.0.0.1:1/0"


def test_a_living_process_says_so_to_anybody(client: Client) -> None:
    answer = client.get("/health/live")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")


def test_everything_there_is_ready(client: Client) -> None:
    record_heartbeat()
    answer = client.get("/health/ready")
    assert {name: part["ok"] for name, part in answer.json()["checks"].items()} == {
        "database": True,
        "redis": True,
        "worker": True,
        "storage": True,
        "egress": True,
    }
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")


def test_a_worker_that_never_beat_is_missed(client: Client) -> None:
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["checks"]["worker"] == {"ok": False, "detail": "no heartbeat yet"}


def test_a_worker_silent_for_a_minute_is_missed() -> None:
    Heartbeat.objects.create(name="worker", at=timezone.now() - timedelta(seconds=61))
    assert not health.worker_health().ok


def test_a_worker_heard_lately_is_well() -> None:
    Heartbeat.objects.create(name="worker", at=timezone.now() - timedelta(seconds=50))
    assert health.worker_health().ok


def test_an_absent_redis_is_named_without_its_password(client: Client, settings: Settings) -> None:
    settings.CELERY_BROKER_URL = NOBODY
    answer = client.get("/health/ready")
    assert answer.json()["checks"]["redis"] == {"ok": False, "detail": "ConnectionError"}
    assert "secret-word" not in answer.content.decode()


def test_probes_are_never_cached(client: Client) -> None:
    assert "no-store" in client.get("/health/ready")["Cache-Control"]

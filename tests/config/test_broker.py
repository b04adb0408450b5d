"""A publisher never waits long for a Redis that is gone or silent: the database owns the jobs anyway."""

import socket
import time

import pytest
from celery import Celery
from django.conf import settings
from kombu.exceptions import OperationalError


def publish(port: int) -> float:
    """Send a task to the port and return how many seconds it took to fail."""
    app = Celery("publisher", set_as_current=False)
    app.config_from_object("django.conf:settings", namespace="CELERY")
    app.conf.update(broker_url=f"redis://127.0.0.1:{port}/0")
    begun = time.monotonic()
    with pytest.raises(OperationalError), app.producer_pool.acquire(block=True) as producer:
        app.send_task("nobody.listens", producer=producer)
    app.close()
    return time.monotonic() - begun


def test_a_redis_that_is_gone_fails_at_once() -> None:
    assert publish(port=1) < settings.REDIS_TIMEOUT_SECONDS


def test_a_redis_that_keeps_silent_fails_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert publish(silent.getsockname()[1]) < settings.REDIS_TIMEOUT_SECONDS * 2

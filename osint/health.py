"""Is everything there that the product needs? Each floor registers what it depends on."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from osint.models import Heartbeat
from osint.tasks import WORKER

logger = logging.getLogger(__name__)

REDIS_PATIENCE_S = 1.0
OLDEST_HEARTBEAT = timedelta(seconds=60)


@dataclass(frozen=True)
class Health:
    """The answer of one check. `detail` is for an operator and holds no secret."""

    ok: bool
    detail: str = ""


Check = Callable[[], Health]
_checks: dict[str, Check] = {}


def register(name: str, check: Check) -> None:
    """Ask `check` too whenever somebody wants to know. The same name twice replaces the first."""
    _checks[name] = check


def examine() -> dict[str, Health]:
    """The health of every registered part, by name."""
    return {name: _examined(name, check) for name, check in _checks.items()}


def _examined(name: str, check: Check) -> Health:
    try:
        return check()
    except Exception as error:
        # The answer goes to anybody who asks, and messages of drivers quote addresses: only the log gets them.
        logger.warning("health check %s failed: %s", name, error)
        return Health(ok=False, detail=type(error).__name__)


def database_health() -> Health:
    """Whether the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return Health(ok=True)


def redis_health() -> Health:
    """Whether Redis answers within a second."""
    patience = REDIS_PATIENCE_S
    once = Retry(NoBackoff(), 0)  # whoever asks will ask again
    with Redis.from_url(
        settings.CELERY_BROKER_URL, socket_timeout=patience, socket_connect_timeout=patience, retry=once
    ) as redis:
        return Health(ok=bool(redis.ping()))


def worker_health() -> Health:
    """Whether the clock rang, the broker delivered and a worker worked within the last minute."""
    beat = Heartbeat.objects.filter(name=WORKER).first()
    if beat is None:
        return Health(ok=False, detail="no heartbeat yet")
    age = timezone.now() - beat.at
    return Health(ok=age < OLDEST_HEARTBEAT, detail=f"last heartbeat {int(age.total_seconds())} s ago")

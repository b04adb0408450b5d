"""Where archived pages are replayed: never on the origin of the application.

REPLAY_ORIGIN names the other origin. With `{capture}` in its host every capture is replayed on a host of its own, so
that the script of one archived page cannot reach what the browser holds of another.
"""

from __future__ import annotations

from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.utils.crypto import salted_hmac

PLACE = "{capture}"
LABEL_LENGTH = 32


def is_set_up() -> bool:
    """Whether there is an origin to replay on."""
    return bool(settings.REPLAY_ORIGIN)


def is_shared() -> bool:
    """Whether all captures are replayed on one host, kept apart by clearing it for each."""
    return PLACE not in settings.REPLAY_ORIGIN


def origin_of(capture: UUID) -> str:
    """The origin that this capture is replayed on, such as `http://5f…a0.localhost:8001`."""
    origin: str = settings.REPLAY_ORIGIN
    return origin.replace(PLACE, label_of(capture)).rstrip("/")


def host_of(capture: UUID) -> str:
    """The `Host` under which that origin is asked."""
    return urlsplit(origin_of(capture)).netloc


def label_of(capture: UUID) -> str:
    """The capture's name in host names, which resolvers and proxies see: it says nothing about the capture."""
    return salted_hmac("sightline.replay.host", str(capture), algorithm="sha256").hexdigest()[:LABEL_LENGTH]

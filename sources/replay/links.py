"""Short-lived signed links: leave to read one web archive, for a page that has asked who is there."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.signing import BadSignature, SignatureExpired, TimestampSigner
from django.utils import timezone

from osint.errors import NotFoundError, SightlineError

SIGNER = TimestampSigner(salt="sightline.replay.link")


class LinkExpiredError(SightlineError):
    """The link was good once."""

    code = "link_expired"
    status = 403
    title = "The link to this archive has expired"


@dataclass(frozen=True)
class Link:
    """Leave to read `file`, the web archive of `capture` (both ids as text), within a page of `parent`.

    `parent` is the origin of the page that frames the replay; no other may.
    """

    capture: str
    file: str
    parent: str


def sign(link: Link) -> tuple[str, datetime]:
    """The link as text, and when it expires."""
    lifetime = timedelta(seconds=settings.REPLAY_LINK_SECONDS)
    return SIGNER.sign_object(asdict(link)), timezone.now() + lifetime


def read(text: str) -> Link:
    """The link that was signed. Raises LinkExpiredError, and NotFoundError for what was never one."""
    try:
        values: dict[str, Any] = SIGNER.unsign_object(text, max_age=settings.REPLAY_LINK_SECONDS)
    except SignatureExpired as error:
        raise LinkExpiredError from error
    except (BadSignature, ValueError) as error:  # ValueError: signed by us, but not JSON
        raise NotFoundError from error
    return Link(**values)

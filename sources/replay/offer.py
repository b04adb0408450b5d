"""What a page says of a capture's replay: where it is, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.http import HttpRequest

from sources.models import Capture, CaptureFile, FileRole
from sources.replay import links, origin


class State(StrEnum):
    """Whether a capture can be replayed. Every word says what the reader is told."""

    READY = "ready"
    UNDER_WAY = "under way"
    NO_ARCHIVE = "no web archive"
    NOT_SET_UP = "not set up"


@dataclass(frozen=True)
class Offer:
    """A capture's replay. All but `state` is None unless that is READY."""

    state: State
    viewer: str | None = None
    link: str | None = None
    expires_at: datetime | None = None
    archive: CaptureFile | None = None
    origin: str | None = None


def replay_of(capture: Capture, request: HttpRequest) -> Offer:
    """Offer the replay to the page that was asked for; its reader has been let in to the capture already."""
    archive = web_archive(capture)
    if archive is None:
        return Offer(State.NO_ARCHIVE if capture.has_ended else State.UNDER_WAY)
    if not origin.is_set_up():
        return Offer(State.NOT_SET_UP, archive=archive)
    parent = f"{request.scheme}://{request.get_host()}"
    link, expires_at = links.sign(links.Link(str(capture.pk), str(archive.file_id), parent))
    there = origin.origin_of(capture.pk)
    return Offer(State.READY, f"{there}/view/{link}/", link, expires_at, archive, there)


def web_archive(capture: Capture) -> CaptureFile | None:
    """The capture's WACZ, if it kept one."""
    return next((kept for kept in capture.kept.all() if kept.role == FileRole.WACZ), None)

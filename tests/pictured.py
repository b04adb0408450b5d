"""Kept pictures with looks of one's choosing."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from django.utils import timezone

from sources.archiving.examining.tasks import Look, View
from sources.models import Capture, CaptureFile, PictureHash, Publication, StoredFile
from sources.services.findings import bit_string
from tests import cast


def differing(bits: int) -> bytes:
    """Zeros but for so many ones."""
    return ((1 << bits) - 1).to_bytes(32, "big")


def view(bits: int, sketch: int = 0) -> View:
    return View(differing(bits), differing(sketch))


def look(bits: int, **values: Any) -> Look:
    return Look(view(bits), **values)


def stored(name: str, *looks: Look) -> StoredFile:
    """A file with these looks."""
    file = StoredFile.objects.create(
        sha256=sha256(name.encode()).hexdigest(), size=1, media_type="image/png", stored_at=timezone.now()
    )
    PictureHash.objects.bulk_create(
        PictureHash(
            file=file,
            at_seconds=each.at_seconds,
            bits=bit_string(each.whole.bits),
            sketch=bit_string(each.whole.sketch),
            views=b"".join(map(bytes, each.views)),
        )
        for each in looks
    )
    return file


def keep(team: cast.Team, file: StoredFile, publication: Publication | None = None) -> CaptureFile:
    """Let a capture of the team's case keep the file."""
    about = publication or cast.publication(team)
    capture = Capture.objects.create(
        investigation=team.case,
        publication=about,
        requested_by=team.researcher,
        url=about.url,
        state="succeeded",
        verdict="complete",
        ended_at=timezone.now(),
    )
    return CaptureFile.objects.create(capture=capture, file=file, role="medium")

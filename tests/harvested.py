"""Captures whose harvest is recorded as if it had been fetched: no site, no archiver."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

from benchmarks import drawing
from osint.services import jobs
from osint.services.people import system_user
from sources import storage
from sources.archiving.harvest import Harvest, HarvestedFile, Role
from sources.archiving.readable import PageFacts
from sources.models import Capture, CaptureMethod
from sources.services.captures import job_policy, record_harvest, request_capture
from tests import cast

PAGE = b"""<!doctype html><html lang="ru"><head><title>A launcher on the roof</title>
<meta name="author" content="Test Writer"><meta property="article:published_time" content="2023-01-19T10:00:00Z">
</head><body><article><h1>A launcher on the roof</h1><p>%s</p></article></body></html>"""
TEXT = b"Neighbours saw a crane lift the launcher onto the roof of the building by the river. " * 8
File = tuple[Role, bytes, str]


def picture(seed: int = 0) -> bytes:
    """A drawn picture as PNG."""
    sink = BytesIO()
    drawing.picture(seed).save(sink, "PNG")
    return sink.getvalue()


def medium(data: bytes, media_type: str = "image/png") -> File:
    """A medium to be kept."""
    return Role.MEDIUM, data, media_type


def page(data: bytes = PAGE % TEXT) -> File:
    """A page to be kept."""
    return Role.PAGE, data, "text/html"


def preserve_harvest(
    team: cast.Team, folder: Path, *files: File, verdict: str = "complete", **values: Any
) -> Capture:
    """The capture that kept these files; `values` are its publication, its method and facts of the harvest."""
    publication = values.pop("publication", None) or cast.publication(team)
    asked = request_capture(
        publication, actor=team.researcher, method=values.pop("method", CaptureMethod.HTTP)
    )
    capture = jobs.claim(Capture, asked.pk, worker="here", policy=job_policy())
    assert capture is not None
    harvest = Harvest(
        requested_url=publication.url,
        final_url=publication.url,
        exchanges=values.pop("exchanges", ()),
        failures=(),
        verdict=verdict,
        reasons=(),
        may_retry=False,
        page=values.pop("page", PageFacts()),
        files=tuple(_harvested(folder, *file) for file in files),
        tools={},
    )
    return record_harvest(capture, harvest, actor=system_user())


def _harvested(folder: Path, role: Role, data: bytes, media_type: str) -> HarvestedFile:
    path = folder / f"{len(list(folder.iterdir()))}"
    path.write_bytes(data)
    return HarvestedFile(
        path, role, "https://courier.example/roof", storage.hash_of(path), len(data), media_type
    )

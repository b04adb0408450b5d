"""The ``upload`` method: a file that a person holds, kept byte for byte, with what they said of it.

No server answered with these bytes, so the web archive holds them as a ``resource`` record under the upload's own
name (``urn:uuid:``) and not under the publication's address.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid5

from .assembling import no_progress, write_capture
from .collect import Progress
from .deadlines import Deadline
from .errors import ArchivingError
from .harvest import Harvest, HarvestedFile, Role
from .raw_warc import Resource
from .readable import PageFacts
from .signatures import media_type_of
from .splices import PIECE, Body, pieces_of
from .tools import tool_versions
from .wacz import Page

STATEMENT_TYPE = "application/json"
COMPLETE = "complete"


class UploadChangedError(ArchivingError):
    """The bytes are not those that were taken in."""

    code = "upload_changed"


@dataclass(frozen=True)
class HeldFile:
    """A file as it was handed in. Times in UTC, ``size`` in bytes, ``sha256`` (hex) as announced, or empty."""

    id: UUID
    path: Path
    filename: str
    size: int
    sha256: str
    note: str
    uploaded_by: str
    begun: datetime
    completed: datetime
    publication_url: str

    @property
    def uri(self) -> str:
        """The name of the bytes in the web archive."""
        return self.id.urn


def preserve_upload(
    held: HeldFile, *, workdir: Path, deadline: Deadline, on_progress: Progress | None = None
) -> Harvest:
    """The harvest of a file that was handed in; its type is read from its content, its name is only repeated.

    Raises UploadChangedError, DeadlineError, OSError, and what ``on_progress`` raises.
    """
    path = _brought(held.path, workdir / "upload")
    sha256 = _digest(path, held, deadline, on_progress or no_progress)
    body = Body(path, sha256, held.size, media_type_of(path))
    statement = _statement(held, body, workdir / "statement.json")
    resources = [
        Resource(held.uri, body, held.completed),
        Resource(_statement_uri(held), statement, datetime.now(UTC)),
    ]
    page = Page(held.uri, held.completed, held.filename, held.note)
    wacz = write_capture(workdir, (), page, resources)
    files = (wacz, _file(body, Role.MEDIUM, held.uri), _file(statement, Role.METADATA, ""))
    return _harvest(held, files)


def _brought(path: Path, target: Path) -> Path:
    """The same bytes under a name in the work folder, which may be moved from there: without a copy if it goes."""
    try:
        os.link(path, target)
    except FileNotFoundError as error:
        raise UploadChangedError("expected the bytes of the upload, found none") from error
    except OSError:  # on another file system, or on one without links
        shutil.copyfile(path, target)
    return target


def _digest(path: Path, held: HeldFile, deadline: Deadline, progress: Progress) -> str:
    digest, done = hashlib.sha256(), 0
    for piece in pieces_of(path):
        digest.update(piece)
        done += len(piece)
        deadline.remaining(1)
        progress("upload", done // PIECE, held.size // PIECE)
    if done != held.size:
        raise UploadChangedError(f"expected {held.size} bytes, found {done}")
    if held.sha256 and digest.hexdigest() != held.sha256:
        raise UploadChangedError(f"expected SHA-256 {held.sha256}, found {digest.hexdigest()}")
    return digest.hexdigest()


def _statement(held: HeldFile, body: Body, path: Path) -> Body:
    """Who handed in what and when, as a file beside the bytes: for whoever has only the web archive."""
    said = {
        "upload": held.uri,
        "publication": held.publication_url,
        "filename_as_given": held.filename,
        "note": held.note,
        "uploaded_by": held.uploaded_by,
        "begun": held.begun.isoformat(),
        "completed": held.completed.isoformat(),
        "size": body.size,
        "sha256": body.sha256,
        "media_type_by_content": body.media_type,
    }
    data = json.dumps(said, ensure_ascii=False, indent=2).encode()
    path.write_bytes(data)
    return Body(path, hashlib.sha256(data).hexdigest(), len(data), STATEMENT_TYPE)


def _statement_uri(held: HeldFile) -> str:
    return uuid5(held.id, "statement").urn


def _file(body: Body, role: Role, url: str) -> HarvestedFile:
    return HarvestedFile(body.path, role, url, body.sha256, body.size, body.media_type)


def _harvest(held: HeldFile, files: tuple[HarvestedFile, ...]) -> Harvest:
    when = held.completed.strftime("%Y-%m-%d %H:%M UTC")
    notes = [f"Handed in by {held.uploaded_by}, {when}, as “{held.filename}”."]
    notes += [f"They say: {held.note}"] if held.note else []
    return Harvest(
        requested_url=held.publication_url,
        final_url="",
        exchanges=(),
        failures=(),
        verdict=COMPLETE,
        reasons=("The file is kept byte for byte as it was handed in.",),
        may_retry=False,
        page=PageFacts(),
        files=files,
        tools=tool_versions(),
        notes=tuple(notes),
    )

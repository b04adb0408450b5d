"""Examining what captures kept: particulars, text, media. Claimed in a transaction, read in none, recorded in one."""

from __future__ import annotations

import atexit
import logging
import shutil
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from uuid import UUID

from django.core.files.storage import FileSystemStorage

from osint.errors import StaleLeaseError
from osint.services import jobs, leases
from osint.services.people import system_user
from sources import storage
from sources.archiving.errors import ArchivingError
from sources.archiving.examining.examiner import Examiner
from sources.archiving.examining.tasks import Examined, Kind, Task
from sources.archiving.exchange import charset_served
from sources.archiving.signatures import HTML_TYPES
from sources.models import Capture, CaptureFile, Examination, FileRole, StoredFile
from sources.services.captures import job_policy
from sources.services.files import open_stored
from sources.services.findings import (
    Findings,
    keep_links,
    record_examination,
    record_examination_failure,
)
from sources.services.preservation import StorageError, UnexpectedError, work_folder

logger = logging.getLogger(__name__)


def examine(examination_id: UUID, *, worker: str) -> None:
    """Carry out an examination if it is to be had; otherwise do nothing, however often the bell has rung."""
    policy = job_policy()
    examination = jobs.claim(Examination, examination_id, worker=worker, policy=policy)
    if examination is None:
        return
    try:
        with leases.kept(examination, lease=policy.lease) as lost, work_folder(examination) as folder:
            findings = _read(examination.capture, folder, lost)
            record_examination(examination, findings, actor=system_user())
    except StaleLeaseError as error:
        logger.warning("result of examination %s refused: %s", examination.pk, error.detail)
    except ArchivingError as error:
        _fail(examination, error)
    except OSError as error:
        _fail(examination, StorageError(error.strerror or type(error).__name__))
    except Exception as error:
        # A fault of ours must neither lose the job nor loop it: it counts as a failure, and is heard of.
        _fail(examination, UnexpectedError(type(error).__name__))
        raise


@lru_cache(maxsize=1)
def examiner() -> Examiner:
    """This process's examiner, whose processes live until it ends."""
    examiner = Examiner(warm=True)
    atexit.register(examiner.close)
    return examiner


def reread_links(examination: Examination) -> bool:
    """Read a page once more for what it links to, where it was examined before that was kept; whether it was.

    Raises ExaminerError, and OSError where the archive cannot be read.
    """
    if "links" in examination.findings.get("page", {}):
        return False
    page = _page_of(examination.capture.kept.select_related("file").order_by("pk"))
    if page is None:
        return False
    with TemporaryDirectory() as folder:
        read = _page_read(examination.capture, page, Path(folder))
    if read.page is None:
        return False
    keep_links(examination, read.page.links)
    return True


def _fail(examination: Examination, error: ArchivingError) -> None:
    try:
        record_examination_failure(examination, error, actor=system_user())
    except StaleLeaseError as stale:
        logger.warning("failure of examination %s refused: %s", examination.pk, stale.detail)


def _read(capture: Capture, folder: Path, lost: Event) -> Findings:
    kept = list(capture.kept.select_related("file__medium_facts").order_by("pk"))
    media = {row.file_id: row.file for row in kept if row.role == FileRole.MEDIUM}
    unknown = [file for file in media.values() if not hasattr(file, "medium_facts")]
    examined = {}
    for file in unknown:
        if lost.is_set():
            raise StaleLeaseError
        examined[file] = _examined(file, Kind.MEDIUM, folder)
    page = _page_of(kept)
    read = _page_read(capture, page, folder) if page else Examined()
    return Findings(
        media=examined,
        known=len(media) - len(unknown),
        page=read.page,
        page_note=read.note,
        text=None if any(row.role == FileRole.TEXT for row in kept) else read.text,
        protections=examiner().protections if examined or page else (),
    )


def _page_read(capture: Capture, page: CaptureFile, folder: Path) -> Examined:
    return _examined(page.file, Kind.PAGE, folder, url=page.url, charset=_charset(capture, page))


def _page_of(kept: Iterable[CaptureFile]) -> CaptureFile | None:
    """The page as it was drawn, else as it was served."""
    pages = [
        row for row in kept if row.role in {FileRole.DOM, FileRole.PAGE} and row.file.media_type in HTML_TYPES
    ]
    return min(pages, key=lambda row: row.role != FileRole.DOM, default=None)


def _charset(capture: Capture, page: CaptureFile) -> str | None:
    """The charset that the server claimed; what was drawn is written in UTF-8."""
    if page.role == FileRole.DOM:
        return "utf-8"
    return charset_served(page.url, capture.facts.get("exchanges", []))


def _examined(
    file: StoredFile, kind: Kind, folder: Path, *, url: str = "", charset: str | None = None
) -> Examined:
    own_folder = folder / f"{kind}-{file.sha256}"
    own_folder.mkdir()
    try:
        path = _at_hand(file, own_folder)
    except FileNotFoundError:
        return Examined(note="the bytes are missing from the archive")
    return examiner().examine(Task(kind, path, own_folder.resolve(), file.media_type, url, charset))


def _at_hand(file: StoredFile, folder: Path) -> Path:
    """A local path to the file's bytes: the archive's own, or a copy where that lies elsewhere or in pieces."""
    archive = storage.archive()
    if isinstance(archive, FileSystemStorage) and not file.is_spliced:
        return Path(archive.path(storage.name_of(file.sha256))).resolve(strict=True)
    copy = folder.with_suffix(".copy").resolve()
    with open_stored(file) as source, copy.open("xb") as sink:
        shutil.copyfileobj(source, sink, 1024 * 1024)
    return copy

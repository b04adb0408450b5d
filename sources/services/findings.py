"""Recording what an examination found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from osint.dates import validate_edtf
from osint.models import JobState, User
from osint.services import jobs
from osint.services.changes import record_change
from osint.services.jobs import JOB_COLUMNS
from osint.storable import storable
from sources import storage
from sources.archiving.errors import ArchivingError
from sources.archiving.examining.tasks import Examined, Look
from sources.archiving.readable import PageFacts
from sources.archiving.tools import examining_tool_versions
from sources.bells import ring_suggester
from sources.canonical import UrlError, canonical_url
from sources.models import (
    Capture,
    CaptureFile,
    CaptureMethod,
    Examination,
    FileRole,
    MediumFacts,
    PictureHash,
    StoredFile,
)
from sources.services.captures import PRESERVED, RESERVATION_LEASES, job_policy
from sources.services.files import LocalFile, keep_files, mark_stored
from sources.services.publications import fill_publication

TEXT_TYPE = "text/plain; charset=utf-8"
LENGTHS = {"title": 500, "author": 300, "published": 120, "language": 35}

Rows = Mapping[Path, StoredFile]


@dataclass(frozen=True)
class Findings:
    """What was read of one capture: each medium that nobody had examined before, and the page.

    ``known`` counts the media that had been; ``text`` is the file with the readable text, unless the capture
    brought one along.
    """

    media: Mapping[StoredFile, Examined]
    known: int = 0
    page: PageFacts | None = None
    page_note: str | None = None
    text: Path | None = None
    protections: tuple[str, ...] = ()


def record_examination(examination: Examination, findings: Findings, *, actor: User) -> Examination:
    """Keep what was made of the files, and end the examination with what was read. Raises StaleLeaseError, OSError."""
    rows = _kept(findings)
    with transaction.atomic():
        row = jobs.lock_held(examination)
        mark_stored(rows.values())
        _record_media(findings.media, rows)
        _record_page(row.capture, findings, rows, actor)
        row.findings = storable(_summary(findings))
        jobs.end(row, JobState.SUCCEEDED)
        row.save(update_fields=[*JOB_COLUMNS, "findings"])
        made = {"files": sorted({file.sha256 for file in rows.values()})}
        record_change(row, actor=actor, action="examination.succeeded", new=made)
        transaction.on_commit(ring_suggester)
    return row


@transaction.atomic
def record_examination_failure(
    examination: Examination, error: ArchivingError, *, actor: User
) -> Examination:
    """Put an examination back, to be tried again, or end it when that has failed too often. Raises StaleLeaseError."""
    row = jobs.put_back(examination, error_code=error.code, error_detail=error.detail, policy=job_policy())
    if row.has_ended:
        record_change(row, actor=actor, action="examination.failed", new={"error_code": row.error_code})
    return row


def _kept(findings: Findings) -> Rows:
    """Take thumbnails, frames and the text into the archive; the rows by the path that each file had."""
    files = {file.path: file for file in _files(findings)}
    kept = keep_files(files.values(), reserve_for=RESERVATION_LEASES * job_policy().lease)
    return {path: kept[file.sha256] for path, file in files.items()}


def _files(findings: Findings) -> Iterator[LocalFile]:
    for medium in findings.media.values():
        width, height = medium.small_size or (None, None)
        for path in (medium.thumbnail, *(look.frame for look in medium.looks)):
            if path is not None:
                yield _local(path, "image/jpeg", width, height)
    if findings.text:
        yield _local(findings.text, TEXT_TYPE)


def _local(path: Path, media_type: str, width: int | None = None, height: int | None = None) -> LocalFile:
    return LocalFile(path, storage.hash_of(path), path.stat().st_size, media_type, width, height)


def _record_media(media: Mapping[StoredFile, Examined], rows: Rows) -> None:
    """In one order everywhere, so that two examinations of the same files cannot deadlock; the first one counts."""
    in_order = sorted(media.items(), key=lambda found: found[0].pk)
    facts = [_facts(file, examined, rows) for file, examined in in_order]
    looks = [_look(file, look, rows) for file, examined in in_order for look in examined.looks]
    MediumFacts.objects.bulk_create(facts, ignore_conflicts=True)
    PictureHash.objects.bulk_create(looks, ignore_conflicts=True)
    for file, examined in in_order:
        _measure(file, examined)


def _facts(file: StoredFile, examined: Examined, rows: Rows) -> MediumFacts:
    return MediumFacts(
        file=file,
        codec=storable(examined.codec),
        device=storable(examined.device),
        taken=storable(examined.taken),
        latitude=examined.latitude,
        longitude=examined.longitude,
        embedded=storable(examined.embedded),
        thumbnail=rows[examined.thumbnail] if examined.thumbnail else None,
        note=storable(examined.note or ""),
    )


def _look(file: StoredFile, look: Look, rows: Rows) -> PictureHash:
    return PictureHash(
        file=file,
        at_seconds=look.at_seconds,
        frame=rows[look.frame] if look.frame else None,
        bits=bit_string(look.whole.bits),
        sketch=bit_string(look.whole.sketch),
        views=b"".join(map(bytes, look.views)),
    )


def bit_string(bits: bytes) -> str:
    """Bytes as PostgreSQL writes bits."""
    return "".join(f"{byte:08b}" for byte in bits)


def _measure(file: StoredFile, examined: Examined) -> None:
    """Note size and duration with the file; what somebody else measured stays where we could not."""
    measured = {"width": examined.width, "height": examined.height, "duration": examined.duration_s}
    known = {name: value for name, value in measured.items() if value is not None}
    if known:
        StoredFile.objects.filter(pk=file.pk).update(**known)


def _record_page(capture: Capture, findings: Findings, rows: Rows, actor: User) -> None:
    if findings.text:
        text = CaptureFile(capture=capture, file=rows[findings.text], role=FileRole.TEXT)
        CaptureFile.objects.bulk_create([text], ignore_conflicts=True)
    if capture.verdict in PRESERVED:
        fill_publication(capture.publication, actor=actor, **_particulars(capture, findings.page))


def _particulars(capture: Capture, page: PageFacts | None) -> dict[str, str]:
    """What page and capture say of the publication, under the names and within the lengths of its columns.

    What a downloader was told of a video goes before what is read off the page around it.
    """
    read = asdict(page) if page else {}
    said = capture.facts.get("page", {})
    first, second = (said, read) if capture.method == CaptureMethod.MEDIA else (read, said)
    found = {name: str(first.get(name) or second.get(name) or "") for name in LENGTHS}
    if not _is_edtf(found["published"]):
        del found["published"]
    return {name: storable(value)[: LENGTHS[name]] for name, value in found.items()}


def _is_edtf(text: str) -> bool:
    try:
        validate_edtf(text)
    except ValidationError:
        return False
    return True


@transaction.atomic
def keep_links(examination: Examination, links: Iterable[str]) -> None:
    """Add what a page links to, to what an examination found."""
    row = Examination.objects.select_for_update(of=("self",)).get(pk=examination.pk)
    row.findings = row.findings | {"page": {**row.findings.get("page", {}), "links": canonical_links(links)}}
    row.save(update_fields=["findings"])


def canonical_links(links: Iterable[str]) -> list[str]:
    """The keys under which what the page links to would be recognised; what is no publication's address has none."""
    return sorted({key for link in links if (key := _key_of(link))})


def _key_of(link: str) -> str | None:
    try:
        return canonical_url(link)
    except UrlError:
        return None


def _summary(findings: Findings) -> dict[str, Any]:
    page = (
        {name: value for name, value in asdict(findings.page).items() if name != "text"}
        | {"links": canonical_links(findings.page.links)}
        if findings.page
        else {}
    )
    notes = {file.sha256: examined.note for file, examined in findings.media.items() if examined.note}
    return {
        "examined": len(findings.media),
        "known": findings.known,
        "page": page,
        "notes": notes | ({"page": findings.page_note} if findings.page_note else {}),
        "protections": list(findings.protections),
        "tools": examining_tool_versions(),
    }

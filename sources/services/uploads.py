"""Taking in files that people hold: begun, sent piece by piece, completed into a capture.

What the database says was received is on the disk; bytes past it were never acknowledged and are sent again. The
last piece, the end of the upload and its capture become true in one transaction.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from io import BufferedRandom
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from osint.access import require_role
from osint.errors import ConflictError, ForbiddenError, SightlineError
from osint.models import ENDED, JobState, Role, User
from osint.services import jobs
from osint.services.changes import insert, remove, update
from osint.services.people import system_user
from sources import incoming
from sources.archiving.upload_method import HeldFile
from sources.bells import ring_archiver
from sources.incoming import UploadBusyError, UploadGoneError
from sources.models import Capture, CaptureMethod, Publication, Upload

MEGABYTE = 1024 * 1024

#: So much may have to be sent again after a crash of ours; a broken connection costs nothing.
CHECKPOINT_BYTES = 32 * MEGABYTE
#: Of text that is read from right to left in the wrong place: a name must not look like another one.
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
#: A file without a row is somebody's upload just being begun, unless it lies there for longer than this.
BEGINNING = timedelta(hours=1)


class WrongOffsetError(ConflictError):
    """The bytes sent do not begin where those received end."""

    code = "upload_offset"
    title = "The bytes do not continue what was received"


class UploadTooLargeError(SightlineError):
    """More bytes than announced, or than anybody may send."""

    code = "upload_too_large"
    status = 413
    title = "This is more than may be sent"


class ChecksumError(SightlineError):
    """The bytes are not those that were announced. Nothing of them is kept. 460 is the tus protocol's status."""

    code = "upload_checksum"
    status = 460
    title = "The bytes are not those that were announced"


class TooManyUploadsError(SightlineError):
    """The person has too many unfinished uploads."""

    code = "too_many_uploads"
    status = 429
    title = "Too many uploads are under way"


class UploadStorageError(SightlineError):
    """The disk does not take the bytes."""

    code = "upload_storage"
    status = 507
    title = "There is no room for this"


@dataclass(frozen=True)
class Checksum:
    """What the bytes of one request are said to hash to. `algorithm` is sha1 or sha256."""

    algorithm: str
    digest: bytes


@transaction.atomic
def begin_upload(
    publication: Publication, *, actor: User, filename: str, size: int, sha256: str = "", note: str = ""
) -> Upload:
    """Announce a file of `size` bytes for the publication; its bytes follow with `append`.

    Needs researcher. Raises ForbiddenError, NotFoundError, ValidationError, UploadTooLargeError,
    TooManyUploadsError, UploadStorageError.
    """
    require_role(actor, publication.investigation, Role.RESEARCHER)
    _require_room(size)
    _require_few(actor)
    upload = Upload(
        investigation=publication.investigation,
        publication=publication,
        uploaded_by=actor,
        filename=_readable(filename),
        size=size,
        sha256=sha256.lower(),
        note=note.replace("\x00", "\ufffd"),
        expires_at=_expiry(),
    )
    # The file first: one without a row is cleared away, a row without its file would be a broken promise.
    incoming.create(upload.pk)
    return insert(upload, actor=actor, action="upload.begun")


def append(
    upload: Upload, pieces: Iterable[bytes], *, actor: User, offset: int, checksum: Checksum | None = None
) -> Upload:
    """Add bytes that begin at `offset`; returns the upload, completed if these were the last ones.

    What `pieces` yields before it ends is kept, so a request that is broken off loses nothing; with a
    `checksum` all of it is kept, or nothing. Only whoever began the upload may go on with it.

    Raises ForbiddenError, NotFoundError, WrongOffsetError, UploadTooLargeError, ChecksumError, UploadBusyError,
    UploadGoneError, UploadStorageError.
    """
    _require_own(upload, actor)
    _continued(upload, offset)
    with incoming.opened(upload.pk) as file:
        row = _continued(upload, offset)  # as it is now that nobody else can write to it
        incoming.rewind(file, row.received)
        try:
            _write(row, file, pieces, checksum)
        except OSError as error:
            raise UploadStorageError from error
        if row.received == row.size:
            _complete(row, file, actor)
        elif row.received > offset:
            _acknowledge(row)
    return row


def upload_whole(
    publication: Publication,
    *,
    actor: User,
    filename: str,
    pieces: Iterable[bytes],
    size: int,
    note: str = "",
) -> Upload:
    """Take in a file that is here already. Raises as `begin_upload` and `append` do."""
    upload = begin_upload(publication, actor=actor, filename=filename, size=size, note=note)
    return append(upload, pieces, actor=actor, offset=0)


def cancel_upload(upload: Upload, *, actor: User) -> None:
    """Give up an unfinished upload. Raises ForbiddenError, UploadBusyError, ConflictError (`upload_complete`)."""
    _require_own(upload, actor)
    if upload.completed_at is not None:
        raise ConflictError("A completed upload is evidence, and stays.")
    _discard(upload, actor=actor, action="upload.cancelled")


def upload_again(capture: Capture, *, actor: User) -> Capture:
    """Ask once more for a file to be preserved whose capture failed: its bytes are still here.

    The caller has checked the actor's role. Raises UploadGoneError.
    """
    old = capture.upload
    if old is None:
        raise UploadGoneError
    with transaction.atomic():
        new = Upload(
            investigation=old.investigation,
            publication=old.publication,
            uploaded_by=old.uploaded_by,
            filename=old.filename,
            size=old.size,
            received=old.size,
            sha256=old.sha256,
            note=old.note,
            completed_at=old.completed_at,
            expires_at=old.expires_at,
        )
        incoming.share(old.pk, new.pk)
        insert(new, actor=actor, action="upload.repeated")
        return _ask(new, actor)


def held_file(capture: Capture) -> HeldFile:
    """What the archiver needs of the upload that a capture is to preserve. Raises UploadGoneError for no upload."""
    upload = capture.upload
    if upload is None or upload.completed_at is None:
        raise UploadGoneError
    return HeldFile(
        id=upload.pk,
        path=incoming.path_of(upload.pk),
        filename=upload.filename,
        size=upload.size,
        sha256=upload.sha256,
        note=upload.note,
        uploaded_by=upload.uploaded_by.get_full_name(),
        begun=upload.created_at,
        completed=upload.completed_at,
        publication_url=upload.publication.url,
    )


def clear_uploads(*, limit: int = 500) -> int:
    """Remove unfinished uploads that expired, and bytes that nobody needs any more; returns how many.

    A completed upload keeps its bytes here until its capture has preserved them or was cancelled; after a failure,
    until they are tried again as another upload.
    """
    expired = Upload.objects.filter(completed_at__isnull=True, expires_at__lt=timezone.now())
    cleared = sum(_clear(upload) for upload in expired.order_by("expires_at")[:limit])
    for upload_id in _needless():
        incoming.drop(upload_id)
        cleared += 1
    return cleared


def _clear(upload: Upload) -> bool:
    try:
        _discard(upload, actor=system_user(), action="upload.expired")
    except UploadBusyError:
        return False  # somebody goes on with it at this moment, and it lives longer
    except UploadGoneError:
        remove(upload, actor=system_user(), action="upload.expired")
    return True


def _discard(upload: Upload, *, actor: User, action: str) -> None:
    with incoming.opened(upload.pk):
        row = Upload.objects.filter(pk=upload.pk, completed_at__isnull=True).first()
        if row is None or (action == "upload.expired" and row.expires_at > timezone.now()):
            return
        remove(row, actor=actor, action=action)
        incoming.drop(row.pk)


def _needless() -> list[UUID]:
    """Bytes that nobody sends any more, that no capture waits for, and of which none may be tried again."""
    lying = incoming.lying(BEGINNING)
    unfinished = Upload.objects.filter(pk__in=lying, completed_at__isnull=True).values_list("pk", flat=True)
    captures = Capture.objects.filter(upload__in=lying)
    lost = Q(~Capture.asked_again(), state__in=[JobState.FAILED, JobState.QUARANTINED])
    wanted = captures.filter(lost | ~Q(state__in=ENDED)).values_list("upload", flat=True)
    return list({*lying} - {*unfinished} - {*wanted})


def _require_room(size: int) -> None:
    if size > settings.UPLOAD_MAX_BYTES:
        raise UploadTooLargeError(f"Expected at most {settings.UPLOAD_MAX_BYTES} bytes, got {size}.")
    if size < 1:
        raise ValidationError({"size": ValidationError("An empty file shows nothing.", code="upload_empty")})
    if not incoming.has_room(size):
        raise UploadStorageError


def _require_few(actor: User) -> None:
    # The lock makes two requests at once count each other.
    User.objects.select_for_update(no_key=True).get(pk=actor.pk)
    unfinished = Upload.objects.filter(uploaded_by=actor, completed_at__isnull=True)
    if unfinished.count() >= settings.UPLOAD_MAX_OPEN:
        raise TooManyUploadsError(
            f"Expected fewer than {settings.UPLOAD_MAX_OPEN} unfinished uploads; finish or cancel one."
        )


def _require_own(upload: Upload, actor: User) -> None:
    require_role(actor, upload.investigation, Role.RESEARCHER)
    if upload.uploaded_by_id != actor.pk:
        raise ForbiddenError("Only whoever began this upload can go on with it.")


def _continued(upload: Upload, offset: int) -> Upload:
    row = Upload.objects.select_related("investigation", "publication").filter(pk=upload.pk).first()
    if row is None or (row.completed_at is None and row.expires_at < timezone.now()):
        raise UploadGoneError
    if row.completed_at is not None or row.received != offset:
        raise WrongOffsetError(f"Expected bytes from offset {row.received} on, got offset {offset}.")
    return row


def _write(row: Upload, file: BufferedRandom, pieces: Iterable[bytes], checksum: Checksum | None) -> None:
    start, noted = row.received, row.received
    digest = hashlib.new(checksum.algorithm, usedforsecurity=False) if checksum else None
    for piece in pieces:
        if row.received + len(piece) > row.size:
            raise UploadTooLargeError(f"Expected {row.size} bytes as announced, got more.")
        file.write(piece)
        row.received += len(piece)
        if digest is not None:
            digest.update(piece)
        elif row.received - noted >= CHECKPOINT_BYTES and row.received < row.size:
            incoming.sync(file)
            _acknowledge(row)
            noted = row.received
    if checksum and digest and digest.digest() != checksum.digest:
        raise ChecksumError(f"Expected {checksum.algorithm} of bytes {start} to {row.received} to match.")
    incoming.sync(file)


def _acknowledge(row: Upload) -> None:
    """Only now may anybody be told how much was received."""
    row.expires_at = _expiry()
    Upload.objects.filter(pk=row.pk).update(received=row.received, expires_at=row.expires_at)


def _complete(row: Upload, file: BufferedRandom, actor: User) -> None:
    if row.sha256:
        _require_announced(row, file)
    with transaction.atomic():
        _acknowledge(row)
        done = update(row, {"completed_at": timezone.now()}, actor=actor, action="upload.completed")
        row.completed_at = done.completed_at
        _ask(row, actor)
    incoming.seal(row.pk)


def _require_announced(row: Upload, file: BufferedRandom) -> None:
    file.seek(0)
    found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != row.sha256:
        row.received = 0  # which of the bytes are wrong nobody knows
        _acknowledge(row)
        raise ChecksumError(f"Expected SHA-256 {row.sha256}, got {found}; send the file again from offset 0.")


def _ask(upload: Upload, actor: User) -> Capture:
    now = timezone.now()
    capture = Capture(
        investigation=upload.investigation,
        publication=upload.publication,
        method=CaptureMethod.UPLOAD,
        upload=upload,
        requested_by=actor,
        url=upload.publication.url,
        not_before=now,
        rung_at=now,
    )
    insert(capture, actor=actor, action="capture.requested")
    transaction.on_commit(partial(jobs.ring, Capture, capture.pk, ring_archiver))
    return capture


def _expiry() -> datetime:
    return timezone.now() + timedelta(seconds=settings.UPLOAD_EXPIRES_SECONDS)


def _readable(filename: str) -> str:
    """The name as given, but for characters that would hide what it is."""
    return "".join("\ufffd" if ord(sign) < 32 or sign in TURNING else sign for sign in filename).strip()

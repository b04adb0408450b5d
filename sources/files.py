"""Handing out preserved bytes without ever letting them act on our own origin."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from io import BytesIO
from types import MappingProxyType
from typing import BinaryIO, cast

from django.http import FileResponse

from osint.errors import NotFoundError
from sources.archiving.splices import SplicedReader, Stretch
from sources.models import CaptureFile, StoredFile
from sources.ranges import requested_range
from sources.services.files import open_stored

#: Types a browser draws without running anything. Everything else is handed out as a download.
DRAWN = frozenset(
    {"image/jpeg", "image/png", "image/gif", "image/webp", "image/avif", "video/mp4", "video/webm"}
)

NO_HEADERS: Mapping[str, str] = MappingProxyType({})

EXTENSIONS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "video/mp4": "mp4",
    "video/webm": "webm",
    "text/html": "html",
    "text/plain": "txt",
    "application/pdf": "pdf",
    "application/wacz": "wacz",
    "application/wacz+zip": "wacz",
}


class PreservedResponse(FileResponse):
    """A file, or the part of it that was asked for, in pieces fit for videos."""

    block_size = 64 * 1024


def content_response(
    kept: CaptureFile, *, headers: Mapping[str, str] = NO_HEADERS, inline: bool = False
) -> PreservedResponse:
    """The file's bytes, as a download unless `inline` is asked for and the type is harmless.

    `headers` are the request's: those that ask for a part of the file are heeded.
    """
    return stored_response(kept.file, headers=headers, inline=inline)


def thumbnail_response(kept: CaptureFile) -> PreservedResponse:
    """The file's small picture. Raises NotFoundError where there is none."""
    if kept.thumbnail is None:
        raise NotFoundError
    return stored_response(kept.thumbnail, inline=True)


def stored_response(
    file: StoredFile, *, headers: Mapping[str, str] = NO_HEADERS, inline: bool = False
) -> PreservedResponse:
    """Any stored file's bytes, spliced or not: 200, or 206 and 416 where the `headers` ask for a part (RFC 9110).

    The caller has made sure that the file may be seen. Raises NotFoundError where the bytes are not there.
    """
    drawn = inline and file.media_type in DRAWN
    asked = _asked(file, headers)
    response = PreservedResponse(
        _content(file, asked),
        status=_status(asked),
        as_attachment=not drawn,
        filename=f"{file.sha256}.{EXTENSIONS.get(file.media_type, 'bin')}",
        content_type=file.media_type if drawn else "application/octet-stream",
    )
    if asked is not None:
        response["Content-Range"] = _content_range(asked, file.size)
    response["Accept-Ranges"] = "bytes"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    # The name is the content, so a copy never goes stale; it is private, so only the reader's browser keeps it.
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    response["ETag"] = _etag(file)
    return response


def _asked(file: StoredFile, headers: Mapping[str, str]) -> range | None:
    """The part that is asked for, if what the reader has of the file is of the same file."""
    if headers.get("If-Range", _etag(file)) != _etag(file):
        return None
    return requested_range(headers.get("Range", ""), file.size)


def _content(file: StoredFile, asked: range | None) -> BinaryIO:
    if asked is not None and not asked:
        return BytesIO()
    try:
        whole = open_stored(file)
    except FileNotFoundError as error:
        raise NotFoundError from error
    if asked is None:
        return whole
    return cast(BinaryIO, _Part(whole, asked))  # reading, seeking and closing is all that a response does


class _Part(SplicedReader):
    """The bytes of a range, which closes the whole even where nobody read."""

    def __init__(self, whole: BinaryIO, asked: range) -> None:
        super().__init__([Stretch(0, len(asked), lambda: whole, asked.start)])
        self._whole = whole

    def close(self) -> None:
        self._whole.close()
        super().close()


def _status(asked: range | None) -> int:
    if asked is None:
        return HTTPStatus.OK
    return HTTPStatus.PARTIAL_CONTENT if asked else HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE


def _content_range(asked: range, size: int) -> str:
    return f"bytes {asked.start}-{asked.stop - 1}/{size}" if asked else f"bytes */{size}"


def _etag(file: StoredFile) -> str:
    return f'"{file.sha256}"'

"""Handing out preserved bytes without ever letting them act on our own origin."""

from __future__ import annotations

from django.http import FileResponse

from osint.errors import NotFoundError
from sources import storage
from sources.models import CaptureFile, StoredFile

#: Types a browser draws without running anything. Everything else is handed out as a download.
DRAWN = frozenset(
    {"image/jpeg", "image/png", "image/gif", "image/webp", "image/avif", "video/mp4", "video/webm"}
)

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


def content_response(kept: CaptureFile, *, inline: bool = False) -> FileResponse:
    """The file's bytes, as a download unless `inline` is asked for and the type is harmless."""
    return _response(kept.file, inline=inline)


def thumbnail_response(kept: CaptureFile) -> FileResponse:
    """The file's small picture. Raises NotFoundError where there is none."""
    if kept.thumbnail is None:
        raise NotFoundError
    return _response(kept.thumbnail, inline=True)


def _response(file: StoredFile, *, inline: bool) -> FileResponse:
    drawn = inline and file.media_type in DRAWN
    try:
        content = storage.read(file.sha256)
    except FileNotFoundError as error:
        raise NotFoundError from error
    response = FileResponse(
        content,
        as_attachment=not drawn,
        filename=f"{file.sha256}.{EXTENSIONS.get(file.media_type, 'bin')}",
        content_type=file.media_type if drawn else "application/octet-stream",
    )
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    # The name is the content, so a copy never goes stale; it is private, so only the reader's browser keeps it.
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    response["ETag"] = f'"{file.sha256}"'
    return response

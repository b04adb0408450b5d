"""Everything that the replay origin serves: a viewer for a valid link, its parts, and the web archive itself.

There is no session, no cookie and no account here: the signed link alone says what may be read.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import condition, require_safe

from osint.access import get_one
from osint.errors import NotFoundError
from sources.files import stored_response
from sources.models import StoredFile
from sources.replay import links, origin

OURS = Path(__file__).parent / "viewer"
READER: Path = settings.NODE_MODULES / "replaywebpage"
JAVASCRIPT = "text/javascript; charset=utf-8"
#: The viewer's parts by name: where each lies, and its type.
PARTS = {
    "viewer.js": (OURS / "viewer.js", JAVASCRIPT),
    "viewer.css": (OURS / "viewer.css", "text/css; charset=utf-8"),
    "sw.js": (OURS / "sw.js", JAVASCRIPT),
    "reader.js": (READER / "sw.js", JAVASCRIPT),
    "ui.js": (READER / "ui.js", JAVASCRIPT),
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src 'self';"
    " worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors {parent}"
)
# The parts are the same for everybody; the answer to a revalidation is short.
FRESH = "no-cache"
LINK_HEADER = "Sightline-Link"


@require_safe
def viewer(request: HttpRequest, text: str) -> HttpResponse:
    """The page that shows one archive. Says so where the link has expired. Raises NotFoundError."""
    try:
        link = links.read(text)
    except links.LinkExpiredError:
        return render(request, "sources/replay/expired.html", status=403)
    require_host(request, UUID(link.capture))
    values = {"link": link, "text": text, "is_shared": origin.is_shared(), "name": archive_name(link)}
    response = render(request, "sources/replay/viewer.html", values)
    response["Content-Security-Policy"] = POLICY.format(parent=link.parent)
    return response


@require_safe
def archive(request: HttpRequest, capture: UUID, file: UUID) -> HttpResponseBase:
    """The bytes of one web archive, whole or in part. Raises LinkExpiredError, NotFoundError."""
    link = links.read(request.headers.get(LINK_HEADER, ""))
    require_host(request, capture)
    if (link.capture, link.file) != (str(capture), str(file)):
        raise NotFoundError
    response = stored_response(get_one(StoredFile.objects.all(), pk=file), headers=request.headers)
    response["Cache-Control"] = (
        "no-store"  # elsewhere the file may stay in the reader's browser; here it is a guest
    )
    return response


def etag_of(request: HttpRequest, name: str) -> str | None:
    """A part changes only with the installation."""
    if name not in PARTS or not PARTS[name][0].is_file():
        return None
    state = PARTS[name][0].stat()
    return f'"{state.st_mtime_ns:x}-{state.st_size:x}"'


@require_safe
@gzip_page
@condition(etag_func=etag_of)
def part(request: HttpRequest, name: str) -> HttpResponse:
    """One of the viewer's own files. Raises NotFoundError."""
    if name not in PARTS or not PARTS[name][0].is_file():
        raise NotFoundError
    path, media_type = PARTS[name]
    response = HttpResponse(path.read_bytes(), content_type=media_type)
    response["Cache-Control"] = FRESH
    if name.endswith(".js"):
        # Of a worker its own policy counts: it may ask nobody but this origin.
        response["Content-Security-Policy"] = "default-src 'none'; script-src 'self'; connect-src 'self'"
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


def nothing(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """The answer to everything else."""
    return HttpResponse("There is nothing here.\n", content_type="text/plain; charset=utf-8", status=404)


def fault(request: HttpRequest) -> HttpResponse:
    """The answer where we failed; the log says how."""
    return HttpResponse("Something went wrong.\n", content_type="text/plain; charset=utf-8", status=500)


def archive_name(link: links.Link) -> str:
    """The path of the archive; the reader knows a WACZ by the ending."""
    return f"/archives/{link.capture}/{link.file}.wacz"


def require_host(request: HttpRequest, capture: UUID) -> None:
    """Refuse a capture on the host of another. Raises NotFoundError."""
    if request.get_host() != origin.host_of(capture):
        raise NotFoundError

"""The form for files that people hold: works without script, and with it goes on after a break."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from osint.access import get_one
from osint.errors import SightlineError
from osint.models import Investigation, Record, Role
from osint.pages import panels, story
from osint.pages.base import CaseView
from sources.models import Publication, Upload
from sources.selectors import publications_in
from sources.services.uploads import upload_whole

UPLOADS_SHOWN = 10
UPLOAD_PHRASES = {
    "upload.begun": "began to upload",
    "upload.completed": "uploaded",
    "upload.cancelled": "gave up uploading",
    "upload.expired": "cleared away the unfinished upload of",
    "upload.repeated": "had the upload preserved once more:",
}


def register() -> None:
    """Called once, when Django starts."""
    panels.register("publication", 60, upload_panel)
    story.register("upload", story.Subject(UPLOAD_PHRASES, upload_names))


def upload_panel(case: Investigation, subject: Record) -> panels.Panel:
    """The form, and the files that were handed in for this publication."""
    rows = Upload.objects.filter(investigation=case, publication=subject.pk)
    content = {
        "uploads": rows.select_related("uploaded_by", "capture").defer("capture__facts")[:UPLOADS_SHOWN],
        "address": reverse("upload-list", kwargs={"slug": case.slug}),
        "most_bytes": settings.UPLOAD_MAX_BYTES,
    }
    return panels.Panel("sources/panels/uploads.html", content)


def upload_names(case: Investigation, ids: set[UUID]) -> dict[UUID, story.Named]:
    """Uploads by the file's name, leading to their publication."""
    rows = Upload.objects.filter(investigation=case, pk__in=ids)
    return {row.pk: story.Named(row.filename, _address(case, row.publication_id)) for row in rows}


class UploadAction(CaseView):
    """Take in a file that came with a form."""

    role = Role.RESEARCHER
    http_method_names = ["post"]

    def post(self, request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
        publication = get_one(publications_in(self.investigation), pk=pk)
        file = request.FILES.get("file")
        if file is None:
            messages.error(request, "Choose a file first.")
        else:
            self._take(publication, file)
        return HttpResponseRedirect(f"{_address(self.investigation, publication.pk)}#uploads")

    def _take(self, publication: Publication, file: UploadedFile[Any]) -> None:
        try:
            upload_whole(
                publication,
                actor=self.actor,
                filename=file.name or "unnamed",
                pieces=_pieces(file),
                size=file.size or 0,
                note=self.request.POST.get("note", ""),
            )
        except ValidationError as error:
            messages.error(self.request, " ".join(error.messages))
        except SightlineError as error:
            messages.error(self.request, error.detail)
        else:
            messages.success(self.request, "The file has arrived and is being preserved.")


def _pieces(file: UploadedFile[Any]) -> Iterator[bytes]:
    yield from file.chunks()


def _address(case: Investigation, publication_id: UUID) -> str:
    return reverse("publication", kwargs={"slug": case.slug, "pk": publication_id})

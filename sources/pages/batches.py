"""Pages of batches: handing in a list, following it, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.text import capfirst

from osint.access import get_one
from osint.errors import NotFoundError
from osint.models import JobState, User
from osint.pages.base import CaseFormPage, CasePage, CaseView, Crumb
from osint.pages.forms import PageForm
from osint.pages.keyset import page_after
from sources.address_lists import Line, read_list
from sources.models import CaptureBatch
from sources.progress import progress_of
from sources.services import batches
from sources.services.captures import ASKABLE

#: Of the refused lines so many are shown; the API has all.
REFUSED_SHOWN = 200


class BatchesPage(CasePage):
    """The lists that were handed in, newest first, and how far each is."""

    template_name = "sources/batches.html"
    title = "Batches"

    def crumbs(self) -> list[Crumb]:
        return [Crumb("Captures", self.address("captures"))]

    def twin(self) -> str:
        return self.address("batch-list")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = self.investigation.batches.select_related("requested_by").defer("refused")
        page = page_after(rows, self.request.GET.get("after"))
        return super().get_context_data(page=page, progress=progress_of(page.items), **kwargs)


class BatchForm(PageForm):
    """A list of addresses, typed or as a file."""

    addresses = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
        help_text="One in a line. Lines that begin with # are passed over.",
    )
    file = forms.FileField(
        label="Or a file",
        required=False,
        help_text="A plain list, or a CSV with a column “url” or “Link”.",
    )
    label = forms.CharField(
        max_length=200, required=False, help_text="What this list is, for those who find it later."
    )
    method = forms.ChoiceField(
        choices=[("", "Whatever fits each address"), *ASKABLE],
        required=False,
    )

    def clean_file(self) -> UploadedFile[bytes] | None:
        """Refuse what is too large to be a list."""
        file: UploadedFile[bytes] | None = self.cleaned_data["file"]
        if file is not None and (file.size or 0) > settings.BATCH_MAX_BYTES:
            most = settings.BATCH_MAX_BYTES // 1024**2
            raise ValidationError(f"Expected at most {most} MB.", code="file_too_large")
        return file

    def lines(self) -> list[Line]:
        """The addresses, those of the file where there is one."""
        file: UploadedFile[bytes] | None = self.cleaned_data["file"]
        if file is None:
            return read_list(self.cleaned_data["addresses"])
        text = file.read().decode("utf-8", "replace").replace("\x00", "\ufffd")
        return read_list(text, is_csv=(file.name or "").lower().endswith(".csv"))


class NewBatchPage(CaseFormPage):
    """Hand in a list of addresses."""

    template_name = "sources/batch_new.html"
    title = "Preserve many addresses"
    form_class = BatchForm

    def crumbs(self) -> list[Crumb]:
        return [Crumb("Captures", self.address("captures")), Crumb("Batches", self.address("batches"))]

    def get_form(self, data: Any = None) -> PageForm:
        return BatchForm(data, self.request.FILES) if data is not None else BatchForm()

    def save(self, form: PageForm) -> str:
        given = form.cleaned_data
        batch = batches.submit_batch(
            self.investigation,
            actor=self.actor,
            lines=form.lines() if isinstance(form, BatchForm) else [],
            label=given["label"],
            method=given["method"],
        )
        return self.address("batch", pk=batch.pk)


class OneBatchPage(CasePage):
    """Base of the pages about one batch."""

    @cached_property
    def batch(self) -> CaptureBatch:
        """The batch in the address, without its refused lines, which may be many. Raises NotFoundError."""
        rows = self.investigation.batches.select_related("requested_by").defer("refused")
        return get_one(rows, pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        progress = progress_of([self.batch])[self.batch.pk]
        states = [(JobState(state).label, state, progress.counts[state]) for state in JobState.values]
        return super().get_context_data(batch=self.batch, progress=progress, states=states, **kwargs)


class BatchPage(OneBatchPage):
    """One batch: how far it is, what was refused, and what can be done."""

    template_name = "sources/batch.html"

    def heading(self) -> str:
        return capfirst(str(self.batch))

    def crumbs(self) -> list[Crumb]:
        return [Crumb("Captures", self.address("captures")), Crumb("Batches", self.address("batches"))]

    def twin(self) -> str:
        return self.address("batch-detail", pk=self.batch.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        refused = self.batch.refused
        return super().get_context_data(refused=refused[:REFUSED_SHOWN], refused_count=len(refused), **kwargs)


class BatchProgressFragment(OneBatchPage):
    """The part of the page that follows a running batch."""

    template_name = "sources/fragments/batch_progress.html"


class BatchAction(CaseView):
    """Pause, resume or cancel a batch, or ask again for what failed in it."""

    http_method_names = ["post"]

    DEEDS: dict[str, Callable[..., CaptureBatch]] = {
        "pause": batches.pause_batch,
        "resume": batches.resume_batch,
        "cancel": batches.cancel_batch,
        "retry-failed": batches.retry_failed,
    }

    def post(self, request: HttpRequest, slug: str, pk: UUID, deed: str) -> HttpResponse:
        batch = get_one(self.investigation.batches.defer("refused"), pk=pk)
        return HttpResponseRedirect(self.address("batch", pk=self._done(batch, deed, self.actor).pk))

    def _done(self, batch: CaptureBatch, deed: str, actor: User) -> CaptureBatch:
        if deed not in self.DEEDS:
            raise NotFoundError
        try:
            return self.DEEDS[deed](batch, actor=actor)
        except ValidationError as error:
            messages.error(self.request, " ".join(error.messages))
            return batch

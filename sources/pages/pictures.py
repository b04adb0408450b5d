"""The page of media search: where has this picture been seen before?"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse

from osint.access import get_one
from osint.errors import BusyError
from osint.pages.base import CasePage
from osint.pages.forms import PageForm
from osint.pages.keyset import key_of
from sources.archiving.examining.examiner import ExaminerError
from sources.models import CaptureFile
from sources.selectors import files_in
from sources.services.picture_uploads import look_at
from sources.services.pictures import Match, find_alike, looks_of


class PictureForm(PageForm):
    picture = forms.FileField(
        label="Picture",
        help_text="Choose one or drop it here. It is compared and not kept.",
        widget=forms.FileInput(attrs={"accept": "image/*"}),
    )


class PicturesPage(CasePage):
    """Search with a picture of one's own, or with one that a capture kept (`?file=`)."""

    template_name = "sources/pictures.html"
    title = "Media search"

    @cached_property
    def kept(self) -> CaptureFile | None:
        """The kept file to search with, if the address names one. Raises NotFoundError."""
        asked = self.request.GET.get("file")
        return get_one(files_in(self.investigation), pk=key_of(asked)) if asked else None

    def twin(self) -> str | None:
        return self.address("file-alike", pk=self.kept.pk) if self.kept else None

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        looks = looks_of(self.kept.file) if self.kept else []
        matches = find_alike(self.actor, looks, besides=self.kept) if self.kept else None
        return self._shown(PictureForm(), matches, is_plain=not looks)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = PictureForm(request.POST, request.FILES)
        matches = self._found(form) if form.is_valid() else None
        return self._shown(form, matches, status=422 if matches is None else 200)

    def _found(self, form: PictureForm) -> list[Match] | None:
        try:
            return find_alike(self.actor, look_at(form.cleaned_data["picture"]))
        except ValidationError as error:
            form.add_problems(error)
        except BusyError as error:
            form.add_error(None, error.detail)
        except ExaminerError:
            form.add_error(None, "Pictures cannot be read at this moment. Try again in a minute.")
        return None

    def _shown(
        self, form: PictureForm, matches: list[Match] | None, status: int = 200, **kwargs: Any
    ) -> HttpResponse:
        here = [match for match in matches or [] if match.kept.case_id == self.investigation.pk]
        elsewhere = [match for match in matches or [] if match.kept.case_id != self.investigation.pk]
        context = self.get_context_data(
            form=form,
            kept=self.kept,
            has_searched=matches is not None,
            here=here,
            elsewhere=elsewhere,
            **kwargs,
        )
        return self.render_to_response(context, status=status)

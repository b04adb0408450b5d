"""Forms that keep what was typed, and show what a service refused beside the field it is about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms.renderers import DjangoTemplates


class PageRenderer(DjangoTemplates):
    """Fields as label, hint, problem and control, in that order."""

    field_template_name = "osint/forms/field.html"
    form_template_name = "osint/forms/form.html"


class PageForm(forms.Form):
    """Base of the forms in pages. They check form, not substance: that is the services' business."""

    default_renderer = PageRenderer

    #: Where a service's word for a field, or its code for a problem of the whole, differs from the form's field.
    problem_fields: ClassVar[Mapping[str, str]] = {}

    def add_problems(self, error: ValidationError) -> None:
        """Put the problems a service found beside the fields they are about, the others on top."""
        for name, problem in _problems(error):
            field = self._field_of(name, problem)
            self.add_error(field if field in self.fields else None, problem)

    def _field_of(self, name: str, problem: ValidationError) -> str:
        by_code = self.problem_fields.get(problem.code or "", name)
        return self.problem_fields.get(name, name) if by_code == name else by_code


class LogInForm(AuthenticationForm):
    """Django's own, in our words."""

    default_renderer = PageRenderer


def _problems(error: ValidationError) -> Iterator[tuple[str, ValidationError]]:
    fields = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.error_list}
    for name, problems in fields.items():
        for problem in problems:
            yield name, problem

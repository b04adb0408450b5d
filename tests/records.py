"""Reading the record of changes in tests."""

from __future__ import annotations

from django.core.exceptions import ValidationError

from osint.models import Change, Record


def actions_on(subject: Record) -> list[str]:
    """What was done to the row, in order."""
    return list(Change.objects.filter(subject_id=subject.pk).order_by("id").values_list("action", flat=True))


def last_change(subject: Record) -> Change:
    """The newest entry about the row."""
    return Change.objects.filter(subject_id=subject.pk).order_by("-id")[0]


def codes_of(refusal: ValidationError) -> list[str | None]:
    """The codes of what is wrong, whatever fields it is about."""
    return [problem.code for problems in refusal.error_dict.values() for problem in problems]

"""Uncertain dates as columns: the EDTF text as entered beside its earliest and latest day."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q

from osint.edtf import EdtfDate, EdtfError, parse_edtf


def edtf_columns(field: str, text: str) -> dict[str, Any]:
    """The columns `<field>`, `<field>_earliest` and `<field>_latest` for an EDTF text; empty text is unknown.

    Raises ValidationError (`edtf_unparsable`) on that field, saying what was expected.
    """
    text = text.strip()
    if not text:
        return {field: "", f"{field}_earliest": None, f"{field}_latest": None}
    try:
        parsed = _parsed(text)
    except ValidationError as error:
        raise ValidationError({field: error}) from error
    return {field: text, f"{field}_earliest": parsed.earliest, f"{field}_latest": parsed.latest}


def validate_edtf(text: str) -> None:
    """Validator for serialisers, so that a wrong date is said along with all else. Raises ValidationError."""
    _parsed(text)


def certainly_within(field: str, first: date, last: date) -> Q:
    """Rows whose date lies in the period (both days included) whatever the truth is."""
    return Q(**{f"{field}_earliest__gte": first, f"{field}_latest__lte": last})


def possibly_within(field: str, first: date, last: date) -> Q:
    """Rows whose date may lie in the period (both days included). An unknown date is not in any period."""
    starts = Q(**{f"{field}_earliest__lte": last}) | Q(**{f"{field}_earliest__isnull": True})
    ends = Q(**{f"{field}_latest__gte": first}) | Q(**{f"{field}_latest__isnull": True})
    return starts & ends & ~Q(**{field: ""})


def _parsed(text: str) -> EdtfDate:
    try:
        return parse_edtf(text.strip())
    except EdtfError as error:
        raise ValidationError(str(error), code=error.code) from error

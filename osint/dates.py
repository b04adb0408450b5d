"""Uncertain dates as columns: the EDTF text as entered beside its earliest and latest day."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q

from osint.edtf import EdtfError, parse_edtf


def edtf_columns(field: str, text: str) -> dict[str, Any]:
    """The columns `<field>`, `<field>_earliest` and `<field>_latest` for an EDTF text; empty text is unknown.

    Raises ValidationError (`edtf_unparsable`) on that field, saying what was expected.
    """
    text = text.strip()
    if not text:
        return {field: "", f"{field}_earliest": None, f"{field}_latest": None}
    try:
        parsed = parse_edtf(text)
    except EdtfError as error:
        raise ValidationError({field: ValidationError(str(error), code=error.code)}) from error
    return {field: text, f"{field}_earliest": parsed.earliest, f"{field}_latest": parsed.latest}


def certainly_within(field: str, first: date, last: date) -> Q:
    """Rows whose date lies in the period (both days included) whatever the truth is."""
    return Q(**{f"{field}_earliest__gte": first, f"{field}_latest__lte": last})


def possibly_within(field: str, first: date, last: date) -> Q:
    """Rows whose date may lie in the period (both days included). An unknown date is not in any period."""
    starts = Q(**{f"{field}_earliest__lte": last}) | Q(**{f"{field}_earliest__isnull": True})
    ends = Q(**{f"{field}_latest__gte": first}) | Q(**{f"{field}_latest__isnull": True})
    return starts & ends & ~Q(**{field: ""})

"""Uncertain dates as columns, and periods over them."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from osint.dates import certainly_within, edtf_columns, possibly_within
from sightings.models import Sighting
from tests import cast

JANUARY = date(2023, 1, 1), date(2023, 1, 31)


def test_text_stands_beside_its_bounds() -> None:
    assert edtf_columns("when", " 2023-01 ") == {
        "when": "2023-01",
        "when_earliest": date(2023, 1, 1),
        "when_latest": date(2023, 1, 31),
    }


def test_no_text_is_unknown() -> None:
    assert edtf_columns("when", " ") == {"when": "", "when_earliest": None, "when_latest": None}


def test_unparsable_text_is_refused_on_its_field() -> None:
    with pytest.raises(ValidationError) as refused:
        edtf_columns("when", "last Tuesday")

    assert refused.value.error_dict["when"][0].code == "edtf_unparsable"
    assert "last Tuesday" in refused.value.messages[0]


@pytest.mark.parametrize(
    ("when", "certainly", "possibly"),
    [
        ("2023-01-06", True, True),
        ("2023-01", True, True),
        ("2023-01-31/2023-02-01", False, True),
        ("2023", False, True),
        ("../2023-01-19", False, True),
        ("2023-01-19/..", False, True),
        ("2023-02-01/..", False, False),
        ("../2022-12-31", False, False),
        ("2022-12", False, False),
        ("", False, False),
    ],
)
def test_period(when: str, certainly: bool, possibly: bool, team: cast.Team) -> None:
    cast.sighting(team, when=when)

    found = [
        Sighting.objects.filter(within("when", *JANUARY)).exists()
        for within in (certainly_within, possibly_within)
    ]

    assert found == [certainly, possibly]

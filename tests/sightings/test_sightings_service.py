"""Logging sightings and attaching evidence: permissions, the record, and what stays."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from osint.errors import ConflictError, ForbiddenError, NotFoundError
from sightings.models import Equipment, Sighting
from sightings.selectors import branch_ids, with_counts
from sightings.services.catalogue import change_equipment
from sightings.services.sightings import (
    attach_evidence,
    change_evidence,
    change_sighting,
    log_sighting,
    withdraw_evidence,
)
from tests import cast
from tests.records import actions_on, last_change


def test_sighting_is_recorded_once(team: cast.Team) -> None:
    assert actions_on(cast.sighting(team)) == ["sighting.logged"]


def test_corrected_date_is_recorded_with_its_bounds(team: cast.Team) -> None:
    sighting = cast.sighting(team, when="2023-01-06")

    change_sighting(sighting, actor=team.researcher, when="2023-01-07")

    assert last_change(sighting).old == {
        "when": "2023-01-06",
        "when_earliest": "2023-01-06",
        "when_latest": "2023-01-06",
    }


def test_viewer_logs_nothing(team: cast.Team) -> None:
    with pytest.raises(ForbiddenError):
        log_sighting(team.case, actor=team.viewer, title="A launcher")


def test_outsider_attaches_nothing(team: cast.Team) -> None:
    with pytest.raises(NotFoundError):
        attach_evidence(
            cast.sighting(team), actor=team.outsider, publication=cast.publication(team), stance="supports"
        )


def test_publication_of_another_case_is_not_there(team: cast.Team, others: cast.Team) -> None:
    with pytest.raises(NotFoundError):
        attach_evidence(
            cast.sighting(team),
            actor=team.researcher,
            publication=cast.publication(others),
            stance="supports",
            credibility=2,
        )


@pytest.mark.parametrize("status", ["in review", "verified", "disputed", "rejected"])
def test_verdict_is_not_the_researchers(status: str, team: cast.Team) -> None:
    with pytest.raises(ValidationError) as refused:
        cast.sighting(team, status=status)

    assert refused.value.error_dict["status"][0].code == "status_by_review"


def test_withdrawal_is_recorded_with_its_reason(team: cast.Team) -> None:
    item = cast.evidence(team, cast.sighting(team), cast.publication(team))

    withdraw_evidence(item, actor=team.researcher, reason="Another roof")

    new = last_change(item).new
    assert new is not None
    assert (actions_on(item)[-1], new["withdrawn_reason"]) == ("evidence.withdrawn", "Another roof")


def test_withdrawal_without_a_reason_is_refused(team: cast.Team) -> None:
    item = cast.evidence(team, cast.sighting(team), cast.publication(team))

    with pytest.raises(ValidationError) as refused:
        withdraw_evidence(item, actor=team.researcher, reason="  ")

    assert refused.value.error_dict["reason"][0].code == "reason_required"


def test_stale_copy_does_not_change_withdrawn_evidence(team: cast.Team) -> None:
    item = cast.evidence(team, cast.sighting(team), cast.publication(team))
    withdraw_evidence(item, actor=team.researcher, reason="Another roof")

    with pytest.raises(ConflictError):
        change_evidence(item, actor=team.researcher, note="On reflection")


def test_counts_leave_out_what_was_withdrawn(team: cast.Team) -> None:
    sighting, publication = cast.sighting(team), cast.publication(team)
    cast.evidence(team, sighting, publication)
    cast.evidence(team, sighting, publication, stance="refutes")
    withdrawn = cast.evidence(team, sighting, publication, stance="neutral")
    withdraw_evidence(withdrawn, actor=team.researcher, reason="Off the point")

    counted: Any = with_counts(Sighting.objects.all()).get()

    assert (counted.supporting, counted.refuting, counted.other) == (1, 1, 0)


def test_ring_in_the_tree_is_gone_round_once(db: None) -> None:
    first = cast.equipment(slug="first", name="First")
    second = cast.equipment(slug="second", name="Second", parent=first)
    Equipment.objects.filter(pk=first.pk).update(parent=second)

    assert branch_ids(first) == [first.pk, second.pk]


def test_names_are_recorded(team: cast.Team) -> None:
    equipment = cast.equipment(aliases=[])

    change_equipment(equipment, actor=team.researcher, aliases=["Pantsyr"])

    assert last_change(equipment.aliases.get(name="Pantsyr")).action == "equipment.named"

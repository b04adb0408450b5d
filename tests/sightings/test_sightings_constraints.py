"""What the database itself refuses on the top floor, whoever writes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from sightings.models import Equipment, EquipmentAlias, Evidence, Place, PlaceAlias, Sighting
from sources.models import Publication
from tests import cast


@dataclass(frozen=True)
class Desk:
    """What there is: one of each in our case, and one in another."""

    team: cast.Team
    ours: Evidence
    theirs: Evidence
    elsewhere: Sighting
    spare: Publication


@pytest.fixture
def desk(team: cast.Team, others: cast.Team) -> Desk:
    ours = cast.evidence(team, cast.sighting(team), cast.publication(team))
    theirs = cast.evidence(others, cast.sighting(others), cast.publication(others))
    spare = cast.publication(team, "https://herald.example/")
    return Desk(team, ours, theirs, cast.sighting(team), spare)


@transaction.atomic
def written(row: Any) -> None:
    """Insert around the services, and have the deferred constraints looked at."""
    type(row).objects.bulk_create([row])
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def sighting(desk: Desk, **values: Any) -> Sighting:
    return Sighting(investigation=desk.team.case, title="x", logged_by=desk.team.viewer, **values)


def evidence(desk: Desk, **values: Any) -> Evidence:
    given = {
        "investigation": desk.team.case,
        "sighting": desk.ours.sighting,
        "publication": desk.spare,
        "stance": "supports",
        "credibility": 2,
        "attached_by": desk.team.viewer,
    }
    return Evidence(**given | values)


def against_itself(desk: Desk) -> Evidence:
    item = evidence(desk, stance="undercuts")
    item.undercuts = item
    return item


REFUSED: dict[str, Callable[[Desk], Any]] = {
    "sighting_status_known": lambda desk: sighting(desk, status="guessed"),
    "sighting_activity_known": lambda desk: sighting(desk, activity="asleep"),
    "sighting_quantity_ordered": lambda desk: sighting(desk, quantity_min=2, quantity_max=1),
    "sighting_dates_ordered": lambda desk: sighting(
        desk, when_earliest=date(2023, 2, 1), when_latest=date(2023, 1, 1)
    ),
    "sighting_position_whole": lambda desk: sighting(desk, latitude=1, longitude=1),
    "evidence_attached_once": lambda desk: evidence(desk, publication=desk.ours.publication),
    "evidence_stance_known": lambda desk: evidence(desk, stance="likes"),
    "evidence_credibility_known": lambda desk: evidence(desk, credibility=7),
    "evidence_undercuts_something": lambda desk: evidence(desk, stance="undercuts"),
    "evidence_not_against_itself": against_itself,
    "evidence_withdrawal_has_reason": lambda desk: evidence(desk, withdrawn_at=timezone.now()),
    "evidence_sighting_of_same_case": lambda desk: evidence(desk, sighting=desk.theirs.sighting),
    "evidence_publication_of_same_case": lambda desk: evidence(desk, publication=desk.theirs.publication),
    "evidence_undercuts_same_sighting": lambda desk: evidence(
        desk, sighting=desk.elsewhere, stance="undercuts", undercuts=desk.ours
    ),
    "equipment_kind_known": lambda desk: Equipment(slug="x", name="x", kind="rumour"),
    "place_has_position": lambda desk: Place(slug="x", name="x"),
    "place_position_whole": lambda desk: Place(
        slug="x", name="x", latitude=float("nan"), longitude=1, radius_m=1
    ),
    "equipment_alias_once": lambda desk: EquipmentAlias(equipment=cast.equipment(), name="Pantsir-S1"),
    "place_alias_once": lambda desk: PlaceAlias(place=cast.place(), name="The roof"),
}


@pytest.mark.parametrize("constraint", REFUSED)
def test_database_refuses(constraint: str, desk: Desk) -> None:
    row = REFUSED[constraint](desk)

    with pytest.raises(IntegrityError, match=constraint):
        written(row)


def test_thing_is_not_its_own_parent(db: None) -> None:
    equipment = cast.equipment()

    with pytest.raises(IntegrityError, match="equipment_not_its_own_parent"), transaction.atomic():
        Equipment.objects.update(parent=equipment)

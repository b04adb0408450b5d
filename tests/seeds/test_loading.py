"""The demonstration case goes in through the services, once, and whole."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from osint.models import Change, Investigation, User
from osint.services.tokens import find_usable_token
from sightings.models import Equipment, Evidence, Sighting
from sightings.selectors import find_equipment
from sources.models import Capture, Owner, Ownership, Publication, Source

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def vocabularies(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The vocabularies, which take a while, entered once for all tests and taken back after the last."""
    with django_db_blocker.unblock(), transaction.atomic():
        load("--vocabularies-only")
        yield
        transaction.set_rollback(True)


@pytest.fixture
def var(tmp_path: Path, settings: Any) -> Path:
    settings.VAR_DIR = tmp_path
    settings.STANDINS_URL = "http://127.0.0.1:8765"
    return tmp_path


def load(*arguments: str) -> str:
    said = StringIO()
    call_command("load_seed", *arguments, stdout=said)
    return said.getvalue()


def counts() -> list[int]:
    tables = [Investigation, Source, Publication, Capture, Sighting, Evidence, Equipment, User, Change]
    tables += [Owner, Ownership]
    return [table._default_manager.count() for table in tables]


def test_the_case_is_loaded_with_all_that_belongs_to_it(var: Path) -> None:
    load()
    case = Investigation.objects.get(slug="moscow-air-defence")
    assert Sighting.objects.filter(investigation=case).count() >= 6
    assert Source.objects.count() >= 5
    assert Publication.objects.filter(investigation=case).count() >= 8
    asked = Capture.objects.filter(investigation=case, state="queued").order_by().values("publication")
    assert asked.distinct().count() == case.publications.count()
    assert set(Evidence.objects.values_list("stance", flat=True)) == {
        "supports",
        "refutes",
        "neutral",
        "undercuts",
    }


def test_sources_are_loaded_with_who_controls_them(var: Path) -> None:
    load()
    controls = {source.name: source.control for source in Source.objects.all()}
    named = {name: control.name for name, control in controls.items() if control}
    assert named["The Guardian"] == "Scott Trust Limited"
    assert named["Russian officials"] == named["Russian military"] == "The Russian state"
    assert controls["Russian bloggers"] is None


def test_loading_twice_changes_nothing(var: Path) -> None:
    load()
    before = counts()
    assert "0 pieces of equipment and 0 places added" in load()
    assert counts() == before


def test_everything_is_in_the_record_of_changes_under_the_name_of_who_entered_it(var: Path) -> None:
    load()
    for action, actor in [
        ("investigation.opened", "admin"),
        ("source.rated", "reviewer"),
        ("sighting.logged", "researcher"),
        ("equipment.added", "sightline"),
    ]:
        assert set(Change.objects.filter(action=action).values_list("actor__username", flat=True)) == {actor}


@pytest.mark.parametrize("text", ["Панцирь-С1", "Pantsir-S1", "SA-22 Greyhound", "pantsir s1"])
def test_equipment_is_found_under_each_of_its_names(text: str) -> None:
    assert "pantsir-s1" in set(find_equipment(text).values_list("slug", flat=True))


def test_vocabularies_can_be_loaded_without_people_or_a_case() -> None:
    assert Equipment.objects.count() > 100
    assert not Investigation.objects.exists()
    assert list(User.objects.values_list("username", flat=True)) == ["sightline"]


def test_the_log_ins_work_and_are_for_their_owner_alone(var: Path, client: Client) -> None:
    load()
    path = var / "demo.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    demo = json.loads(path.read_text())
    for log_in in demo["users"].values():
        assert client.login(**log_in)
    token = find_usable_token(demo["token"], timezone.now())
    assert token is not None
    assert token.user.username == "researcher"


def test_lost_log_ins_are_made_anew(var: Path, client: Client) -> None:
    load()
    old = json.loads((var / "demo.json").read_text())
    (var / "demo.json").unlink()
    load()
    new = json.loads((var / "demo.json").read_text())
    assert client.login(**new["users"]["viewer"])
    assert not client.login(**old["users"]["viewer"])
    assert find_usable_token(old["token"], timezone.now()) is None


def test_log_ins_of_another_database_are_made_anew(var: Path, client: Client) -> None:
    (var / "demo.json").write_text("{}")
    load()
    assert client.login(**json.loads((var / "demo.json").read_text())["users"]["admin"])


def test_without_a_stand_in_site_the_command_says_what_to_set(var: Path, settings: Any) -> None:
    settings.STANDINS_URL = ""
    with pytest.raises(CommandError, match="SIGHTLINE_STANDINS"):
        load()

"""Accounts, and who may give which powers."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from osint.errors import ForbiddenError
from osint.models import User
from osint.services.people import change_user, create_user, set_password, system_user
from tests import cast
from tests.records import actions_on, last_change

STRONG = "a long and unlikely phrase"


@pytest.fixture
def staff(db: None) -> User:
    return cast.person("clerk", is_staff=True)


def test_staff_make_accounts(staff: User) -> None:
    made = create_user(actor=staff, username="newcomer", password=STRONG)

    assert made.check_password(STRONG)


def test_others_make_no_accounts(team: cast.Team) -> None:
    with pytest.raises(ForbiddenError):
        create_user(actor=team.admin, username="newcomer", password=STRONG)


@pytest.mark.parametrize("power", ["is_staff", "is_superuser"])
def test_staff_make_nobody_powerful(power: str, staff: User) -> None:
    with pytest.raises(ForbiddenError):
        create_user(actor=staff, username="newcomer", password=STRONG, **{power: True})


@pytest.mark.parametrize("power", ["is_staff", "is_superuser"])
def test_staff_give_nobody_powers(power: str, staff: User, team: cast.Team) -> None:
    with pytest.raises(ForbiddenError):
        change_user(team.viewer, actor=staff, **{power: True})


def test_staff_leave_superusers_alone(staff: User, root: User) -> None:
    with pytest.raises(ForbiddenError):
        set_password(root, actor=staff, password=STRONG)


def test_superuser_gives_powers(root: User, team: cast.Team) -> None:
    assert change_user(team.viewer, actor=root, is_staff=True).is_staff


def test_nobody_gives_the_system_account_a_password(root: User) -> None:
    with pytest.raises(ForbiddenError):
        set_password(system_user(), actor=root, password=STRONG)


def test_nobody_wakes_the_system_account(root: User) -> None:
    with pytest.raises(ForbiddenError):
        change_user(system_user(), actor=root, is_active=True)


def test_weak_password_is_refused(staff: User) -> None:
    with pytest.raises(ValidationError) as refused:
        create_user(actor=staff, username="newcomer", password="short")

    assert {problem.code for problem in refused.value.error_list} == {"password_too_short"}


def test_people_change_their_own_password(team: cast.Team) -> None:
    set_password(team.viewer, actor=team.viewer, password=STRONG)

    assert User.objects.get(pk=team.viewer.pk).check_password(STRONG)


def test_people_change_nobody_elses_password(team: cast.Team) -> None:
    with pytest.raises(ForbiddenError):
        set_password(team.viewer, actor=team.admin, password=STRONG)


def test_new_password_is_recorded_without_its_text(team: cast.Team) -> None:
    set_password(team.viewer, actor=team.viewer, password=STRONG)

    change = last_change(team.viewer)
    assert (change.action, change.old, change.new) == ("user.password_set", None, None)


def test_logging_in_is_no_change(team: cast.Team) -> None:
    Client().force_login(team.viewer)

    assert actions_on(team.viewer) == ["user.created"]


def test_the_account_of_the_product_is_not_taken_over_under_another_name(root: User) -> None:
    renamed = system_user()
    renamed.username = "somebody"

    with pytest.raises(ForbiddenError):
        set_password(renamed, actor=root, password=cast.PASSWORD)
    with pytest.raises(ForbiddenError):
        change_user(renamed, actor=root, is_active=True)


def test_a_username_stays(root: User, team: cast.Team) -> None:
    with pytest.raises(ForbiddenError):
        change_user(team.viewer, actor=root, username="renamed")

"""Opening cases and deciding who works on them."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from osint.errors import ConflictError, ForbiddenError, NotFoundError
from osint.models import Investigation, Membership, Role, User
from osint.services.investigations import (
    change_role,
    grant_membership,
    open_investigation,
    revoke_membership,
)
from tests import cast
from tests.records import actions_on


def membership(team: cast.Team, user: User) -> Membership:
    return Membership.objects.get(investigation=team.case, user=user)


def test_whoever_opens_a_case_becomes_its_admin(team: cast.Team) -> None:
    assert membership(team, team.admin).role == Role.ADMIN


def test_slug_is_taken_once(team: cast.Team) -> None:
    with pytest.raises(ValidationError) as refused:
        open_investigation(actor=team.admin, slug="roofs", title="Again")

    assert refused.value.error_dict["slug"][0].code == "unique"


def test_nobody_gives_themselves_rights_on_the_catalogue_by_opening_a_case(team: cast.Team) -> None:
    for user in (team.viewer, team.researcher, team.reviewer, team.outsider):
        with pytest.raises(ForbiddenError):
            open_investigation(actor=user, slug="mine", title="My own")


def test_granted_role_is_recorded(team: cast.Team) -> None:
    granted = grant_membership(team.case, actor=team.admin, user=team.outsider, role=Role.VIEWER)

    assert actions_on(granted) == ["membership.granted"]


def test_researcher_lets_nobody_in(team: cast.Team) -> None:
    with pytest.raises(ForbiddenError):
        grant_membership(team.case, actor=team.researcher, user=team.outsider, role=Role.VIEWER)


def test_outsider_is_told_there_is_no_case(team: cast.Team) -> None:
    with pytest.raises(NotFoundError):
        grant_membership(team.case, actor=team.outsider, user=team.outsider, role=Role.ADMIN)


def test_superuser_may_let_somebody_in_so_that_no_case_is_locked_out(team: cast.Team, root: User) -> None:
    granted = grant_membership(team.case, actor=root, user=team.outsider, role=Role.ADMIN)

    assert granted == membership(team, team.outsider)


def test_last_admin_keeps_the_role(team: cast.Team) -> None:
    with pytest.raises(ConflictError):
        change_role(membership(team, team.admin), actor=team.admin, role=Role.VIEWER)


def test_last_admin_stays(team: cast.Team) -> None:
    with pytest.raises(ConflictError):
        revoke_membership(membership(team, team.admin), actor=team.admin)


def test_admin_may_leave_when_another_stays(team: cast.Team) -> None:
    change_role(membership(team, team.viewer), actor=team.admin, role=Role.ADMIN)

    revoke_membership(membership(team, team.admin), actor=team.viewer)

    assert list(team.case.memberships.filter(role=Role.ADMIN)) == [membership(team, team.viewer)]


def test_database_keeps_one_membership_per_person(team: cast.Team) -> None:
    with pytest.raises(IntegrityError, match="membership_once_per_person"), transaction.atomic():
        Membership.objects.create(investigation=team.case, user=team.viewer, role=Role.ADMIN)


def test_database_knows_the_roles(team: cast.Team) -> None:
    with pytest.raises(IntegrityError, match="membership_role_known"), transaction.atomic():
        Membership.objects.create(investigation=team.case, user=team.outsider, role="king")


@pytest.mark.django_db(transaction=True)
def test_two_admins_leaving_at_once_leave_one() -> None:
    team = cast.team()
    change_role(membership(team, team.viewer), actor=team.admin, role=Role.ADMIN)

    def leave(user: User) -> None:
        revoke_membership(membership(team, user), actor=user)

    at_once(lambda: leave(team.admin), lambda: leave(team.viewer))

    assert Investigation.objects.get().memberships.filter(role=Role.ADMIN).count() == 1


def at_once(*deeds: Callable[[], object]) -> None:
    """Run each deed in a thread of its own; refusals are what is being tested, so they are no failure."""
    barrier = threading.Barrier(len(deeds))

    def run(deed: Callable[[], object]) -> None:
        try:
            barrier.wait(timeout=10)
            deed()
        except (ConflictError, NotFoundError):
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

"""Every write is recorded once, in the transaction that makes it, for good."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from osint.errors import ConflictError, NotFoundError
from osint.models import Change, Investigation, Membership, Role
from osint.services.changes import insert, insert_many, remove
from osint.services.investigations import change_investigation, revoke_membership
from osint.services.people import system_user
from osint.services.tokens import issue_token
from tests import cast
from tests.records import actions_on, last_change


def test_insertion_records_the_whole_row(team: cast.Team) -> None:
    change = Change.objects.get(subject_id=team.case.pk, action="investigation.opened")

    assert (change.old, change.actor.username) == (None, "roofs-admin")
    assert change.investigation_id == team.case.pk
    assert change.new == {"id": str(team.case.pk), "slug": "roofs", "title": team.case.title, "summary": ""}


def test_change_records_old_and_new_of_what_changed(team: cast.Team) -> None:
    change_investigation(team.case, actor=team.admin, title="Rooftops", summary="")

    change = last_change(team.case)
    assert (change.old, change.new) == ({"title": "The case of roofs"}, {"title": "Rooftops"})


def test_change_of_nothing_records_nothing(team: cast.Team) -> None:
    change_investigation(team.case, actor=team.admin, title=team.case.title)

    assert actions_on(team.case) == ["investigation.opened"]


def test_refused_change_records_nothing(team: cast.Team) -> None:
    with pytest.raises(ValidationError):
        change_investigation(team.case, actor=team.admin, title="")

    assert actions_on(team.case) == ["investigation.opened"]


def test_insertion_that_lost_a_race_is_a_conflict(team: cast.Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Investigation, "full_clean", lambda self, **_: None)

    with pytest.raises(ConflictError) as refused:
        insert(Investigation(slug="roofs", title="Secret"), actor=team.admin, action="investigation.opened")

    assert "slug" in refused.value.detail
    assert "Secret" not in refused.value.detail


def test_password_is_never_recorded(team: cast.Team) -> None:
    recorded = Change.objects.get(subject_id=team.viewer.pk).new or {}

    assert "password" not in recorded
    assert recorded["username"] == "roofs-viewer"


def test_token_is_recorded_without_its_secret(team: cast.Team) -> None:
    token, text = issue_token(actor=team.viewer, name="scripts")

    recorded = str(last_change(token).new)
    assert token.prefix in recorded
    assert text.rpartition("_")[2] not in recorded
    assert token.digest not in recorded


@pytest.mark.parametrize(
    "statement",
    ["UPDATE osint_change SET action = 'x'", "DELETE FROM osint_change", "TRUNCATE osint_change"],
    ids=["update", "delete", "truncate"],
)
def test_database_refuses_to_rewrite_the_record(statement: str, team: cast.Team) -> None:
    with pytest.raises(DatabaseError, match="append-only"):
        run("SET CONSTRAINTS ALL IMMEDIATE", statement)  # or pending checks would be what refuses TRUNCATE


def test_record_outlives_its_subject(team: cast.Team) -> None:
    membership = Membership.objects.get(user=team.viewer)
    key = membership.pk

    revoke_membership(membership, actor=team.admin)

    entry = Change.objects.get(subject_id=key, action="membership.revoked")
    assert entry.old is not None
    assert entry.old["role"] == Role.VIEWER


def test_flush_leaves_the_system_account(transactional_db: None) -> None:
    call_command("flush", interactive=False, verbosity=0)

    assert not system_user().is_active
    assert not Change.objects.exists()


@transaction.atomic
def run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def test_a_row_that_is_gone_is_not_removed_twice(team: cast.Team) -> None:
    membership = team.case.memberships.get(user=team.viewer)
    remove(membership, actor=team.admin, action="membership.revoked")
    again = Membership(pk=membership.pk, investigation=team.case, user=team.viewer)

    with pytest.raises(NotFoundError):
        remove(again, actor=team.admin, action="membership.revoked")


def cases(*slugs: str) -> list[Investigation]:
    return [Investigation(slug=slug, title=f"The case of {slug}") for slug in slugs]


def test_many_rows_are_inserted_and_each_recorded_whole(db: None, django_assert_max_num_queries: Any) -> None:
    actor = system_user()
    # Two rows of each kind, and what begins and ends transactions within the test's own.
    with django_assert_max_num_queries(10):
        rows = insert_many(cases("one", "two"), actor=actor, action="investigation.opened")

    assert [last_change(row).new for row in rows] == [row.snapshot() | {"id": str(row.pk)} for row in rows]


def test_one_wrong_value_keeps_all_out(db: None) -> None:
    with pytest.raises(ValidationError):
        insert_many(cases("one", "Not A Slug"), actor=system_user(), action="investigation.opened")

    assert not Investigation.objects.exists()


def test_one_row_that_is_there_already_keeps_all_out(team: cast.Team) -> None:
    with pytest.raises(ConflictError, match="slug"):
        insert_many(cases("one", "roofs"), actor=system_user(), action="investigation.opened")

    assert not Investigation.objects.filter(slug="one").exists()
    assert not Change.objects.filter(new__slug="one").exists()


def test_inserting_nothing_writes_nothing(db: None) -> None:
    assert list(insert_many([], actor=system_user(), action="investigation.opened")) == []

"""Telling people, and what they do with what they are told."""

from __future__ import annotations

import pytest
from django.utils import timezone

from osint.access import memberships_of
from osint.errors import ForbiddenError, NotFoundError
from osint.models import Change, Notice, NoticeKind, User
from osint.selectors import notices_for, unread_for
from osint.services.discussion import notify
from osint.services.investigations import revoke_membership
from osint.services.notices import choose_mail, mark_all_read, mark_read
from osint.services.people import system_user
from osint.services.tokens import issue_token
from tests import cast
from tests.cast import Team
from tests.records import last_change

pytestmark = pytest.mark.django_db


def tell(team: Team, *people: User, text: str = "") -> list[Notice]:
    return notify(
        team.case,
        actor=system_user(),
        recipients=people,
        kind=NoticeKind.FLAG,
        subject=cast.sighting(team),
        text=text,
    )


def with_token(user: User, team: Team) -> User:
    """The user as a program that may reach the team's case only."""
    token = issue_token(actor=user, name="program", investigation=team.case)[0]
    program = User.objects.get(pk=user.pk)
    program.api_token = token
    return program


def test_only_people_of_the_case_are_told_and_each_once(team: Team) -> None:
    tell(team, team.viewer, team.viewer, team.outsider)

    assert [notice.recipient for notice in Notice.objects.all()] == [team.viewer]


def test_whoever_did_it_is_not_told(team: Team) -> None:
    done = notify(
        team.case,
        actor=team.reviewer,
        recipients=[team.reviewer, team.researcher],
        kind=NoticeKind.DECISION,
        subject=cast.sighting(team),
    )

    assert [notice.recipient for notice in done] == [team.researcher]


def test_a_long_text_is_cut(team: Team) -> None:
    (notice,) = tell(team, team.viewer, text="x" * 1000)

    assert len(notice.words) == 300


def test_telling_is_no_entry_of_the_record(team: Team) -> None:
    tell(team, team.viewer)

    assert not Change.objects.filter(subject_type="notice").exists()


def test_what_concerned_a_case_is_gone_with_the_membership(team: Team) -> None:
    tell(team, team.viewer)
    revoke_membership(team.case.memberships.get(user=team.viewer), actor=team.admin)

    assert not notices_for(team.viewer).exists()


def test_a_token_for_one_case_shows_its_notices_only(team: Team, others: Team) -> None:
    cast.let_in(others, team.viewer)
    here, there = tell(team, team.viewer)[0], tell(others, team.viewer)[0]

    program = with_token(team.viewer, others)

    assert set(notices_for(team.viewer)) == {here, there}
    assert list(notices_for(program)) == [there]
    assert memberships_of(program).count() == 1


def test_reading_counts_the_first_time(team: Team) -> None:
    (notice,) = tell(team, team.viewer)
    first = mark_read(notice, actor=team.viewer).read_at

    assert first is not None
    assert mark_read(notice, actor=team.viewer).read_at == first


def test_nobody_reads_for_another(team: Team) -> None:
    (notice,) = tell(team, team.viewer)

    with pytest.raises(NotFoundError):
        mark_read(notice, actor=team.admin)


def test_all_are_marked_but_what_came_since(team: Team) -> None:
    (seen,), (since,) = tell(team, team.viewer), tell(team, team.viewer)
    tell(team, team.admin)

    assert mark_all_read(actor=team.viewer, until=seen.pk) == 1
    assert list(unread_for(team.viewer)) == [since]
    assert mark_all_read(actor=team.viewer) == 1
    assert unread_for(team.admin).count() == 1


def test_a_token_for_one_case_marks_its_notices_only(team: Team, others: Team) -> None:
    cast.let_in(others, team.viewer)
    tell(team, team.viewer), tell(others, team.viewer)

    assert mark_all_read(actor=with_token(team.viewer, others)) == 1
    assert unread_for(team.viewer).get().investigation == team.case


def test_e_mail_is_turned_off_and_that_is_recorded(team: Team) -> None:
    changed = choose_mail(actor=team.viewer, wanted=False)

    assert not changed.wants_mail
    assert (last_change(changed).action, last_change(changed).new) == (
        "user.mail_chosen",
        {"wants_mail": False},
    )


def test_a_token_for_one_case_does_not_decide_about_e_mail(team: Team) -> None:
    with pytest.raises(ForbiddenError):
        choose_mail(actor=with_token(team.viewer, team), wanted=False)


def test_counting_what_is_unread_reads_the_index_of_unread_notices(team: Team) -> None:
    Notice.objects.bulk_create(
        Notice(
            investigation=team.case,
            recipient=team.viewer,
            sender=team.admin,
            kind=NoticeKind.REPLY,
            subject_type="sighting",
            subject_id=team.case.pk,
            read_at=timezone.now(),
        )
        for _ in range(3000)
    )
    tell(team, team.viewer)
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE osint_notice")

    assert "notice_unread" in unread_for(team.viewer).explain()

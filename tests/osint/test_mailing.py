"""E-mail: what is sent to whom through a real server, and that it is sent once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import Settings

from osint.models import Notice, NoticeKind, User
from osint.services.discussion import notify, write_comment
from osint.services.investigations import revoke_membership
from osint.services.mailing import claim_digest, mail_notices
from osint.services.notices import choose_mail, mark_all_read
from osint.services.people import change_user, system_user
from osint.tasks import mail_notices as task
from tests import cast
from tests.cast import Team
from tests.mailserver import Mailbox, mail_server

pytestmark = pytest.mark.django_db


@pytest.fixture
def mail(settings: Settings) -> Iterator[Mailbox]:
    """A mail server, which the operator has named."""
    with mail_server() as box:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", box.port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_TIMEOUT = 5
        settings.DEFAULT_FROM_EMAIL = "Sightline <sightline@desk.example>"
        settings.SIGHTLINE_URL = "https://sightline.example/"
        yield box


def address_of(user: User, address: str = "") -> User:
    """Give the user an address."""
    return change_user(user, actor=system_user(), email=address or f"{user.username}@post.example")


@pytest.fixture
def desk(team: Team) -> Team:
    """The team, its viewer with an e-mail address."""
    address_of(team.viewer)
    return team


def tell(team: Team, *people: User, kind: NoticeKind = NoticeKind.FLAG) -> list[Notice]:
    return notify(
        team.case,
        actor=system_user(),
        recipients=people or [team.viewer],
        kind=kind,
        subject=cast.sighting(team),
        text="Something about the snow",
    )


def test_a_person_gets_one_message_for_all_that_waits(desk: Team, mail: Mailbox) -> None:
    tell(desk, kind=NoticeKind.MENTION)
    tell(desk, kind=NoticeKind.MENTION)
    tell(desk, kind=NoticeKind.ASSIGNMENT)

    assert mail_notices() == 1
    ((recipient, message),) = mail.messages
    assert (recipient, message["Subject"]) == ("roofs-viewer@post.example", "Sightline: 3 notices")
    assert message["From"] == "Sightline <sightline@desk.example>"
    assert message.get_content_type() == "text/plain"
    assert "2 × somebody mentions you\n- 1 × somebody asks you to see to it" in mail.text()
    assert "https://sightline.example/notices/?unread=1\n" in mail.text()


def test_a_message_tells_nothing_of_the_case(desk: Team, mail: Mailbox) -> None:
    write_comment(
        desk.case,
        actor=desk.researcher,
        subject_type="sighting",
        subject_id=cast.sighting(desk).pk,
        text=f"@{desk.viewer.username} the snow",
    )
    mail_notices()

    for secret in ("snow", "launcher", "roofs", desk.researcher.username, desk.case.title):
        assert secret not in mail.text()


def test_what_was_mailed_is_not_mailed_again(desk: Team, mail: Mailbox) -> None:
    tell(desk)

    assert (mail_notices(), mail_notices()) == (1, 0)
    assert Notice.objects.get().mailed_at is not None


def test_the_task_sends_what_waits(desk: Team, mail: Mailbox) -> None:
    tell(desk)
    task()

    assert len(mail.messages) == 1


def test_what_was_read_meanwhile_is_not_mailed(desk: Team, mail: Mailbox) -> None:
    tell(desk)
    mark_all_read(actor=desk.viewer)

    assert mail_notices() == 0


def test_what_is_no_news_any_more_is_not_mailed(desk: Team, mail: Mailbox) -> None:
    tell(desk)
    Notice.objects.update(created_at=timezone.now() - timedelta(days=2))

    assert mail_notices() == 0


def test_whoever_turned_e_mail_off_gets_none(desk: Team, mail: Mailbox) -> None:
    choose_mail(actor=desk.viewer, wanted=False)
    tell(desk)

    assert mail_notices() == 0


def test_whoever_has_no_address_or_no_log_in_gets_none(desk: Team, mail: Mailbox) -> None:
    address_of(desk.reviewer)
    tell(desk, desk.admin, desk.reviewer)
    change_user(desk.reviewer, actor=system_user(), is_active=False)

    assert mail_notices() == 0


def test_whoever_left_the_case_gets_none(desk: Team, mail: Mailbox) -> None:
    tell(desk)
    revoke_membership(desk.case.memberships.get(user=desk.viewer), actor=desk.admin)

    assert mail_notices() == 0


def test_without_a_mail_server_nothing_is_claimed(desk: Team, settings: Settings) -> None:
    settings.EMAIL_HOST = ""
    tell(desk)

    assert mail_notices() == 0
    assert Notice.objects.get().mailed_at is None


def test_a_server_that_is_away_costs_nobody_their_message(
    desk: Team, mail: Mailbox, settings: Settings
) -> None:
    tell(desk)
    settings.EMAIL_PORT = 1  # nobody listens there
    assert mail_notices() == 0

    settings.EMAIL_PORT = mail.port
    assert mail_notices() == 1


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA", "message"])
def test_what_the_server_puts_off_is_sent_later(desk: Team, mail: Mailbox, command: str) -> None:
    tell(desk)
    mail.answers[command] = "451 Come back later"
    assert (mail_notices(), mail.messages) == (0, [])

    del mail.answers[command]
    assert mail_notices() == 1


def test_what_the_server_refuses_for_good_is_not_sent_again(desk: Team, mail: Mailbox) -> None:
    tell(desk)
    mail.answers["RCPT"] = "550 No such person"
    mail_notices()

    del mail.answers["RCPT"]
    assert mail_notices() == 0


def test_what_may_have_arrived_is_not_sent_again(desk: Team, mail: Mailbox) -> None:
    tell(desk)
    mail.answers["message"] = "hang up"
    mail_notices()

    del mail.answers["message"]
    assert mail_notices() == 0


def test_one_refused_address_does_not_stand_in_the_way_of_others(desk: Team, mail: Mailbox) -> None:
    address_of(desk.admin)
    tell(desk, desk.viewer, desk.admin)
    mail.answers["RCPT"] = "421 Too many"
    assert mail_notices() == 0
    assert mail.connections >= 2

    del mail.answers["RCPT"]
    assert mail_notices() == 2


def test_an_address_that_is_no_header_is_no_fault(desk: Team, mail: Mailbox) -> None:
    User.objects.filter(pk=desk.viewer.pk).update(email="x@post.example\nBcc: y@post.example")
    address_of(desk.admin)
    tell(desk, desk.viewer, desk.admin)

    mail_notices()

    assert mail.recipients() == [f"{desk.admin.username}@post.example"]


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_at_once_each_message_is_sent_by_one(mail: Mailbox) -> None:
    team = cast.team()
    people = [cast.person(f"person-{number}", email=f"{number}@post.example") for number in range(12)]
    for person in people:
        cast.let_in(team, person)
    tell(team, *people)
    tell(team, *people)

    sent = in_parallel(4)

    assert sum(sent) == 12
    assert mail.recipients() == sorted(person.email for person in people)
    assert {message["Subject"] for _, message in mail.messages} == {"Sightline: 2 notices"}


@pytest.mark.django_db(transaction=True)
def test_a_claim_under_way_is_passed_over() -> None:
    team = cast.team()
    address_of(team.viewer)
    tell(team)

    with transaction.atomic():
        mine = claim_digest()
        with ThreadPoolExecutor(1) as pool:
            theirs = pool.submit(claimed_elsewhere).result()

    assert mine is not None
    assert mine.person == team.viewer
    assert theirs is None


def in_parallel(workers: int) -> list[int]:
    """How many messages each of the workers sent."""

    def work(_: int) -> int:
        try:
            return mail_notices()
        finally:
            connection.close()

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(work, range(workers)))


def claimed_elsewhere() -> object:
    """What another connection gets."""
    try:
        return claim_digest()
    finally:
        connection.close()

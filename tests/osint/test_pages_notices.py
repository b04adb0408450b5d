"""The reader's notices: the page, the count in the header, and what is done there."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from osint.models import Notice, NoticeKind, User
from osint.selectors import unread_for
from osint.services.discussion import assign, notify, withdraw_comment, write_comment
from osint.services.investigations import revoke_membership
from osint.services.people import change_user, system_user
from tests import cast
from tests.cast import Team

pytestmark = pytest.mark.django_db

PAGE = "/notices/"


def tell(team: Team, person: User, text: str = "") -> Notice:
    subject = cast.sighting(team)
    return notify(
        team.case, actor=system_user(), recipients=[person], kind=NoticeKind.FLAG, subject=subject, text=text
    )[0]


def mention(team: Team, text: str = "look") -> Notice:
    write_comment(
        team.case,
        actor=team.researcher,
        subject_type="sighting",
        subject_id=cast.sighting(team).pk,
        text=f"@{team.viewer.username} {text}",
    )
    return Notice.objects.latest("pk")


def shown(client: Client, path: str = PAGE) -> str:
    return client.get(path).content.decode()


def test_a_stranger_is_sent_to_the_log_in(client: Client) -> None:
    assert client.get(PAGE)["Location"] == f"/login/?next={PAGE}"


def test_a_mention_leads_to_the_comment(client: Client, team: Team) -> None:
    notice = mention(team)
    client.force_login(team.viewer)

    page = shown(client)

    assert "<b>roofs-researcher</b> mentions you: sighting" in page
    (link,) = re.findall(r'href="(/cases/roofs/discussion/[^"]+)"', page)
    assert link.endswith(f"#comment-{notice.comment_id}")
    assert f'id="comment-{notice.comment_id}"' in shown(client, link)


def test_what_is_no_comment_leads_to_the_thing(client: Client, team: Team) -> None:
    notice = tell(team, team.viewer, "The source was rated anew")
    client.force_login(team.viewer)

    page = shown(client)

    assert f'href="{reverse("sighting", kwargs={"slug": "roofs", "pk": notice.subject_id})}"' in page
    assert "The source was rated anew" in page


def test_what_is_no_longer_there_is_said_so(client: Client, team: Team) -> None:
    notice = tell(team, team.viewer)
    Notice.objects.filter(pk=notice.pk).update(subject_id=notice.pk)
    client.force_login(team.viewer)

    assert "no longer there" in shown(client)


def test_a_withdrawn_comment_is_not_repeated(client: Client, team: Team) -> None:
    comment = mention(team, "a-secret").comment
    assert comment is not None
    client.force_login(team.viewer)
    assert "a-secret" in shown(client)

    withdraw_comment(comment, actor=team.researcher)

    assert "a-secret" not in shown(client)


def test_hostile_words_stay_words(client: Client, team: Team) -> None:
    mention(team, "<script>alert(1)</script>")
    client.force_login(team.viewer)

    assert "<script>alert" not in shown(client)


def test_the_header_of_every_page_says_how_many_wait(client: Client, team: Team) -> None:
    client.force_login(team.viewer)
    assert "bell-count" not in shown(client, "/")

    tell(team, team.viewer), tell(team, team.viewer), tell(team, team.admin)

    for path in ("/", "/cases/roofs/", PAGE, "/nothing-here/"):
        assert '<span class="bell-count">2<span' in shown(client, path)


def test_the_count_ends_where_it_says_no_more(client: Client, team: Team) -> None:
    subject = cast.sighting(team)
    for _ in range(101):
        notify(
            team.case,
            actor=team.admin,
            recipients=[team.viewer],
            kind=NoticeKind.FLAG,
            subject=subject,
        )
    client.force_login(team.viewer)

    assert '<span class="bell-count">99+<span' in shown(client, "/")


def test_a_case_left_behind_is_not_counted(client: Client, team: Team) -> None:
    tell(team, team.viewer)
    revoke_membership(team.case.memberships.get(user=team.viewer), actor=team.admin)
    client.force_login(team.viewer)

    assert "bell-count" not in shown(client)


def test_one_notice_is_marked_as_read(client: Client, team: Team) -> None:
    notice = tell(team, team.viewer)
    client.force_login(team.viewer)

    answer = client.post(reverse("notice-read", kwargs={"pk": notice.pk}), {"unread": "1"})

    assert answer["Location"] == f"{PAGE}?unread=1"
    assert not unread_for(team.viewer).exists()
    assert "You have read everything" in shown(client, f"{PAGE}?unread=1")


def test_anothers_notice_is_not_there(client: Client, team: Team) -> None:
    notice = tell(team, team.viewer)
    client.force_login(team.admin)

    assert client.post(reverse("notice-read", kwargs={"pk": notice.pk})).status_code == 404


def test_all_on_the_screen_are_marked_and_no_more(client: Client, team: Team) -> None:
    tell(team, team.viewer)
    client.force_login(team.viewer)
    (until,) = re.findall(r'name="until" value="([^"]+)"', shown(client))
    later = tell(team, team.viewer)

    client.post(reverse("notices-read"), {"until": until})

    assert list(unread_for(team.viewer)) == [later]


def test_looking_marks_nothing(client: Client, team: Team) -> None:
    tell(team, team.viewer)
    client.force_login(team.viewer)
    shown(client)

    assert client.get(reverse("notices-read")).status_code == 405
    assert unread_for(team.viewer).count() == 1


def test_e_mail_is_offered_only_where_it_is_sent(client: Client, team: Team, settings: Settings) -> None:
    client.force_login(team.viewer)
    assert "E-mail" not in shown(client)

    settings.EMAIL_HOST, settings.DEFAULT_FROM_EMAIL = "mail.example", "desk@mail.example"
    settings.SIGHTLINE_URL = "https://sightline.example"
    assert "has no e-mail address" in shown(client)

    change_user(team.viewer, actor=system_user(), email="viewer@post.example")
    assert "Messages to viewer@post.example" in shown(client)


def test_e_mail_is_turned_off_and_on(client: Client, team: Team) -> None:
    client.force_login(team.viewer)

    client.post(reverse("notices-mail"), {})
    assert not User.objects.get(pk=team.viewer.pk).wants_mail

    client.post(reverse("notices-mail"), {"wanted": "1"})
    assert User.objects.get(pk=team.viewer.pk).wants_mail


def test_the_page_names_its_twin(client: Client, team: Team) -> None:
    tell(team, team.viewer)
    client.force_login(team.viewer)

    for path in (PAGE, f"{PAGE}?unread=1"):
        twin = client.get(path).context["twin"]
        assert len(client.get(twin).json()["results"]) == 1


def test_many_notices_cost_no_more_than_one(client: Client, team: Team) -> None:
    client.force_login(team.viewer)
    costs = []
    for amount in (1, 6):
        for _ in range(amount):
            mention(team)
        with CaptureQueriesContext(connection) as queries:
            shown(client)
        costs.append(len(queries))

    assert costs[1] <= costs[0]


def test_what_the_reader_is_to_see_to_is_listed(client: Client, team: Team) -> None:
    subject = cast.sighting(team, title="The launcher by the river")
    about = {"subject_type": "sighting", "subject_id": subject.pk}
    assign(team.case, actor=team.researcher, username=team.viewer.username, **about)  # type: ignore[arg-type]  # a mapping of both
    client.force_login(team.viewer)
    assert "You are to see to" in shown(client)

    assign(team.case, actor=team.researcher, username=team.admin.username, **about)  # type: ignore[arg-type]  # as above

    assert "You are to see to" not in shown(client)

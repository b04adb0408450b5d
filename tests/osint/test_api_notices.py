"""One's own notices over the API."""

from __future__ import annotations

from uuid import uuid4

from osint.api.problems import NOT_FOUND
from osint.models import Notice, NoticeKind, User
from osint.services.discussion import notify, write_comment
from osint.services.investigations import revoke_membership
from osint.services.people import system_user
from tests import cast
from tests.cast import Team
from tests.clients import API, client_of, client_with, ids_of, token_of

NOTICES = f"{API}/notices/"


def tell(team: Team, person: User) -> Notice:
    subject = cast.sighting(team)
    return notify(
        team.case, actor=system_user(), recipients=[person], kind=NoticeKind.FLAG, subject=subject, text="New"
    )[0]


def test_notices_of_all_cases_are_listed_newest_first(team: Team, others: Team) -> None:
    cast.let_in(others, team.viewer)
    first, second = tell(team, team.viewer), tell(others, team.viewer)
    tell(team, team.admin)

    rows = client_of(team.viewer).get(NOTICES).json()["results"]

    assert [(row["id"], row["investigation"]) for row in rows] == [
        (str(second.pk), "fields"),
        (str(first.pk), "roofs"),
    ]
    assert (rows[0]["kind"], rows[0]["text"], rows[0]["sender"]["username"]) == ("flag", "New", "sightline")


def test_a_mention_shows_the_words_and_names_the_comment(team: Team) -> None:
    subject = cast.sighting(team)
    comment = write_comment(
        team.case,
        actor=team.researcher,
        subject_type="sighting",
        subject_id=subject.pk,
        text=f"@{team.viewer.username} look",
    )

    (row,) = client_of(team.viewer).get(NOTICES).json()["results"]

    assert (row["comment"], row["text"]) == (str(comment.pk), "@roofs-viewer look")


def test_the_list_is_narrowed(team: Team, others: Team) -> None:
    cast.let_in(others, team.viewer)
    read, unread = tell(team, team.viewer), tell(others, team.viewer)
    client = client_of(team.viewer)
    client.post(f"{NOTICES}{read.pk}/read/")

    assert ids_of(client.get(f"{NOTICES}?unread=true")) == [str(unread.pk)]
    assert ids_of(client.get(f"{NOTICES}?unread=false")) == [str(read.pk)]
    assert ids_of(client.get(f"{NOTICES}?investigation=fields")) == [str(unread.pk)]
    assert ids_of(client.get(f"{NOTICES}?kind=mention")) == []


def test_what_belongs_to_a_case_left_behind_is_gone(team: Team) -> None:
    notice = tell(team, team.viewer)
    revoke_membership(team.case.memberships.get(user=team.viewer), actor=team.admin)
    client = client_of(team.viewer)

    assert ids_of(client.get(NOTICES)) == []
    assert client.post(f"{NOTICES}{notice.pk}/read/").json() == NOT_FOUND


def test_a_token_for_one_case_shows_only_its_notices(team: Team, others: Team) -> None:
    cast.let_in(others, team.viewer)
    here, there = tell(team, team.viewer), tell(others, team.viewer)
    client = client_with(token_of(team.viewer, team.case))

    assert ids_of(client.get(NOTICES)) == [str(here.pk)]
    assert client.post(f"{NOTICES}{there.pk}/read/").status_code == 404
    assert client.post(f"{NOTICES}read/", {}).json() == {"marked": 1}


def test_anothers_notice_is_the_same_as_a_missing_one(team: Team) -> None:
    theirs, client = tell(team, team.admin), client_of(team.viewer)

    answers = [client.post(f"{NOTICES}{pk}/read/") for pk in (theirs.pk, uuid4())]

    assert [(answer.status_code, answer.json()) for answer in answers] == [(404, NOT_FOUND)] * 2


def test_all_up_to_one_are_marked(team: Team) -> None:
    first, second = tell(team, team.viewer), tell(team, team.viewer)
    client = client_of(team.viewer)

    assert client.post(f"{NOTICES}read/", {"until": str(first.pk)}).json() == {"marked": 1}
    assert ids_of(client.get(f"{NOTICES}?unread=true")) == [str(second.pk)]


def test_e_mail_is_turned_off_and_on(team: Team) -> None:
    client, path = client_of(team.viewer), f"{NOTICES}mail/"

    assert client.get(path).json() == {"wanted": True}
    assert client.patch(path, {"wanted": False}).json() == {"wanted": False}
    assert client.get(path).json() == {"wanted": False}


def test_a_token_for_one_case_does_not_turn_e_mail_off(team: Team) -> None:
    answer = client_with(token_of(team.viewer, team.case)).patch(f"{NOTICES}mail/", {"wanted": False})

    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")

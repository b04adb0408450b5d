"""Comments, who is told of them, and who sees to what."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from osint.errors import ConflictError, ForbiddenError, NotFoundError
from osint.models import Assignment, Comment, Notice, NoticeKind, User
from osint.services.discussion import assign, unassign, withdraw_comment, write_comment
from osint.services.investigations import revoke_membership
from osint.services.people import change_user, system_user
from sightings.models import Sighting
from sources.services.sources import add_source
from tests import cast
from tests.cast import Team
from tests.records import actions_on, last_change

pytestmark = pytest.mark.django_db


@pytest.fixture
def roof(team: Team) -> Sighting:
    return cast.sighting(team)


def say(team: Team, about: Any, actor: User, text: str = "The crane stands elsewhere") -> Comment:
    return write_comment(
        team.case, actor=actor, subject_type=about._meta.model_name, subject_id=about.pk, text=text
    )


def ask(team: Team, about: Any, actor: User, username: str) -> Assignment:
    return assign(
        team.case,
        actor=actor,
        subject_type=about._meta.model_name,
        subject_id=about.pk,
        username=username,
    )


def told() -> set[tuple[str, str]]:
    """Who was told what."""
    return set(Notice.objects.values_list("recipient__username", "kind"))


def test_a_comment_is_kept_as_typed_and_recorded(team: Team, roof: Sighting) -> None:
    comment = say(team, roof, team.researcher, "  <b>Look</b>\r\n\there  ")

    assert Comment.objects.get().text == "  <b>Look</b>\r\n\there  "
    assert actions_on(comment) == ["comment.written"]


def test_the_record_holds_a_digest_of_the_text_and_not_the_text(team: Team, roof: Sighting) -> None:
    entry = last_change(say(team, roof, team.researcher, "Look")).new or {}

    assert "text" not in entry
    assert entry["text_sha256"] == hashlib.sha256(b"Look").hexdigest()


def test_everything_that_can_be_discussed_takes_a_comment(team: Team, roof: Sighting) -> None:
    publication = cast.publication(team)
    things = [roof, publication, cast.source(), cast.evidence(team, roof, publication)]

    for thing in things:
        say(team, thing, team.researcher)

    assert Comment.objects.count() == 4


def test_a_viewer_reads_but_does_not_write(team: Team, roof: Sighting) -> None:
    with pytest.raises(ForbiddenError):
        say(team, roof, team.viewer)


def test_an_outsider_finds_nothing_to_write_on(team: Team, roof: Sighting) -> None:
    with pytest.raises(NotFoundError):
        say(team, roof, team.outsider)


def test_things_of_another_case_are_not_there(team: Team, others: Team) -> None:
    theirs = cast.sighting(others)
    private = add_source(actor=others.researcher, private_to=others.case, name="Confidant", kind="account")

    for thing in (theirs, private):
        with pytest.raises(NotFoundError):
            say(team, thing, team.researcher)


@pytest.mark.parametrize("subject_type", ["membership", "user", "", "nothing"])
def test_what_nobody_registered_cannot_be_discussed(team: Team, roof: Sighting, subject_type: str) -> None:
    with pytest.raises(NotFoundError):
        write_comment(
            team.case, actor=team.researcher, subject_type=subject_type, subject_id=uuid4(), text="x"
        )


@pytest.mark.parametrize(("text", "code"), [("", "blank"), (" \n\t", "blank"), ("x" * 20_001, "max_length")])
def test_a_comment_says_something_and_not_too_much(team: Team, roof: Sighting, text: str, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        say(team, roof, team.researcher, text)
    assert refused.value.error_dict["text"][0].code == code


def test_a_member_who_is_mentioned_is_told(team: Team, roof: Sighting) -> None:
    say(team, roof, team.researcher, f"@{team.viewer.username} look")

    assert told() == {(team.viewer.username, NoticeKind.MENTION)}


def test_nobody_outside_the_case_is_told(team: Team, roof: Sighting) -> None:
    say(team, roof, team.researcher, f"@{team.outsider.username} @nobody look")

    assert told() == set()


def test_nobody_is_told_of_their_own_deed(team: Team, roof: Sighting) -> None:
    say(team, roof, team.researcher, f"@{team.researcher.username} note to self")
    say(team, roof, team.researcher)
    ask(team, roof, team.researcher, team.researcher.username)

    assert told() == set()


def test_those_who_wrote_before_are_told_of_an_answer(team: Team, roof: Sighting) -> None:
    say(team, roof, team.reviewer)
    say(team, roof, team.researcher)

    assert told() == {(team.reviewer.username, NoticeKind.REPLY)}


def test_those_who_wrote_elsewhere_are_not(team: Team, roof: Sighting) -> None:
    say(team, cast.sighting(team), team.reviewer)
    say(team, roof, team.researcher)

    assert told() == set()


def test_whoever_sees_to_it_is_told_of_comments(team: Team, roof: Sighting) -> None:
    ask(team, roof, team.reviewer, team.reviewer.username)
    say(team, roof, team.researcher)

    assert told() == {(team.reviewer.username, NoticeKind.REPLY)}


def test_somebody_who_is_concerned_twice_is_told_once(team: Team, roof: Sighting) -> None:
    say(team, roof, team.reviewer)
    name = team.reviewer.username
    say(team, roof, team.researcher, f"@{name} @{name}")

    assert [(notice.recipient, notice.kind) for notice in Notice.objects.all()] == [
        (team.reviewer, NoticeKind.MENTION)
    ]


def test_somebody_who_left_the_case_is_not_told(team: Team, roof: Sighting) -> None:
    say(team, roof, team.reviewer)
    revoke_membership(team.case.memberships.get(user=team.reviewer), actor=team.admin)
    say(team, roof, team.researcher, f"@{team.reviewer.username}")

    assert told() == set()


def test_somebody_who_cannot_log_in_is_not_told(team: Team, roof: Sighting) -> None:
    change_user(team.viewer, actor=system_user(), is_active=False)
    say(team, roof, team.researcher, f"@{team.viewer.username}")

    assert told() == set()


def test_a_withdrawn_comment_stays_but_is_not_told_of_any_more(team: Team, roof: Sighting) -> None:
    comment = say(team, roof, team.researcher, f"@{team.viewer.username} a secret")

    withdraw_comment(comment, actor=team.researcher)

    assert Comment.objects.get().withdrawn_at is not None
    assert Notice.objects.get().words == ""
    assert actions_on(comment) == ["comment.written", "comment.withdrawn"]


def test_nobody_withdraws_anothers_comment(team: Team, roof: Sighting) -> None:
    comment = say(team, roof, team.researcher)

    with pytest.raises(ForbiddenError):
        withdraw_comment(comment, actor=team.admin)


def test_a_comment_is_withdrawn_once(team: Team, roof: Sighting) -> None:
    comment = say(team, roof, team.researcher)
    withdraw_comment(comment, actor=team.researcher)

    with pytest.raises(ConflictError):
        withdraw_comment(comment, actor=team.researcher)


def test_whoever_withdrew_all_they_said_is_no_longer_answered(team: Team, roof: Sighting) -> None:
    withdraw_comment(say(team, roof, team.reviewer), actor=team.reviewer)
    say(team, roof, team.researcher)

    assert told() == set()


def test_whoever_is_asked_to_see_to_something_is_told(team: Team, roof: Sighting) -> None:
    assignment = ask(team, roof, team.researcher, team.reviewer.username)

    assert told() == {(team.reviewer.username, NoticeKind.ASSIGNMENT)}
    assert actions_on(assignment) == ["assignment.made"]


def test_asking_the_same_person_again_changes_nothing(team: Team, roof: Sighting) -> None:
    first = ask(team, roof, team.researcher, team.reviewer.username)

    assert ask(team, roof, team.admin, team.reviewer.username) == first
    assert Notice.objects.count() == 1


def test_asking_another_ends_the_first_assignment(team: Team, roof: Sighting) -> None:
    first = ask(team, roof, team.researcher, team.reviewer.username)
    second = ask(team, roof, team.researcher, team.admin.username)

    assert list(Assignment.objects.filter(ended_at=None)) == [second]
    assert actions_on(first) == ["assignment.made", "assignment.ended"]


def test_an_assignment_ends_once(team: Team, roof: Sighting) -> None:
    assignment = ask(team, roof, team.researcher, team.reviewer.username)
    unassign(assignment, actor=team.reviewer)

    with pytest.raises(ConflictError):
        unassign(assignment, actor=team.reviewer)


def test_whoever_leaves_the_case_is_to_see_to_nothing_there(team: Team, roof: Sighting) -> None:
    assignment = ask(team, roof, team.researcher, team.reviewer.username)

    revoke_membership(team.case.memberships.get(user=team.reviewer), actor=team.admin)

    assert last_change(assignment).action == "assignment.ended"
    assert last_change(assignment).actor == team.admin


def test_a_viewer_assigns_nothing(team: Team, roof: Sighting) -> None:
    assignment = ask(team, roof, team.researcher, team.reviewer.username)

    with pytest.raises(ForbiddenError):
        ask(team, roof, team.viewer, team.reviewer.username)
    with pytest.raises(ForbiddenError):
        unassign(assignment, actor=team.viewer)


def test_an_account_outside_the_case_is_answered_for_like_none(team: Team, roof: Sighting) -> None:
    answers = []
    for username in (team.outsider.username, "no-such-person"):
        with pytest.raises(ValidationError) as refused:
            ask(team, roof, team.researcher, username)
        answers.append((refused.value.message_dict, refused.value.error_dict["assignee"][0].code))

    assert answers[0] == answers[1]


def at_once(deeds: list[Any]) -> list[Any]:
    """What came of each deed, all done at the same time on connections of their own."""

    def do(deed: Any) -> Any:
        try:
            return deed()
        except ConflictError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(do, deeds))


@pytest.mark.django_db(transaction=True)
def test_twenty_comments_at_once_are_all_kept_and_each_is_told_of_once() -> None:
    team = cast.team()
    roof, text = cast.sighting(team), f"@{team.viewer.username} look"
    say(team, roof, team.admin, "First")

    made = at_once(
        [lambda actor=actor: say(team, roof, actor, text) for actor in [team.researcher, team.reviewer] * 10]
    )

    assert {comment.pk for comment in made} < set(Comment.objects.values_list("pk", flat=True))
    mentions = Notice.objects.filter(recipient=team.viewer, kind=NoticeKind.MENTION)
    assert mentions.count() == mentions.values("comment").distinct().count() == 20
    assert Notice.objects.filter(recipient=team.admin, kind=NoticeKind.REPLY).count() == 20


@pytest.mark.django_db(transaction=True)
def test_of_many_who_assign_at_once_one_assignment_stands() -> None:
    team = cast.team()
    roof, names = cast.sighting(team), [team.reviewer.username, team.admin.username]

    outcomes = at_once([lambda name=name: ask(team, roof, team.researcher, name) for name in names * 5])

    assert Assignment.objects.filter(ended_at=None).count() == 1
    assert all(isinstance(outcome, Assignment | ConflictError) for outcome in outcomes)

"""Discussions on pages: beside every thing that can be discussed, and on pages of their own."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from osint.models import Assignment, Change, Comment, Notice
from osint.pages import story
from osint.services.discussion import assign, unassign, withdraw_comment, write_comment
from osint.templatetags.discussion import comment_text
from sightings.models import Sighting
from tests import cast
from tests.cast import Team

pytestmark = pytest.mark.django_db


@pytest.fixture
def roof(team: Team) -> Sighting:
    return cast.sighting(team)


def name_of(thing: Any) -> str:
    return str(thing._meta.model_name)


def say(team: Team, about: Any, text: str = "The crane stands elsewhere", actor: Any = None) -> Comment:
    return write_comment(
        team.case,
        actor=actor or team.researcher,
        subject_type=name_of(about),
        subject_id=about.pk,
        text=text,
    )


def page_of(thing: Any) -> str:
    return reverse(name_of(thing), kwargs={"slug": "roofs", "pk": thing.pk})


def talk_on(thing: Any, name: str = "discussion") -> str:
    return reverse(name, kwargs={"slug": "roofs", "subject_type": name_of(thing), "subject_id": thing.pk})


def shown(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_a_comment_is_shown_beside_the_thing_it_is_about(client: Client, team: Team, roof: Sighting) -> None:
    things = [roof, cast.publication(team), cast.source()]
    client.force_login(team.viewer)

    for thing in things:
        comment = say(team, thing)
        assert f'id="comment-{comment.pk}"' in shown(client, page_of(thing))
        assert "The crane stands elsewhere" in shown(client, talk_on(thing))


def test_evidence_is_discussed_on_a_page_that_its_sighting_leads_to(
    client: Client, team: Team, roof: Sighting
) -> None:
    evidence = cast.evidence(team, roof, cast.publication(team))
    client.force_login(team.viewer)
    assert f'href="{talk_on(evidence)}"' in shown(client, page_of(roof))
    assert "Discussed evidence" not in shown(client, page_of(roof))

    say(team, evidence)

    assert "1 comment<" in shown(client, page_of(roof))
    assert "The crane stands elsewhere" in shown(client, talk_on(evidence))


def test_a_comment_from_the_panel_leads_back_beside_the_thing(
    client: Client, team: Team, roof: Sighting
) -> None:
    client.force_login(team.researcher)

    answer = client.post(talk_on(roof), {"text": "Look", "place": "panel"})

    assert answer["Location"] == f"{page_of(roof)}#comment-{Comment.objects.get().pk}"


def test_a_comment_from_the_page_of_the_discussion_leads_back_there(
    client: Client, team: Team, roof: Sighting
) -> None:
    client.force_login(team.researcher)

    answer = client.post(talk_on(roof), {"text": "  Look \n"})

    assert answer["Location"] == f"{talk_on(roof)}#comment-{Comment.objects.get().pk}"
    assert Comment.objects.get().text == "  Look \n"


@pytest.mark.parametrize("text", ["", "   ", "x" * 20_001])
def test_what_cannot_be_said_is_kept_in_the_form(
    client: Client, team: Team, roof: Sighting, text: str
) -> None:
    client.force_login(team.researcher)

    answer = client.post(talk_on(roof), {"text": text})

    assert answer.status_code == 422
    assert text in answer.content.decode()
    assert not Comment.objects.exists()


def test_a_viewer_sees_no_forms_and_is_refused(client: Client, team: Team, roof: Sighting) -> None:
    say(team, roof)
    client.force_login(team.viewer)

    for path in (page_of(roof), talk_on(roof)):
        assert 'name="text"' not in shown(client, path)
        assert 'name="assignee"' not in shown(client, path)
    assert client.post(talk_on(roof), {"text": "Look"}).status_code == 403
    assert client.post(talk_on(roof, "assign"), {"assignee": team.viewer.username}).status_code == 403


def test_an_outsider_finds_no_discussion(client: Client, team: Team, roof: Sighting) -> None:
    comment = say(team, roof)
    client.force_login(team.outsider)
    withdrawal = reverse("comment-take-back", kwargs={"slug": "roofs", "pk": comment.pk})

    answers = [
        client.get(talk_on(roof)),
        client.post(talk_on(roof), {"text": "Look"}),
        client.post(talk_on(roof, "assign"), {"assignee": ""}),
        client.post(withdrawal),
    ]

    assert [answer.status_code for answer in answers] == [404] * 4


def test_things_of_another_case_have_no_discussion_here(client: Client, team: Team, others: Team) -> None:
    theirs = cast.sighting(others)
    client.force_login(team.admin)

    assert client.get(talk_on(theirs)).status_code == 404
    assert client.post(talk_on(theirs), {"text": "Look"}).status_code == 404


def test_hostile_text_stays_text(client: Client, team: Team, roof: Sighting, hostile: list[str]) -> None:
    for text in [*hostile[::25], "<script>alert(1)</script>", "</textarea><img src=x onerror=alert(1)>"]:
        if text.strip() and "\x00" not in text:
            say(team, roof, text)
    client.force_login(team.researcher)

    page = shown(client, talk_on(roof))

    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_a_mention_stands_out_and_a_stranger_does_not() -> None:
    assert comment_text("@vera <b> @oleg", ["vera"]) == '<span class="mention">@vera</span> &lt;b&gt; @oleg'


def test_an_address_in_a_comment_tells_nothing_of_us() -> None:
    link = comment_text('See https://herald.example/"><script>.', [])

    assert 'href="https://herald.example/" rel="noreferrer noopener external"' in link
    assert "<script>" not in link


def test_a_withdrawn_comment_leaves_its_place(client: Client, team: Team, roof: Sighting) -> None:
    comment = say(team, roof, "A secret")
    client.force_login(team.researcher)
    address = reverse("comment-take-back", kwargs={"slug": "roofs", "pk": comment.pk})

    answer = client.post(address, {"place": "panel"})

    assert answer["Location"] == f"{page_of(roof)}#comment-{comment.pk}"
    page = shown(client, page_of(roof))
    assert "A secret" not in page
    assert "Withdrawn by its author" in page


def test_only_ones_own_comments_can_be_withdrawn(client: Client, team: Team, roof: Sighting) -> None:
    comment = say(team, roof)
    address = reverse("comment-take-back", kwargs={"slug": "roofs", "pk": comment.pk})
    client.force_login(team.admin)

    assert address not in shown(client, page_of(roof))
    assert client.post(address).status_code == 403


def test_members_are_listed_for_those_who_mention_or_assign(
    client: Client, team: Team, roof: Sighting
) -> None:
    client.force_login(team.researcher)

    page = shown(client, page_of(roof))

    assert f"@{team.viewer.username}" in page
    assert team.outsider.username not in page


def test_somebody_is_asked_and_released_in_the_form(client: Client, team: Team, roof: Sighting) -> None:
    client.force_login(team.researcher)

    answer = client.post(talk_on(roof, "assign"), {"assignee": team.reviewer.username, "place": "panel"})
    assert answer["Location"] == f"{page_of(roof)}#discussion"
    assert "is to see to this" in shown(client, page_of(roof))
    assert Notice.objects.get().recipient == team.reviewer

    client.post(talk_on(roof, "assign"), {"assignee": ""})
    assert "Nobody is asked" in shown(client, page_of(roof))
    assert Assignment.objects.get().ended_at is not None


def test_a_name_that_is_nobodys_is_said_on_the_page(client: Client, team: Team, roof: Sighting) -> None:
    client.force_login(team.researcher)

    answer = client.post(talk_on(roof, "assign"), {"assignee": team.outsider.username}, follow=True)

    assert "Nobody of this name is on the case." in answer.content.decode()


def test_a_long_discussion_shows_its_newest_and_leads_to_the_rest(
    client: Client, team: Team, roof: Sighting
) -> None:
    made = [say(team, roof, f"Number {number:03}") for number in range(60)]
    client.force_login(team.viewer)

    panel, first = client.get(page_of(roof)), client.get(talk_on(roof))
    second = client.get(talk_on(roof), {"after": str(made[10].pk)})

    assert [f"Number {number:03}" in panel.content.decode() for number in (39, 40, 59)] == [False, True, True]
    assert "All comments" in panel.content.decode()
    assert [comment.text for comment in first.context["comments"]] == [
        f"Number {number:03}" for number in range(10, 60)
    ]
    assert next(comment.text for comment in second.context["comments"]) == "Number 000"


def test_a_discussion_costs_the_same_however_long_it_is(client: Client, team: Team, roof: Sighting) -> None:
    client.force_login(team.researcher)
    costs = []
    for amount in (1, 8):
        for _ in range(amount):
            say(team, roof, actor=team.admin)
        for path in (page_of(roof), talk_on(roof)):
            with CaptureQueriesContext(connection) as queries:
                client.get(path)
            costs.append(len(queries))

    assert costs[2:] <= costs[:2]


def test_the_page_of_a_discussion_names_its_twin(client: Client, team: Team, roof: Sighting) -> None:
    say(team, roof)
    say(team, cast.sighting(team))
    client.force_login(team.viewer)

    twin = client.get(talk_on(roof)).context["twin"]

    assert len(client.get(twin).json()["results"]) == 1


def test_the_story_tells_of_comments_and_assignments(team: Team, roof: Sighting) -> None:
    about = {"subject_type": "sighting", "subject_id": roof.pk}
    withdraw_comment(say(team, roof), actor=team.researcher)
    asked = assign(team.case, actor=team.researcher, username=team.reviewer.username, **about)  # type: ignore[arg-type]  # a mapping of both
    unassign(asked, actor=team.reviewer)

    told = story.tell(team.case, Change.objects.order_by("-id")[:4])

    assert [(event.phrase, event.subject and event.subject.text) for event in told] == [
        ("ended the assignment of", "“A launcher on a roof” to roofs-reviewer"),
        ("assigned", "“A launcher on a roof” to roofs-reviewer"),
        ("withdrew a comment on", "“A launcher on a roof”"),
        ("commented on", "“A launcher on a roof”"),
    ]
    assert all(event.subject and event.subject.url and talk_on(roof) in event.subject.url for event in told)


def test_the_story_goes_on_without_what_is_no_longer_there(team: Team, roof: Sighting) -> None:
    comment = say(team, roof)
    Comment.objects.filter(pk=comment.pk).update(subject_id=comment.pk)

    (told,) = story.tell(team.case, Change.objects.order_by("-id")[:1])

    assert (told.phrase, told.subject) == ("commented on", None)

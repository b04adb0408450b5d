"""Pages of reviewing: the queue, the screen to decide on, and what sightings and publications show of it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from osint.models import Role, User
from osint.services.investigations import change_role, grant_membership
from sightings.models import CheckQuestion, Invalidation, Review, ReviewTurn, Sighting, Status
from sightings.services.invalidations import invalidate_publication, withdraw_invalidation
from sightings.services.reviews import decide, reopen, take_turn
from sightings.services.sightings import attach_evidence
from tests import cast
from tests.cast import Team

pytestmark = pytest.mark.django_db

CHECKS = [{"question": question, "answer": "unknown"} for question in CheckQuestion.values]
TYPED = {
    "decision": "verified",
    "reason": "Seen by two satellites.",
    **{f"{question}_answer": "yes" for question in CheckQuestion.values},
    **{f"{question}_method": "satellite" for question in CheckQuestion.values},
    **{f"{question}_checked_by": "roofs-reviewer" for question in CheckQuestion.values},
}


def address(name: str, **kwargs: object) -> str:
    return reverse(name, kwargs={"slug": "roofs", **kwargs})


@pytest.fixture
def reviewing(client: Client, team: Team) -> Team:
    """A team whose reviewer is logged in."""
    client.force_login(team.reviewer)
    return team


def queue(client: Client, **query: str) -> list[str]:
    return [row.title for row in client.get(address("review-queue"), query).context["page"].items]


def shown(client: Client, name: str, subject: Any) -> str:
    return client.get(address(name, pk=subject.pk)).content.decode()


def second(team: Team) -> User:
    user = cast.person("second")
    grant_membership(team.case, actor=team.admin, user=user, role=Role.REVIEWER)
    return user


def decided(sighting: Sighting, actor: User, decision: str = "verified", **values: Any) -> Review:
    return decide(
        sighting, actor=actor, decision=decision, reason=f"{actor} looked.", checks=CHECKS, **values
    )


# The queue


def test_the_queue_shows_the_longest_waiting_first(client: Client, reviewing: Team) -> None:
    for title in ("First", "Second", "Third"):
        cast.sighting(reviewing, title=title)
    assert queue(client) == ["First", "Second", "Third"]


def test_the_queue_is_narrowed_by_the_address(client: Client, reviewing: Team) -> None:
    there = cast.sighting(reviewing, title="There", place=cast.place())
    typed = cast.sighting(reviewing, title="Typed", equipment=cast.equipment())
    flagged = cast.sighting(reviewing, title="Flagged")
    decided(flagged, reviewing.reviewer)
    cast.evidence(reviewing, flagged, cast.publication(reviewing), stance="refutes")
    take_turn(typed, actor=reviewing.reviewer)
    assert queue(client, place="roof") == ["There"]
    assert queue(client, equipment="pantsir-s1") == ["Typed"]
    assert queue(client, title="TYP") == ["Typed"]
    assert queue(client, flagged="true") == ["Flagged"]
    assert queue(client, claim="mine") == ["Typed"]
    assert queue(client, claim="unclaimed", flagged="false") == ["There"]
    decided(there, reviewing.reviewer, "rejected")
    assert queue(client, status="rejected") == ["There"]


def test_ones_own_work_is_shown_when_asked_for(client: Client, reviewing: Team) -> None:
    sighting = cast.sighting(reviewing)
    cites = cast.publication(reviewing)
    attach_evidence(sighting, actor=reviewing.reviewer, publication=cites, stance="refutes", credibility=2)
    assert queue(client) == []
    assert "Nothing waits for a review by you" in client.get(address("review-queue")).content.decode()
    assert queue(client, also_own="true") == ["A launcher on a roof"]


def test_the_twin_of_a_narrowed_queue_is_narrowed_alike(client: Client, reviewing: Team) -> None:
    cast.sighting(reviewing, title="One")
    cast.sighting(reviewing, title="Two")
    twin = client.get(address("review-queue"), {"title": "two", "claim": "unclaimed"}).context["twin"]
    assert [row["title"] for row in client.get(twin).json()["results"]] == ["Two"]


def test_a_page_of_the_queue_leads_to_the_next(
    client: Client, reviewing: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sightings.pages.reviews.PAGE_SIZE", 2)
    for number in range(5):
        cast.sighting(reviewing, title=str(number))
    seen, after = [], ""
    while after is not None:
        page = client.get(address("review-queue"), {"after": after} if after else {}).context["page"]
        seen += [row.title for row in page.items]
        after = page.following
    assert seen == list("01234")


def test_the_queue_costs_the_same_however_long_it_is(client: Client, reviewing: Team) -> None:
    costs = []
    for amount in (1, 4):
        for number in range(amount):
            sighting = cast.sighting(reviewing, place=cast.place(slug=f"place-{amount}-{number}"))
            take_turn(sighting, actor=reviewing.reviewer)
        with CaptureQueriesContext(connection) as queries:
            client.get(address("review-queue"))
        costs.append(len(queries))
    assert costs[1] <= costs[0]


def test_another_teams_queue_does_not_exist(client: Client, team: Team) -> None:
    cast.team("other")
    client.force_login(team.admin)
    assert client.get(reverse("review-queue", kwargs={"slug": "other"})).status_code == 404


# The screen to decide on


def test_support_and_refutation_stand_side_by_side(client: Client, reviewing: Team) -> None:
    sighting = cast.sighting(reviewing)
    supports = cast.evidence(reviewing, sighting, cast.publication(reviewing, "https://a.example/"))
    refutes = cast.evidence(
        reviewing, sighting, cast.publication(reviewing, "https://b.example/"), stance="refutes"
    )
    context = client.get(address("review", pk=sighting.pk)).context
    assert (context["supporting"], context["refuting"]) == ([supports], [refutes])


def test_a_decision_is_made_and_leads_to_the_next(client: Client, reviewing: Team) -> None:
    first, upcoming = cast.sighting(reviewing), cast.sighting(reviewing, title="The next")
    answer = client.post(f"{address('review', pk=first.pk)}?claim=unclaimed", TYPED)
    assert answer.headers["Location"] == f"{address('review', pk=upcoming.pk)}?claim=unclaimed"
    review = Review.objects.get()
    assert (review.decision, review.reason) == ("verified", "Seen by two satellites.")
    assert review.checks.filter(answer="yes", method="satellite", checked_by=reviewing.reviewer).count() == 4


def test_the_last_decision_leads_back_to_the_queue(client: Client, reviewing: Team) -> None:
    sighting = cast.sighting(reviewing)
    answer = client.post(address("review", pk=sighting.pk), TYPED)
    assert answer.headers["Location"] == address("review-queue")


def test_what_is_not_answered_is_said_beside_it_and_the_rest_stays(client: Client, reviewing: Team) -> None:
    sighting = cast.sighting(reviewing)
    answer = client.post(
        address("review", pk=sighting.pk), TYPED | {"date_answer": "", "place_method": "none"}
    )
    errors = answer.context["form"].errors.as_data()
    assert answer.status_code == 422
    assert {field: found[0].code for field, found in errors.items()} == {
        "date_answer": "check_missing",
        "place_answer": "method_required",
    }
    assert "Seen by two satellites." in answer.content.decode()


def test_rejecting_needs_no_answers(client: Client, reviewing: Team) -> None:
    sighting = cast.sighting(reviewing)
    unanswered = {name: "" for name in TYPED if name.endswith("_answer")}
    client.post(address("review", pk=sighting.pk), TYPED | unanswered | {"decision": "rejected"})
    assert Review.objects.get().checks.count() == 0


def test_ones_own_work_is_not_offered_to_be_verified(client: Client, team: Team) -> None:
    change_role(team.case.memberships.get(user=team.researcher), actor=team.admin, role=Role.REVIEWER)
    client.force_login(team.researcher)
    sighting = cast.sighting(team)
    page = client.get(address("review", pk=sighting.pk))
    assert [value for value, _ in page.context["form"].fields["decision"].choices] == ["disputed", "rejected"]
    assert "Somebody else is to verify it" in page.content.decode()
    assert client.post(address("review", pk=sighting.pk), TYPED).status_code == 422
    assert not Review.objects.exists()


def test_what_became_ones_own_work_meanwhile_is_said_beside_the_decision(
    client: Client, reviewing: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    sighting = cast.sighting(reviewing)
    monkeypatch.setattr("sightings.services.reviews.is_own_work", lambda *_: True)
    answer = client.post(address("review", pk=sighting.pk), TYPED)
    assert answer.status_code == 422
    assert answer.context["form"].errors.as_data()["decision"][0].code == "own_work"


def test_the_screen_is_for_reviewers(client: Client, team: Team) -> None:
    client.force_login(team.researcher)
    assert client.get(address("review", pk=cast.sighting(team).pk)).status_code == 403


def test_the_screen_leads_to_its_neighbours_in_the_queue(client: Client, reviewing: Team) -> None:
    first, middle, last = (cast.sighting(reviewing, title=title) for title in "abc")
    context = client.get(address("review", pk=middle.pk)).context
    assert (context["previous"], context["next"]) == (first, last)


# Steps


def test_a_turn_is_taken_and_given_back(client: Client, reviewing: Team) -> None:
    sighting = cast.sighting(reviewing)
    answer = client.post(f"{address('review-claim', pk=sighting.pk)}?claim=mine")
    assert answer.headers["Location"] == f"{address('review', pk=sighting.pk)}?claim=mine"
    assert "Yours until" in shown(client, "review", sighting)
    client.post(address("review-give-back", pk=sighting.pk))
    assert not ReviewTurn.objects.exists()


def test_somebody_elses_turn_is_shown_and_not_taken(client: Client, reviewing: Team) -> None:
    sighting = cast.sighting(reviewing)
    take_turn(sighting, actor=second(reviewing))
    assert "second reviews this until" in shown(client, "review", sighting)
    assert client.post(address("review-claim", pk=sighting.pk)).status_code == 409


def test_a_draft_is_proposed_from_its_page(client: Client, team: Team) -> None:
    draft = cast.sighting(team, status="draft")
    client.force_login(team.researcher)
    assert "Propose for review" in shown(client, "sighting", draft)
    client.post(address("review-propose", pk=draft.pk))
    assert Sighting.objects.get().status == Status.PROPOSED


def test_a_viewer_takes_no_step(client: Client, team: Team) -> None:
    client.force_login(team.viewer)
    sighting = cast.sighting(team, status="draft")
    for step in ("propose", "claim", "give-back"):
        assert client.post(address(f"review-{step}", pk=sighting.pk)).status_code == 403


def test_a_sighting_is_reopened_with_a_reason(client: Client, reviewing: Team) -> None:
    sighting = cast.sighting(reviewing)
    decided(sighting, reviewing.reviewer)
    assert client.post(address("review-reopen", pk=sighting.pk), {"reason": ""}).status_code == 422
    client.post(address("review-reopen", pk=sighting.pk), {"reason": "There is more."})
    assert Sighting.objects.get().status == Status.PROPOSED


def test_what_is_not_decided_is_not_reopened(client: Client, reviewing: Team) -> None:
    sighting = cast.sighting(reviewing)
    answer = client.post(address("review-reopen", pk=sighting.pk), {"reason": "There is more."})
    assert answer.status_code == 422
    assert "no decision yet" in answer.content.decode()


# What a sighting shows


def test_a_sighting_shows_both_decisions_where_they_disagree(client: Client, reviewing: Team) -> None:
    sighting = cast.sighting(reviewing)
    decided(sighting, reviewing.reviewer)
    decided(sighting, second(reviewing), "rejected")
    page = shown(client, "sighting", sighting)
    assert "The reviewers do not agree" in page
    assert "roofs-reviewer looked." in page
    assert "second looked." in page
    assert "Could not be found out" in page


def test_a_sighting_shows_its_flag_and_what_was_decided_before(client: Client, reviewing: Team) -> None:
    sighting = cast.sighting(reviewing)
    decided(sighting, reviewing.reviewer)
    cast.evidence(reviewing, sighting, cast.publication(reviewing), stance="refutes")
    assert "Contrary evidence came on" in shown(client, "sighting", sighting)
    reopen(sighting, actor=reviewing.reviewer, reason="Look again.")
    page = shown(client, "sighting", sighting)
    assert "Contrary evidence came on" not in page
    assert "Earlier decisions (1)" in page


def test_a_locked_sighting_says_so_when_its_evidence_is_withdrawn(client: Client, reviewing: Team) -> None:
    sighting = cast.sighting(reviewing)
    item = cast.evidence(reviewing, sighting, cast.publication(reviewing))
    decided(sighting, reviewing.reviewer)
    answer = client.post(address("evidence-withdraw", pk=item.pk), {"reason": "Another roof."})
    assert answer.status_code == 422
    assert "stays as it was verified" in answer.content.decode()


# What a publication shows


def test_a_publication_is_found_worthless_and_counts_again(client: Client, reviewing: Team) -> None:
    page = cast.publication(reviewing)
    client.post(address("publication-invalidate", pk=page.pk), {"reason": "Staged."})
    found = Invalidation.objects.get()
    assert "Staged." in shown(client, "publication", page)
    client.post(address("invalidation-withdrawal", pk=found.pk), {"reason": "It was genuine."})
    assert "It was genuine." in shown(client, "publication", page)


def test_a_second_finding_is_refused_on_the_page(client: Client, reviewing: Team) -> None:
    page = cast.publication(reviewing)
    invalidate_publication(page, actor=reviewing.reviewer, reason="Staged.")
    answer = client.post(address("publication-invalidate", pk=page.pk), {"reason": "Staged."})
    assert answer.status_code == 422
    assert "already" in answer.content.decode()


# The story


def test_every_step_is_told_in_words(client: Client, reviewing: Team) -> None:
    sighting = cast.sighting(reviewing)
    page = cast.publication(reviewing)
    take_turn(sighting, actor=reviewing.reviewer)
    decided(sighting, reviewing.reviewer)
    cast.evidence(reviewing, sighting, page, stance="refutes")
    reopen(sighting, actor=reviewing.reviewer, reason="Look again.")
    withdraw_invalidation(
        invalidate_publication(page, actor=reviewing.reviewer, reason="Staged."),
        actor=reviewing.reviewer,
        reason="Genuine.",
    )
    story = client.get(address("changes")).content.decode()
    for phrase in (
        "took into review",
        "verified",
        "brought contrary evidence",
        "sent back",
        "let count again",
    ):
        assert phrase in story, phrase

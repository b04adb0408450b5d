"""Reviewing over the API: queue, turns, decisions, reopening, findings about publications."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from osint.models import Role, User
from osint.services.investigations import change_role, grant_membership
from osint.services.people import system_user
from sightings.models import Review, Sighting
from sightings.queue import WAITING, own_work, reviewable
from sightings.services.catalogue import add_equipment
from sightings.services.reviews import decide, propose_sighting, take_turn
from sightings.services.sightings import attach_evidence
from tests import cast
from tests.cast import Team
from tests.clients import client_of, errors_of, ids_of, in_case
from tests.deeds import CHECKLIST

QUEUE = "review-queue/"


@pytest.fixture
def claim(team: Team) -> Sighting:
    return cast.sighting(team)


def queue(team: Team, user: User | None = None, **query: Any) -> list[str]:
    """The titles of what waits, in order."""
    answer = client_of(user or team.reviewer).get(in_case(team.case, QUEUE), query)
    assert answer.status_code == 200, answer.content
    return [row["title"] for row in answer.json()["results"]]


def step(team: Team, sighting: Sighting, name: str, body: Any = None, user: User | None = None) -> Any:
    path = in_case(team.case, f"sightings/{sighting.pk}/{name}/")
    return client_of(user or team.reviewer).post(path, body or {})


def second(team: Team) -> User:
    user = cast.person("second")
    grant_membership(team.case, actor=team.admin, user=user, role=Role.REVIEWER)
    return user


def verified(team: Team, sighting: Sighting, **values: Any) -> Any:
    return step(
        team, sighting, "decide", {"decision": "verified", "reason": "Seen.", "checks": CHECKLIST}, **values
    )


def test_what_waits_longest_comes_first(team: Team) -> None:
    draft = cast.sighting(team, title="Once a draft", status="draft")
    for title in ("First", "Second"):
        cast.sighting(team, title=title)
    propose_sighting(draft, actor=team.researcher)
    assert queue(team) == ["First", "Second", "Once a draft"]


def test_a_page_of_the_queue_leads_to_the_next(team: Team) -> None:
    for number in range(5):
        cast.sighting(team, title=str(number))
    client = client_of(team.reviewer)
    page = client.get(in_case(team.case, QUEUE), {"limit": 2}).json()
    seen = [row["title"] for row in page["results"]]
    while page["next"]:
        page = client.get(page["next"]).json()
        seen += [row["title"] for row in page["results"]]
    assert seen == list("01234")


def test_the_queue_is_read_in_its_order_from_its_index(team: Team) -> None:
    rows = reviewable(team.case).filter(WAITING).exclude(own_work(team.reviewer))[:50]
    with connection.cursor() as cursor:
        # With so few rows anything is quick: only what else there would be to do is forbidden here.
        for way in ("seqscan", "bitmapscan", "sort"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
        plan = rows.explain()
    assert "sighting_waiting" in plan
    assert "Sort" not in plan


def test_drafts_and_what_is_decided_do_not_wait(team: Team, claim: Sighting) -> None:
    cast.sighting(team, status="draft")
    decide(claim, actor=team.reviewer, decision="rejected", reason="A drawing.")
    assert queue(team) == []
    assert queue(team, status="rejected") == ["A launcher on a roof"]


def test_what_is_flagged_waits_again(team: Team, claim: Sighting) -> None:
    verified(team, claim)
    cast.sighting(team, title="Another")
    cast.evidence(team, claim, cast.publication(team), stance="refutes")
    assert queue(team) == ["Another", "A launcher on a roof"]
    assert queue(team, flagged="true") == ["A launcher on a roof"]
    assert queue(team, flagged="false") == ["Another"]


def test_ones_own_work_waits_for_others(team: Team, claim: Sighting) -> None:
    cites = cast.publication(team)
    other = cast.sighting(team, title="With evidence of the reviewer's")
    attach_evidence(other, actor=team.reviewer, publication=cites, stance="supports", credibility=2)
    assert queue(team) == ["A launcher on a roof"]
    assert queue(team, also_own="true") == ["A launcher on a roof", "With evidence of the reviewer's"]
    assert queue(team, team.researcher) == []


def test_the_queue_is_narrowed_by_whose_turn_it_is(team: Team, claim: Sighting) -> None:
    cast.sighting(team, title="Unclaimed")
    take_turn(claim, actor=team.reviewer)
    other = second(team)
    assert queue(team, claim="mine") == queue(team, other, claim="taken") == ["A launcher on a roof"]
    assert queue(team, claim="unclaimed") == ["Unclaimed"]
    assert queue(team, claim="taken") == []


def test_the_queue_is_narrowed_by_branch_place_and_words(team: Team) -> None:
    root = add_equipment(actor=system_user(), slug="air-defence", name="Air defence", kind="category")
    cast.sighting(team, title="Below", equipment=cast.equipment(parent=root))
    cast.sighting(team, title="There", place=cast.place())
    assert queue(team, equipment="air-defence") == ["Below"]
    assert queue(team, place="roof") == ["There"]
    assert queue(team, title="BEL") == ["Below"]


def test_an_item_of_the_queue_says_who_has_it(team: Team, claim: Sighting) -> None:
    take_turn(claim, actor=team.reviewer)
    (row,) = client_of(team.reviewer).get(in_case(team.case, QUEUE)).json()["results"]
    assert row["turn"]["reviewer"]["username"] == "roofs-reviewer"
    assert (row["status"], row["waiting_since"][:10]) == ("in review", row["created_at"][:10])


def test_a_reviewer_claims_gives_back_and_claims_again(team: Team, claim: Sighting) -> None:
    assert step(team, claim, "claim").json()["reviewer"]["username"] == "roofs-reviewer"
    assert step(team, claim, "claim", user=second(team)).json()["code"] == "turn_taken"
    assert step(team, claim, "give-back").json()["status"] == "proposed"
    assert step(team, claim, "give-back").json()["code"] == "wrong_status"


def test_a_draft_is_proposed(team: Team) -> None:
    draft = cast.sighting(team, status="draft")
    assert step(team, draft, "propose", user=team.researcher).json()["status"] == "proposed"


def test_a_decision_comes_back_whole(team: Team, claim: Sighting) -> None:
    answer = verified(team, claim)
    review = answer.json()
    assert (answer.status_code, review["decision"], review["superseded_at"]) == (201, "verified", None)
    assert {check["question"] for check in review["checks"]} == {"place", "date", "equipment", "media"}
    assert review["checks"][0]["checked_by"]["username"] == "roofs-reviewer"
    assert client_of(team.viewer).get(in_case(team.case, f"reviews/{review['id']}/")).json() == review


def test_a_checklist_that_is_not_complete_is_refused_at_its_place(team: Team, claim: Sighting) -> None:
    answer = step(team, claim, "decide", {"decision": "verified", "reason": "Seen.", "checks": CHECKLIST[:3]})
    assert errors_of(answer) == {"checks.media": "check_missing"}


def test_whoever_looked_into_it_is_named(team: Team, claim: Sighting) -> None:
    body = {
        "decision": "rejected",
        "reason": "Seen.",
        "checks": [CHECKLIST[0] | {"checked_by": "roofs-viewer"}],
    }
    assert step(team, claim, "decide", body).json()["checks"][0]["checked_by"]["username"] == "roofs-viewer"
    body["checks"] = [CHECKLIST[0] | {"checked_by": "roofs-outsider"}]
    assert errors_of(step(team, claim, "decide", body)) == {"checks": "checker_not_member"}


def test_the_authors_verification_is_refused(team: Team, claim: Sighting) -> None:
    change_role(team.case.memberships.get(user=team.researcher), actor=team.admin, role=Role.REVIEWER)
    answer = verified(team, claim, user=team.researcher)
    assert (answer.status_code, answer.json()["code"]) == (403, "own_work")
    assert not Review.objects.exists()


def test_a_verified_sighting_is_locked(team: Team, claim: Sighting) -> None:
    verified(team, claim)
    path = in_case(team.case, f"sightings/{claim.pk}/")
    answer = client_of(team.researcher).patch(path, {"title": "Two launchers"})
    assert (answer.status_code, answer.json()["code"]) == (409, "sighting_locked")


def test_the_decisions_are_narrowed(team: Team, claim: Sighting) -> None:
    other = cast.sighting(team, title="Another")
    verified(team, claim)
    step(team, claim, "decide", {"decision": "disputed", "reason": "On reflection."})
    verified(team, other, user=second(team))
    client, path = client_of(team.viewer), in_case(team.case, "reviews/")
    assert len(ids_of(client.get(path))) == 3
    assert len(ids_of(client.get(path, {"standing": "true"}))) == 2
    assert len(ids_of(client.get(path, {"sighting": str(claim.pk)}))) == 2
    assert len(ids_of(client.get(path, {"reviewer": "second"}))) == 1
    assert len(ids_of(client.get(path, {"decision": "disputed"}))) == 1


def test_reopening_is_a_decision_with_a_reason(team: Team, claim: Sighting) -> None:
    verified(team, claim)
    assert errors_of(step(team, claim, "reopen", {"reason": ""})) == {"reason": "blank"}
    assert step(team, claim, "reopen", {"reason": "More to see."}).json()["decision"] == "reopened"
    assert step(team, claim, "reopen", {"reason": "Again."}).json()["code"] == "wrong_status"


def test_a_publication_is_found_worthless_and_counts_again(team: Team) -> None:
    page = cast.publication(team)
    client, path = client_of(team.reviewer), in_case(team.case, "invalidations/")
    found = client.post(path, {"publication": str(page.pk), "reason": "Staged."}).json()
    assert errors_of(client.post(path, {"publication": str(page.pk), "reason": "Staged."})) == {
        "": "invalidated_already"
    }
    withdrawn = client.post(f"{path}{found['id']}/withdraw/", {"reason": "Genuine."}).json()
    assert withdrawn["withdrawn_by"]["username"] == "roofs-reviewer"
    assert ids_of(client.get(path, {"withdrawn": "true"})) == [found["id"]]
    assert ids_of(client.get(path, {"withdrawn": "false"})) == []

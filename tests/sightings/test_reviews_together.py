"""Many reviewers at one sighting at the same moment, each over a connection of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any, TypeVar

import pytest
from django.db import IntegrityError, connection, transaction

from osint.models import Role, User
from osint.services.investigations import change_role, grant_membership
from sightings.models import Evidence, Recomputation, Review, ReviewTurn, Sighting, Status
from sightings.services.assessments import recompute_due
from tests import cast
from tests.cast import Team
from tests.clients import client_with, in_case, token_of
from tests.deeds import CHECKLIST

pytestmark = pytest.mark.django_db(transaction=True)

TWENTY = 20
T = TypeVar("T")
VERIFIED = {"decision": "verified", "reason": "Seen by two satellites.", "checks": CHECKLIST}
REJECTED = {"decision": "rejected", "reason": "A drawing."}


@pytest.fixture
def team() -> Team:
    return cast.team()


@pytest.fixture
def claim(team: Team) -> Sighting:
    sighting = cast.sighting(team)
    cast.evidence(team, sighting, cast.publication(team))
    return sighting


def reviewers(team: Team, count: int = TWENTY) -> list[User]:
    people = [cast.person(f"reviewer-{number}") for number in range(count)]
    for user in people:
        grant_membership(team.case, actor=team.admin, user=user, role=Role.REVIEWER)
    return people


def at_once(deeds: Iterable[Callable[[], T]]) -> list[T]:
    """What the deeds come to, each in a thread with a connection of its own, begun at one moment."""
    waiting = list(deeds)
    start = Barrier(len(waiting))

    def one(deed: Callable[[], T]) -> T:
        try:
            start.wait()
            return deed()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(waiting)) as pool:
        return list(pool.map(one, waiting))


def asking(
    team: Team, sighting: Sighting, step: str, user: User, *bodies: dict[str, Any]
) -> Callable[[], Any]:
    """Sends the bodies one after another, as this user."""
    client, path = (
        client_with(token_of(user, team.case)),
        in_case(team.case, f"sightings/{sighting.pk}/{step}/"),
    )
    return lambda: [client.post(path, body) for body in bodies or ({},)]


def decisions(sighting: Sighting, **values: Any) -> list[tuple[str, str]]:
    rows = Review.objects.filter(sighting=sighting, **values).order_by("reviewer__username")
    return list(rows.values_list("reviewer__username", "decision"))


def test_of_twenty_who_decide_at_once_each_has_one_decision_standing(team: Team, claim: Sighting) -> None:
    people = reviewers(team)
    author = change_role(
        team.case.memberships.get(user=team.researcher), actor=team.admin, role=Role.REVIEWER
    )
    twice = [asking(team, claim, "decide", user, VERIFIED) for user in people for _ in range(2)]

    *answers, refused = at_once([*twice, asking(team, claim, "decide", author.user, VERIFIED)])

    assert [answer.status_code for (answer,) in answers] == [201] * 2 * TWENTY
    assert [(answer.status_code, answer.json()["code"]) for answer in refused] == [(403, "own_work")]
    assert decisions(claim, superseded_at=None) == sorted((user.username, "verified") for user in people)
    assert Review.objects.filter(sighting=claim).count() == 2 * TWENTY
    assert Sighting.objects.get(pk=claim.pk).status == Status.VERIFIED
    with pytest.raises(IntegrityError, match="nobody verifies"), transaction.atomic():
        Review.objects.create(sighting=claim, reviewer=team.researcher, decision="verified", reason="Mine.")


def test_of_twenty_who_disagree_at_once_none_is_lost(team: Team, claim: Sighting) -> None:
    people = reviewers(team)
    bodies = {user: VERIFIED if number % 2 else REJECTED for number, user in enumerate(people)}

    answers = at_once([asking(team, claim, "decide", user, body) for user, body in bodies.items()])

    assert {answer.status_code for (answer,) in answers} == {201}
    assert dict(decisions(claim, superseded_at=None)) == {
        user.username: body["decision"] for user, body in bodies.items()
    }
    assert Sighting.objects.get(pk=claim.pk).status == Status.DISPUTED


def test_of_twenty_who_take_it_at_once_one_has_it(team: Team, claim: Sighting) -> None:
    answers = at_once([asking(team, claim, "claim", user) for user in reviewers(team)])

    statuses = sorted(answer.status_code for (answer,) in answers)
    assert statuses == [200, *[409] * (TWENTY - 1)]
    assert {answer.json()["code"] for (answer,) in answers if answer.status_code == 409} == {"turn_taken"}
    assert ReviewTurn.objects.count() == 1


def test_whoever_attaches_evidence_at_that_moment_does_not_verify(team: Team, claim: Sighting) -> None:
    """Whichever comes first: either the evidence is there and the verification is refused, or it came afterwards."""
    (user,) = reviewers(team, 1)
    page = cast.publication(team, "https://herald.example/")
    evidence = {"sighting": str(claim.pk), "publication": str(page.pk), "stance": "refutes", "credibility": 2}
    client = client_with(token_of(user, team.case))

    def attach() -> Any:
        return [client.post(in_case(team.case, "evidence/"), evidence)]

    (attached,), (decided,) = at_once([attach, asking(team, claim, "decide", user, VERIFIED)])

    assert attached.status_code == 201
    found = Sighting.objects.get(pk=claim.pk)
    if decided.status_code == 403:
        assert (decided.json()["code"], found.status) == ("own_work", Status.PROPOSED)
    else:
        assert (decided.status_code, found.status) == (201, Status.VERIFIED)
        assert found.flagged_at is not None


def test_evidence_that_is_not_committed_yet_is_waited_for(team: Team, claim: Sighting) -> None:
    (user,) = reviewers(team, 1)
    page = cast.publication(team, "https://herald.example/")
    asked = asking(team, claim, "decide", user, VERIFIED)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Evidence.objects.create(
                investigation=team.case, sighting=claim, publication=page, stance="refutes", credibility=2,
                attached_by=user,
            )  # fmt: skip
            deciding = pool.submit(at_once, [asked])
            wait_for_a_waiter()
        ((answer,),) = deciding.result()
    assert (answer.status_code, answer.json()["code"]) == (403, "own_work")


def wait_for_a_waiter() -> None:
    """Until some other connection waits for a lock."""
    with connection.cursor() as cursor:
        for _ in range(1000):
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                " AND datname = current_database() AND pg_sleep(0.01) IS NOT NULL"
            )
            if cursor.fetchone() != (0,):
                return
            cursor.execute("SELECT pg_stat_clear_snapshot()")
    raise AssertionError("nobody waits")


def test_attaching_deciding_and_recomputing_at_once_wait_for_one_another_in_one_order(
    team: Team, claim: Sighting
) -> None:
    people = reviewers(team, 6)
    pages = [cast.publication(team, f"https://herald.example/{number}") for number in range(18)]
    writer = client_with(token_of(team.researcher, team.case))

    def attach(numbers: range) -> Callable[[], Any]:
        bodies = [
            {
                "sighting": str(claim.pk),
                "publication": str(pages[number].pk),
                "stance": "refutes",
                "credibility": 3,
            }
            for number in numbers
        ]
        return lambda: [writer.post(in_case(team.case, "evidence/"), body) for body in bodies]

    def recompute() -> list[Any]:
        for _ in range(30):
            recompute_due()
        return []

    answers = at_once(
        [
            *(asking(team, claim, "decide", user, VERIFIED, VERIFIED, VERIFIED) for user in people),
            *(attach(range(start, start + 6)) for start in (0, 6, 12)),
            recompute,
            recompute,
        ]
    )

    assert {answer.status_code for each in answers for answer in each} == {201}
    assert claim.evidence.count() == 19
    recompute_due()
    assert not Recomputation.objects.exists()

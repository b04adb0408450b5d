"""From proposed through a turn to a decision, and back: what the service allows, and what the database holds to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from pytest_django import Settings

from osint.errors import ConflictError, ForbiddenError, NotFoundError
from osint.models import Role, User
from osint.services.investigations import change_role, grant_membership
from sightings.errors import OwnWorkError, SightingLockedError, TurnTakenError, WrongStatusError
from sightings.models import (
    CheckQuestion,
    Evidence,
    RelationKind,
    Review,
    ReviewCheck,
    ReviewTurn,
    Sighting,
    SightingRelation,
    Status,
)
from sightings.queue import running_turn
from sightings.services.assessments import recompute_due
from sightings.services.invalidations import invalidate_publication, withdraw_invalidation
from sightings.services.reviews import decide, give_back, propose_sighting, reopen, take_turn
from sightings.services.sightings import (
    attach_evidence,
    change_evidence,
    change_sighting,
    withdraw_evidence,
)
from sources.services.publications import record_derivation
from tests import cast
from tests.cast import Team
from tests.records import actions_on, last_change

pytestmark = pytest.mark.django_db

CHECKS: list[dict[str, Any]] = [
    {"question": question, "answer": "yes", "method": "satellite"} for question in CheckQuestion.values
]
#: What the service adds to the words that it shares with the database.
BY_THE_SERVICE = "Somebody else is to review this one"
UNKNOWN = [{"question": question, "answer": "unknown"} for question in CheckQuestion.values]


@pytest.fixture
def claim(team: Team) -> Sighting:
    """A proposed sighting with an item of evidence, both by the researcher."""
    sighting = cast.sighting(team)
    cast.evidence(team, sighting, cast.publication(team))
    return sighting


@pytest.fixture
def verified(team: Team, claim: Sighting) -> Sighting:
    """The same, verified by the reviewer."""
    verify(claim, team.reviewer)
    return now(claim)


@pytest.fixture
def second(team: Team) -> User:
    """Another reviewer."""
    return reviewer(team, "second")


def reviewer(team: Team, name: str) -> User:
    user = cast.person(name)
    grant_membership(team.case, actor=team.admin, user=user, role=Role.REVIEWER)
    return user


def verify(sighting: Sighting, actor: User, reason: str = "Seen by two satellites.") -> Review:
    return decide(sighting, actor=actor, decision="verified", reason=reason, checks=CHECKS)


def reject(sighting: Sighting, actor: User, reason: str = "A drawing.") -> Review:
    return decide(sighting, actor=actor, decision="rejected", reason=reason)


def now(sighting: Sighting) -> Sighting:
    """The row as it is now."""
    return Sighting.objects.get(pk=sighting.pk)


def standing(sighting: Sighting) -> dict[str, str]:
    rows = Review.objects.filter(sighting=sighting, superseded_at=None)
    return dict(rows.values_list("reviewer__username", "decision"))


def codes(error: ValidationError) -> dict[str, list[str | None]]:
    return {field: [problem.code for problem in found] for field, found in error.error_dict.items()}


def contrary(team: Team, sighting: Sighting, **values: Any) -> Evidence:
    page = cast.publication(team, f"https://herald.example/{values.get('stance', 'refutes')}")
    return cast.evidence(team, sighting, page, **{"stance": "refutes"} | values)


# Proposing and taking turns


def test_a_draft_is_proposed_and_begins_to_wait(team: Team) -> None:
    draft = cast.sighting(team, status="draft")
    proposed = propose_sighting(draft, actor=team.researcher)
    assert proposed.status == Status.PROPOSED
    assert proposed.waiting_since > draft.waiting_since
    assert actions_on(draft) == ["sighting.logged", "sighting.proposed"]


def test_a_draft_that_is_proposed_by_correcting_it_begins_to_wait_too(team: Team) -> None:
    draft = cast.sighting(team, status="draft")
    assert (
        change_sighting(draft, actor=team.researcher, status="proposed").waiting_since > draft.waiting_since
    )


def test_proposing_what_is_proposed_changes_nothing(team: Team, claim: Sighting) -> None:
    assert propose_sighting(claim, actor=team.researcher).waiting_since == claim.waiting_since
    assert actions_on(claim) == ["sighting.logged"]


def test_what_is_decided_is_not_proposed_again(team: Team, verified: Sighting) -> None:
    with pytest.raises(WrongStatusError):
        propose_sighting(verified, actor=team.researcher)


@pytest.mark.parametrize("deed", [take_turn, give_back])
def test_only_reviewers_take_turns(team: Team, claim: Sighting, deed: Callable[..., Any]) -> None:
    with pytest.raises(ForbiddenError):
        deed(claim, actor=team.researcher)
    with pytest.raises(NotFoundError):
        deed(claim, actor=team.outsider)


def test_a_turn_takes_the_sighting_into_review(team: Team, claim: Sighting, settings: Settings) -> None:
    settings.REVIEW_TURN_SECONDS = 60
    turn = take_turn(claim, actor=team.reviewer)
    assert now(claim).status == Status.IN_REVIEW
    assert timedelta(seconds=50) < turn.until - timezone.now() <= timedelta(seconds=60)


def test_a_turn_leaves_the_place_in_the_queue(team: Team, claim: Sighting) -> None:
    take_turn(claim, actor=team.reviewer)
    give_back(claim, actor=team.reviewer)
    assert (now(claim).waiting_since, now(claim).status) == (claim.waiting_since, Status.PROPOSED)


def test_nobody_takes_another_ones_turn(team: Team, claim: Sighting, second: User) -> None:
    take_turn(claim, actor=team.reviewer)
    with pytest.raises(TurnTakenError, match="roofs-reviewer"):
        take_turn(claim, actor=second)


def test_a_turn_that_ran_out_is_anybodys(team: Team, claim: Sighting, second: User) -> None:
    take_turn(claim, actor=team.reviewer)
    ReviewTurn.objects.update(until=timezone.now())
    assert running_turn(now(claim)) is None
    assert take_turn(claim, actor=second).reviewer == second
    assert ReviewTurn.objects.count() == 1


def test_ones_own_turn_is_made_longer(team: Team, claim: Sighting) -> None:
    first = take_turn(claim, actor=team.reviewer)
    assert take_turn(claim, actor=team.reviewer).until > first.until


def test_a_draft_is_nobodys_turn(team: Team) -> None:
    with pytest.raises(WrongStatusError):
        take_turn(cast.sighting(team, status="draft"), actor=team.reviewer)


def test_what_one_logged_is_not_ones_turn(team: Team, claim: Sighting) -> None:
    change_role(team.case.memberships.get(user=team.researcher), actor=team.admin, role=Role.REVIEWER)
    with pytest.raises(OwnWorkError):
        take_turn(claim, actor=team.researcher)


def test_a_flagged_sighting_is_taken_and_stays_verified(team: Team, verified: Sighting, second: User) -> None:
    contrary(team, verified)
    take_turn(verified, actor=second)
    give_back(verified, actor=second)
    assert now(verified).status == Status.VERIFIED


def test_only_ones_own_turn_is_given_back(team: Team, claim: Sighting, second: User) -> None:
    take_turn(claim, actor=team.reviewer)
    with pytest.raises(WrongStatusError):
        give_back(claim, actor=second)


# Deciding


def test_a_decision_sets_the_status_and_ends_the_turn(team: Team, claim: Sighting) -> None:
    take_turn(claim, actor=team.reviewer)
    verify(claim, team.reviewer)
    assert now(claim).status == Status.VERIFIED
    assert not ReviewTurn.objects.exists()


def test_a_decision_is_on_record(team: Team, claim: Sighting) -> None:
    review = verify(claim, team.reviewer)
    assert actions_on(review) == ["review.verified"]
    assert (last_change(claim).action, last_change(claim).actor) == ("sighting.decided", team.reviewer)
    assert actions_on(review.checks.all()[0]) == ["review.checked"]


def test_only_reviewers_decide(team: Team, claim: Sighting) -> None:
    with pytest.raises(ForbiddenError):
        verify(claim, team.researcher)
    with pytest.raises(NotFoundError):
        verify(claim, team.outsider)


def test_a_draft_is_not_decided(team: Team) -> None:
    with pytest.raises(WrongStatusError):
        reject(cast.sighting(team, status="draft"), team.reviewer)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"reason": " "}, {"reason": ["reason_required"]}),
        ({"decision": "reopened"}, {"decision": ["decision_unknown"]}),
        ({"checks": CHECKS[1:]}, {"checks.place": ["check_missing"]}),
        ({"checks": [*CHECKS, CHECKS[0]]}, {"checks.place": ["check_twice"]}),
        ({"checks": [*CHECKS[1:], CHECKS[0] | {"method": "none"}]}, {"checks.place": ["method_required"]}),
        ({"checks": [*CHECKS[1:], CHECKS[0] | {"answer": "maybe"}]}, {"checks.place": ["answer_unknown"]}),
        ({"checks": [*CHECKS[1:], CHECKS[0] | {"method": "a hunch"}]}, {"checks.place": ["method_unknown"]}),
        ({"checks": [*CHECKS, {"question": "mood"}]}, {"checks": ["question_unknown"]}),
    ],
)
def test_what_is_missing_is_said_at_its_place(
    team: Team, claim: Sighting, values: dict[str, Any], expected: dict[str, list[str]]
) -> None:
    given = {"decision": "verified", "reason": "Seen twice.", "checks": CHECKS} | values
    with pytest.raises(ValidationError) as refused:
        decide(claim, actor=team.reviewer, **given)
    assert codes(refused.value) == expected
    assert not Review.objects.exists()


def test_that_nobody_could_find_out_is_an_answer(team: Team, claim: Sighting) -> None:
    review = decide(claim, actor=team.reviewer, decision="verified", reason="All the same.", checks=UNKNOWN)
    assert set(review.checks.values_list("answer", "method")) == {("unknown", "none")}


def test_an_answer_says_who_looked_into_it(team: Team, claim: Sighting) -> None:
    checks = [CHECKS[0] | {"checked_by": team.researcher, "note": "By the chimney."}, *CHECKS[1:]]
    review = decide(claim, actor=team.reviewer, decision="verified", reason="Seen.", checks=checks)
    found = {check.question: (check.checked_by, check.note) for check in review.checks.all()}
    assert found["place"] == (team.researcher, "By the chimney.")
    assert found["date"] == (team.reviewer, "")


def test_whoever_looked_into_it_is_on_the_case(team: Team, claim: Sighting) -> None:
    checks = [CHECKS[0] | {"checked_by": team.outsider}, *CHECKS[1:]]
    with pytest.raises(ValidationError) as refused:
        decide(claim, actor=team.reviewer, decision="verified", reason="Seen.", checks=checks)
    assert codes(refused.value) == {"checks.place": ["checker_not_member"]}


def test_rejecting_needs_no_checklist(team: Team, claim: Sighting) -> None:
    assert reject(claim, team.reviewer).decision == "rejected"
    assert now(claim).status == Status.REJECTED


def test_the_assessment_of_that_moment_is_kept(team: Team, claim: Sighting) -> None:
    recompute_due()
    shown = claim.assessments.get()
    review = verify(claim, team.reviewer)
    contrary(team, claim)
    recompute_due()
    assert Review.objects.get(pk=review.pk).assessment == shown


def test_a_later_decision_takes_the_place_of_ones_own(team: Team, claim: Sighting) -> None:
    first = verify(claim, team.reviewer)
    reject(claim, team.reviewer)
    first.refresh_from_db()
    assert first.superseded_at is not None
    assert standing(claim) == {"roofs-reviewer": "rejected"}
    assert now(claim).status == Status.REJECTED


def test_a_contrary_decision_stands_beside_the_first(team: Team, claim: Sighting, second: User) -> None:
    verify(claim, team.reviewer)
    reject(claim, second)
    assert standing(claim) == {"roofs-reviewer": "verified", "second": "rejected"}
    assert now(claim).status == Status.DISPUTED


def test_those_who_come_to_agree_settle_it(team: Team, claim: Sighting, second: User) -> None:
    verify(claim, team.reviewer)
    reject(claim, second)
    verify(claim, second)
    assert now(claim).status == Status.VERIFIED


# Two persons


def make_reviewer(team: Team, user: User) -> User:
    change_role(team.case.memberships.get(user=user), actor=team.admin, role=Role.REVIEWER)
    return user


def test_whoever_logged_it_does_not_verify_it(team: Team) -> None:
    sighting = cast.sighting(team)
    with pytest.raises(OwnWorkError, match=BY_THE_SERVICE) as refused:
        verify(sighting, make_reviewer(team, team.researcher))
    assert (refused.value.code, refused.value.status) == ("own_work", 403)


def test_whoever_attached_evidence_does_not_verify_it(team: Team, claim: Sighting) -> None:
    page = cast.publication(team, "https://herald.example/")
    attach_evidence(claim, actor=team.reviewer, publication=page, stance="refutes", credibility=3)
    with pytest.raises(OwnWorkError, match=BY_THE_SERVICE):
        verify(claim, team.reviewer)


def test_neutral_and_withdrawn_evidence_decides_nothing(team: Team, claim: Sighting) -> None:
    pages = [cast.publication(team, f"https://herald.example/{name}") for name in ("one", "two")]
    attach_evidence(claim, actor=team.reviewer, publication=pages[0], stance="neutral", credibility=3)
    item = attach_evidence(claim, actor=team.reviewer, publication=pages[1], stance="supports", credibility=3)
    withdraw_evidence(item, actor=team.researcher, reason="Another roof.")
    assert verify(claim, team.reviewer).decision == "verified"


def same_as(team: Team, sighting: Sighting) -> Sighting:
    """Another sighting that is the same, and counts for the one given."""
    other = cast.sighting(team, title="The same launcher")
    SightingRelation.objects.create(
        investigation=team.case, sighting=other, other=sighting, kind=RelationKind.SAME_AS, reason="One roof.",
        stated_by=team.researcher,
    )  # fmt: skip
    return other


def test_evidence_of_what_is_the_same_counts_as_evidence_of_it(team: Team, claim: Sighting) -> None:
    page = cast.publication(team, "https://herald.example/")
    other = same_as(team, claim)
    attach_evidence(other, actor=team.reviewer, publication=page, stance="supports", credibility=3)
    with pytest.raises(OwnWorkError, match=BY_THE_SERVICE):
        verify(claim, team.reviewer)
    with refused_by("review_by_another_person"), transaction.atomic():
        Review.objects.create(sighting=claim, reviewer=team.reviewer, decision="verified", reason="Mine.")


def test_whoever_logged_it_may_reject_it(team: Team) -> None:
    sighting = cast.sighting(team)
    reject(sighting, make_reviewer(team, team.researcher))
    assert now(sighting).status == Status.REJECTED


def refused_by(name: str) -> Any:
    """Expects the database to refuse by the constraint of this name."""
    return pytest.raises(IntegrityError, check=lambda error: error.__cause__.diag.constraint_name == name)


def test_the_database_refuses_the_authors_verification_past_the_service(team: Team, claim: Sighting) -> None:
    with refused_by("review_by_another_person"), transaction.atomic():
        Review.objects.create(sighting=claim, reviewer=team.researcher, decision="verified", reason="Mine.")


def test_the_database_refuses_the_author_who_attached_nothing(team: Team) -> None:
    sighting = cast.sighting(team)
    with refused_by("review_by_another_person"), transaction.atomic():
        Review.objects.create(
            sighting=sighting, reviewer=team.researcher, decision="verified", reason="Mine."
        )


def test_the_database_refuses_it_in_raw_sql_too(team: Team, claim: Sighting) -> None:
    with refused_by("review_by_another_person"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO sightings_review (id, created_at, updated_at, sighting_id, reviewer_id, decision, reason)"
            " VALUES (gen_random_uuid(), now(), now(), %s, %s, 'verified', 'Mine.')",
            [claim.pk, team.researcher.pk],
        )


def test_the_database_refuses_whoever_attached_evidence(team: Team, claim: Sighting) -> None:
    page = cast.publication(team, "https://herald.example/")
    attach_evidence(claim, actor=team.admin, publication=page, stance="undercuts", credibility=3,
                    undercuts=claim.evidence.get())  # fmt: skip
    with refused_by("review_by_another_person"), transaction.atomic():
        Review.objects.create(sighting=claim, reviewer=team.admin, decision="verified", reason="Mine.")


def test_what_only_the_database_sees_is_said_in_the_same_words(
    team: Team, claim: Sighting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sightings.services.reviews.is_own_work", lambda *_: False)  # as if just before
    with pytest.raises(OwnWorkError):
        verify(claim, make_reviewer(team, team.researcher))


def test_no_sighting_is_verified_without_a_review(team: Team, claim: Sighting) -> None:
    with refused_by("sighting_verified_by_review"), transaction.atomic():
        Sighting.objects.filter(pk=claim.pk).update(status="verified")


@pytest.mark.parametrize("column", ["decision", "reason"])
def test_a_decision_is_never_edited(team: Team, claim: Sighting, column: str) -> None:
    verify(claim, team.reviewer)
    with refused_by("review_never_edited"), transaction.atomic():
        Review.objects.update(**{column: "rejected"})


def test_a_decision_is_never_deleted_nor_raised_again(team: Team, claim: Sighting) -> None:
    review = verify(claim, team.reviewer)
    reject(claim, team.reviewer)
    with refused_by("review_never_edited"), transaction.atomic():
        Review.objects.filter(pk=review.pk).update(superseded_at=None)
    with refused_by("review_never_edited"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM sightings_review")


def test_an_answer_of_a_checklist_is_never_edited(team: Team, claim: Sighting) -> None:
    verify(claim, team.reviewer)
    with refused_by("check_never_edited"), transaction.atomic():
        ReviewCheck.objects.update(answer="no")
    with refused_by("check_never_edited"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM sightings_reviewcheck")


# What is verified stays


def test_a_verified_sighting_is_not_corrected(team: Team, verified: Sighting) -> None:
    with pytest.raises(SightingLockedError) as refused:
        change_sighting(verified, actor=team.researcher, title="Two launchers")
    assert (refused.value.code, refused.value.status) == ("sighting_locked", 409)


def test_nor_while_somebody_else_disputes_it(team: Team, verified: Sighting, second: User) -> None:
    reject(verified, second)
    with pytest.raises(SightingLockedError):
        change_sighting(verified, actor=team.researcher, title="Two launchers")
    with refused_by("sighting_locked"), transaction.atomic():
        Sighting.objects.filter(pk=verified.pk).update(title="Two launchers")


def test_its_evidence_is_not_corrected_nor_withdrawn(team: Team, verified: Sighting) -> None:
    item = verified.evidence.get()
    with pytest.raises(SightingLockedError):
        change_evidence(item, actor=team.researcher, credibility=5)
    with pytest.raises(SightingLockedError):
        withdraw_evidence(item, actor=team.researcher, reason="Another roof.")


def test_the_service_holds_to_it_without_the_database(team: Team, verified: Sighting) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # or the tables could not be altered
        cursor.execute("ALTER TABLE sightings_sighting DISABLE TRIGGER sighting_locked")
        cursor.execute("ALTER TABLE sightings_evidence DISABLE TRIGGER evidence_locked")
    with pytest.raises(SightingLockedError):
        change_sighting(verified, actor=team.researcher, title="Two launchers")
    with pytest.raises(SightingLockedError):
        change_evidence(verified.evidence.get(), actor=team.researcher, credibility=5)
    with pytest.raises(SightingLockedError):
        withdraw_evidence(verified.evidence.get(), actor=team.researcher, reason="Another roof.")


def test_the_database_holds_to_it_past_the_service(team: Team, verified: Sighting) -> None:
    with refused_by("sighting_locked"), transaction.atomic():
        Sighting.objects.filter(pk=verified.pk).update(title="Two launchers")
    with refused_by("sighting_locked"), transaction.atomic():
        Sighting.objects.filter(pk=verified.pk).update(status="draft")
    with refused_by("sighting_locked"), transaction.atomic():
        Evidence.objects.filter(sighting=verified).update(stance="neutral")
    with refused_by("sighting_locked"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM sightings_evidence")


def test_what_only_the_database_sees_of_it_is_said_in_the_same_words(
    team: Team, verified: Sighting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sightings.services.sightings._refuse_locked", lambda sighting: None)
    with pytest.raises(SightingLockedError):
        change_sighting(verified, actor=team.researcher, title="Two launchers")
    with pytest.raises(SightingLockedError):
        change_evidence(verified.evidence.get(), actor=team.researcher, credibility=5)


def test_a_rejected_sighting_is_corrected(team: Team, claim: Sighting) -> None:
    reject(claim, team.reviewer)
    assert change_sighting(claim, actor=team.researcher, title="A drawing").title == "A drawing"


def test_recomputing_goes_on(team: Team, verified: Sighting) -> None:
    recompute_due()
    assert now(verified).word != ""


# Flags


def test_supporting_evidence_is_attached_and_flags_nothing(team: Team, verified: Sighting) -> None:
    contrary(team, verified, stance="supports")
    assert now(verified).flagged_at is None


@pytest.mark.parametrize("stance", ["refutes", "undercuts"])
def test_contrary_evidence_flags_what_is_verified(team: Team, verified: Sighting, stance: str) -> None:
    attacked = {"undercuts": verified.evidence.get()} if stance == "undercuts" else {}
    contrary(team, verified, stance=stance, **attacked)
    flagged = now(verified)
    assert (flagged.status, last_change(verified).action) == (Status.VERIFIED, "sighting.flagged")
    assert flagged.flagged_at is not None
    assert flagged.waiting_since > verified.waiting_since


def test_a_second_item_leaves_the_first_flag(team: Team, verified: Sighting) -> None:
    first = contrary(team, verified)
    flagged_at = now(verified).flagged_at
    contrary(team, verified, stance="undercuts", undercuts=verified.evidence.exclude(pk=first.pk).get())
    assert now(verified).flagged_at == flagged_at
    assert actions_on(verified).count("sighting.flagged") == 1


def test_what_undercuts_a_refutation_flags_nothing(team: Team, claim: Sighting) -> None:
    refutation = contrary(team, claim)
    verify(claim, team.reviewer)
    contrary(team, claim, stance="undercuts", undercuts=refutation)
    assert now(claim).flagged_at is None


def test_contrary_evidence_flags_only_what_is_verified(team: Team, claim: Sighting) -> None:
    contrary(team, claim)
    assert now(claim).flagged_at is None


def test_evidence_against_the_same_sighting_flags_the_one_that_stands_for_it(
    team: Team, verified: Sighting
) -> None:
    contrary(team, same_as(team, verified))
    assert now(verified).flagged_at is not None


def test_the_next_decision_clears_the_flag(team: Team, verified: Sighting, second: User) -> None:
    contrary(team, verified)
    verify(verified, second)
    assert (now(verified).flagged_at, now(verified).status) == (None, Status.VERIFIED)


# Reopening


def test_reopening_sends_it_back_with_no_decision_standing(
    team: Team, verified: Sighting, second: User
) -> None:
    contrary(team, verified)
    review = reopen(verified, actor=second, reason="The chimney is gone.")
    reopened = now(verified)
    assert standing(verified) == {"second": "reopened"}
    assert (reopened.status, reopened.flagged_at) == (Status.PROPOSED, None)
    assert reopened.waiting_since > verified.waiting_since
    assert (actions_on(review), last_change(verified).action) == (["review.reopened"], "sighting.reopened")


def test_what_is_reopened_is_corrected_and_decided_anew(team: Team, verified: Sighting, second: User) -> None:
    reopen(verified, actor=second, reason="The chimney is gone.")
    change_sighting(now(verified), actor=team.researcher, title="Two launchers")
    withdraw_evidence(verified.evidence.get(), actor=team.researcher, reason="Another roof.")
    verify(verified, second)
    assert standing(verified) == {"second": "verified"}
    assert now(verified).status == Status.VERIFIED


def test_a_reopening_is_no_verdict(team: Team, verified: Sighting, second: User) -> None:
    reopen(verified, actor=second, reason="The chimney is gone.")
    verify(verified, team.reviewer)
    assert now(verified).status == Status.VERIFIED


def test_reopening_needs_a_reason_a_role_and_a_decision(team: Team, claim: Sighting) -> None:
    with pytest.raises(WrongStatusError):
        reopen(claim, actor=team.reviewer, reason="There is more.")
    reject(claim, team.reviewer)
    with pytest.raises(ForbiddenError):
        reopen(claim, actor=team.researcher, reason="There is more.")
    with pytest.raises(ValidationError):
        reopen(claim, actor=team.reviewer, reason="")


# Findings about publications


def test_an_invalidation_is_on_record_and_flags_what_rests_on_it(team: Team, verified: Sighting) -> None:
    found = invalidate_publication(verified.evidence.get().publication, actor=team.reviewer, reason="Staged.")
    assert actions_on(found) == ["publication.invalidated"]
    assert now(verified).flagged_at is not None


def test_so_does_that_of_what_it_derives_from(team: Team, verified: Sighting) -> None:
    origin = cast.publication(team, "https://origin.example/")
    record_derivation(
        verified.evidence.get().publication, actor=team.researcher, derives_from=origin, kind="relays"
    )
    invalidate_publication(origin, actor=team.reviewer, reason="Staged.")
    assert now(verified).flagged_at is not None


def test_only_reviewers_invalidate_and_say_why_and_once(team: Team, claim: Sighting) -> None:
    page = claim.evidence.get().publication
    with pytest.raises(ForbiddenError):
        invalidate_publication(page, actor=team.researcher, reason="Staged.")
    with pytest.raises(ValidationError):
        invalidate_publication(page, actor=team.reviewer, reason=" ")
    invalidate_publication(page, actor=team.reviewer, reason="Staged.")
    with pytest.raises(ValidationError, match="already"):
        invalidate_publication(page, actor=team.reviewer, reason="Staged.")


def test_an_invalidation_is_withdrawn_once_with_a_reason(team: Team, claim: Sighting) -> None:
    found = invalidate_publication(claim.evidence.get().publication, actor=team.reviewer, reason="Staged.")
    with pytest.raises(ValidationError):
        withdraw_invalidation(found, actor=team.reviewer, reason=" ")
    with pytest.raises(ForbiddenError):
        withdraw_invalidation(found, actor=team.researcher, reason="It was genuine.")
    withdrawn = withdraw_invalidation(found, actor=team.admin, reason="It was genuine.")
    assert (withdrawn.withdrawn_by, actions_on(found)[-1]) == (team.admin, "invalidation.withdrawn")
    with pytest.raises(ConflictError):
        withdraw_invalidation(found, actor=team.reviewer, reason="Again.")

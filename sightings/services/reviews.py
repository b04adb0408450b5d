"""Reviewing sightings: from proposed through a reviewer's turn to a decision, and back by reopening.

Whoever decides holds the sighting's row from the start, so that decisions made at once are made one after another.
Attaching evidence holds the row's key and recomputing writes beside it; neither waits for something a decision holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from osint.access import require_role, role_in
from osint.models import Role, User
from osint.services.changes import insert, insert_many, remove, update
from sightings.errors import OwnWorkError, TurnTakenError, WrongStatusError
from sightings.models import (
    CheckAnswer,
    CheckMethod,
    CheckQuestion,
    Decision,
    Review,
    ReviewCheck,
    ReviewTurn,
    Sighting,
    Status,
)
from sightings.queue import is_own_work
from sightings.selectors import merges

VERDICTS = (Decision.VERIFIED, Decision.DISPUTED, Decision.REJECTED)
DECIDED = frozenset({Status.VERIFIED, Status.DISPUTED, Status.REJECTED})


@transaction.atomic
def propose_sighting(sighting: Sighting, *, actor: User) -> Sighting:
    """Say that a draft is ready for a reviewer; one that is proposed already stays so. Needs researcher.

    Raises ForbiddenError, NotFoundError, WrongStatusError.
    """
    require_role(actor, sighting.investigation, Role.RESEARCHER)
    locked = _locked(sighting)
    if locked.status not in {Status.DRAFT, Status.PROPOSED}:
        raise WrongStatusError(f"Expected a draft; this sighting is {locked.get_status_display().lower()}.")
    if locked.status == Status.PROPOSED:
        return locked
    return _move(
        locked, Status.PROPOSED, actor=actor, action="sighting.proposed", waiting_since=timezone.now()
    )


@transaction.atomic
def take_turn(sighting: Sighting, *, actor: User) -> ReviewTurn:
    """Take a sighting out of the queue for REVIEW_TURN_SECONDS; one's own turn is made longer. Needs reviewer.

    What is decided already keeps its status. Raises ForbiddenError, NotFoundError, WrongStatusError for a draft,
    OwnWorkError, and TurnTakenError while somebody else has it.
    """
    require_role(actor, sighting.investigation, Role.REVIEWER)
    locked = _locked(sighting)
    _refuse_draft(locked)
    _refuse_own_work(locked, actor)
    turn = _hold(locked, actor)
    if locked.status == Status.PROPOSED:
        _move(locked, Status.IN_REVIEW, actor=actor, action="sighting.in_review")
    return turn


@transaction.atomic
def give_back(sighting: Sighting, *, actor: User) -> Sighting:
    """End one's own turn without a decision: the sighting waits again, as long as before. Needs reviewer.

    Raises ForbiddenError, NotFoundError, WrongStatusError where the turn is not the actor's.
    """
    require_role(actor, sighting.investigation, Role.REVIEWER)
    locked = _locked(sighting)
    if not _end_turn(locked, actor):
        raise WrongStatusError("This sighting is not yours to give back: you have not taken it.")
    if locked.status == Status.IN_REVIEW:
        return _move(locked, Status.PROPOSED, actor=actor, action="sighting.given_back")
    return locked


@transaction.atomic
def decide(
    sighting: Sighting,
    *,
    actor: User,
    decision: str,
    reason: str,
    checks: Sequence[Mapping[str, Any]] = (),
) -> Review:
    """Verify, dispute or reject a sighting, with a reason. Needs reviewer; nobody needs to have taken it before.

    `checks` are answers of the checklist: `question`, `answer`, `method`, `note`, and `checked_by`, which is the
    actor where it is missing. Verifying needs one to every question, though it may be that nobody could find out.
    The decision takes the place of the actor's own earlier one and stands beside those of others; the sighting is
    what they agree on, and disputed where they do not.

    Raises ForbiddenError, NotFoundError, ValidationError, WrongStatusError for a draft and for verifying what was
    merged into another sighting, and OwnWorkError for verifying what the actor logged or attached evidence to.
    """
    require_role(actor, sighting.investigation, Role.REVIEWER)
    _require_reason(reason)
    _require_verdict(decision)
    answers = _checklist(sighting, actor, checks, is_complete=decision == Decision.VERIFIED)
    locked = _locked(sighting)
    _refuse_draft(locked)
    if decision == Decision.VERIFIED:
        _refuse_own_work(locked, actor)
        _refuse_merged(locked)
    _supersede(_standing(locked).filter(reviewer=actor), actor)
    review = _record(locked, actor, decision, reason)
    _answer(review, answers, actor)
    _end_turn(locked, actor)
    _move(locked, _verdict(locked), actor=actor, action="sighting.decided", flagged_at=None)
    return review


@transaction.atomic
def reopen(sighting: Sighting, *, actor: User, reason: str) -> Review:
    """Send a decided sighting back to the queue, with a reason: no earlier decision stands any more. Needs reviewer.

    Raises ForbiddenError, NotFoundError, ValidationError, WrongStatusError where nothing is decided.
    """
    require_role(actor, sighting.investigation, Role.REVIEWER)
    _require_reason(reason)
    locked = _locked(sighting)
    if locked.status not in DECIDED:
        raise WrongStatusError("There is no decision yet that could be reopened.")
    _supersede(_standing(locked), actor)
    review = _record(locked, actor, Decision.REOPENED, reason)
    for turn in ReviewTurn.objects.filter(sighting=locked):
        remove(turn, actor=actor, action="turn.ended")
    _move(
        locked,
        Status.PROPOSED,
        actor=actor,
        action="sighting.reopened",
        flagged_at=None,
        waiting_since=timezone.now(),
    )
    return review


def _locked(sighting: Sighting) -> Sighting:
    return Sighting.objects.select_for_update(of=("self",)).get(pk=sighting.pk)


def _move(sighting: Sighting, status: Status, *, actor: User, action: str, **values: Any) -> Sighting:
    return update(sighting, {"status": status, **values}, actor=actor, action=action)


def _standing(sighting: Sighting) -> Any:
    return Review.objects.filter(sighting=sighting, superseded_at=None).order_by("pk")


def _supersede(reviews: Iterable[Review], actor: User) -> None:
    for review in reviews:
        update(review, {"superseded_at": timezone.now()}, actor=actor, action="review.superseded")


def _record(sighting: Sighting, actor: User, decision: str, reason: str) -> Review:
    review = Review(
        sighting=sighting,
        reviewer=actor,
        decision=decision,
        reason=reason,
        assessment=sighting.assessments.order_by("-pk").first(),
    )
    return insert(review, actor=actor, action=f"review.{decision}")


def _verdict(sighting: Sighting) -> Status:
    """What those whose decisions stand agree on. A reopening is no verdict."""
    standing = set(_standing(sighting).exclude(decision=Decision.REOPENED).values_list("decision", flat=True))
    return Status(standing.pop()) if len(standing) == 1 else Status.DISPUTED


def _hold(sighting: Sighting, actor: User) -> ReviewTurn:
    """The actor's turn from now on, whoever had one before that ran out. Raises TurnTakenError."""
    until = timezone.now() + timedelta(seconds=settings.REVIEW_TURN_SECONDS)
    turn = ReviewTurn.objects.filter(sighting=sighting).select_related("reviewer").first()
    if turn is None:
        turn = ReviewTurn(sighting=sighting, reviewer=actor, until=until)
        return insert(turn, actor=actor, action="turn.taken")
    if turn.reviewer_id != actor.pk and turn.until > timezone.now():
        raise TurnTakenError(f"{turn.reviewer.get_full_name()} reviews it until {turn.until:%H:%M} UTC.")
    return update(turn, {"reviewer": actor, "until": until}, actor=actor, action="turn.taken")


def _end_turn(sighting: Sighting, actor: User) -> bool:
    """End the actor's turn; returns whether there was one."""
    turn = ReviewTurn.objects.filter(sighting=sighting, reviewer=actor).first()
    if turn is not None:
        remove(turn, actor=actor, action="turn.ended")
    return turn is not None


def _checklist(
    sighting: Sighting, actor: User, checks: Sequence[Mapping[str, Any]], *, is_complete: bool
) -> list[ReviewCheck]:
    """The answers as rows. Raises ValidationError with what is wrong, under `checks.` and the question."""
    rows: dict[str, ReviewCheck] = {}
    problems: dict[str, ValidationError] = {}
    for check in checks:
        question = str(check.get("question", ""))
        if problem := _problem_of(sighting, check, seen=rows):
            problems[f"checks.{question}" if question in CheckQuestion.values else "checks"] = problem
            continue
        rows[question] = ReviewCheck(**{"method": CheckMethod.NONE, "checked_by": actor, **_given(check)})
    for question in CheckQuestion.values:
        if is_complete and question not in rows:
            missing = ValidationError("Answer it, though it be that nobody could find out.", "check_missing")
            problems.setdefault(f"checks.{question}", missing)
    if problems:
        raise ValidationError(problems)
    return list(rows.values())


def _given(check: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in check.items() if name != "checked_by" or value is not None}


def _problem_of(
    sighting: Sighting, check: Mapping[str, Any], *, seen: Mapping[str, ReviewCheck]
) -> ValidationError | None:
    question, answer = check.get("question"), check.get("answer")
    if question not in CheckQuestion.values:
        return ValidationError("There is no such question.", "question_unknown")
    if question in seen:
        return ValidationError("This question is answered twice.", "check_twice")
    if answer not in CheckAnswer.values:
        return ValidationError("Expected yes, no or unknown.", "answer_unknown")
    method = check.get("method", CheckMethod.NONE)
    if method not in CheckMethod.values:
        return ValidationError("There is no such method.", "method_unknown")
    if answer != CheckAnswer.UNKNOWN and method == CheckMethod.NONE:
        return ValidationError("Say how it was found out.", "method_required")
    return _problem_of_person(sighting, check.get("checked_by"))


def _problem_of_person(sighting: Sighting, person: User | None) -> ValidationError | None:
    if person is None or role_in(person, sighting.investigation) is not None:
        return None
    return ValidationError("Whoever looked into it is a member of the case.", "checker_not_member")


def _answer(review: Review, answers: list[ReviewCheck], actor: User) -> None:
    for answer in answers:
        answer.review = review
    insert_many(answers, actor=actor, action="review.checked")


def _refuse_draft(sighting: Sighting) -> None:
    if sighting.status == Status.DRAFT:
        raise WrongStatusError("This sighting is a draft: it is not proposed for review yet.")


def _refuse_own_work(sighting: Sighting, actor: User) -> None:
    if is_own_work(sighting, actor):
        raise OwnWorkError(f"{OwnWorkError.title}. Somebody else is to review this one.")


def _refuse_merged(sighting: Sighting) -> None:
    """What counts for another sighting is verified there, or else its evidence could not be taken back."""
    merge = merges().filter(sighting=sighting).select_related("other").first()
    if merge is not None:
        raise WrongStatusError(f"This sighting counts for “{merge.other}”: review that one.")


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise ValidationError({"reason": ValidationError("Say why.", code="reason_required")})


def _require_verdict(decision: str) -> None:
    if decision not in VERDICTS:
        problem = ValidationError("Expected verified, disputed or rejected.", code="decision_unknown")
        raise ValidationError({"decision": problem})

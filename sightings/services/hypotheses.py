"""What else it could be: proposing hypotheses, and judging how evidence fits them and the claim itself."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from osint.access import get_one, require_role
from osint.errors import ConflictError, NotFoundError
from osint.models import Role, User
from osint.services.changes import insert, remove, update
from sightings.models import Evidence, Hypothesis, HypothesisFit, Sighting


def propose_hypothesis(sighting: Sighting, *, actor: User, title: str, note: str = "") -> Hypothesis:
    """Put up a hypothesis that competes with the claim. Needs researcher.

    Raises ForbiddenError, NotFoundError, ValidationError (`hypothesis_exists`).
    """
    require_role(actor, sighting.investigation, Role.RESEARCHER)
    hypothesis = Hypothesis(sighting=sighting, title=title, note=note, proposed_by=actor)
    return insert(hypothesis, actor=actor, action="hypothesis.proposed")


def change_hypothesis(hypothesis: Hypothesis, *, actor: User, **values: str) -> Hypothesis:
    """Correct title or note. Raises as `propose_hypothesis`."""
    require_role(actor, hypothesis.sighting.investigation, Role.RESEARCHER)
    return update(hypothesis, values, actor=actor, action="hypothesis.changed")


def drop_hypothesis(hypothesis: Hypothesis, *, actor: User) -> Hypothesis:
    """Take a hypothesis out of the matrix; it and its judgements stay on record. Needs researcher.

    Safe to call again. Raises ForbiddenError, NotFoundError.
    """
    require_role(actor, hypothesis.sighting.investigation, Role.RESEARCHER)
    return update(hypothesis, {"is_dropped": True}, actor=actor, action="hypothesis.dropped")


def restore_hypothesis(hypothesis: Hypothesis, *, actor: User) -> Hypothesis:
    """Take a dropped hypothesis back into the matrix, with its judgements. Raises as `drop_hypothesis`."""
    require_role(actor, hypothesis.sighting.investigation, Role.RESEARCHER)
    return update(hypothesis, {"is_dropped": False}, actor=actor, action="hypothesis.restored")


@transaction.atomic
def judge_fit(
    evidence: Evidence, *, actor: User, hypothesis: Hypothesis | None, fit: str | None
) -> HypothesisFit | None:
    """Say how an item of evidence fits a hypothesis of its sighting, or without one the claim itself.

    With `fit` None a judgement is taken back. Needs researcher. Raises ForbiddenError, NotFoundError for another
    sighting's hypothesis, ValidationError, and ConflictError where the evidence is withdrawn or the hypothesis dropped.
    """
    require_role(actor, evidence.investigation, Role.RESEARCHER)
    # The item's lock makes two people who fill the same empty cell wait for one another.
    _refuse_withdrawn(Evidence.objects.select_for_update(of=("self",)).get(pk=evidence.pk))
    if hypothesis is not None:
        _refuse_unfit(Hypothesis.objects.get(pk=hypothesis.pk), evidence)
    found = HypothesisFit.objects.filter(evidence=evidence, hypothesis=hypothesis).first()
    if found is None:
        return _judged(evidence, hypothesis, fit, actor) if fit is not None else None
    if fit is None:
        remove(found, actor=actor, action="fit.taken_back")
        return None
    if found.fit == fit:
        return found
    return update(found, {"fit": fit, "judged_by": actor}, actor=actor, action="fit.judged")


@transaction.atomic
def judge_fits(
    sighting: Sighting, *, actor: User, fits: Mapping[tuple[UUID, UUID | None], str | None]
) -> int:
    """Fill in several cells of the matrix at once, by evidence and hypothesis: all of them, or none.

    Returns how many there were. Raises as `judge_fit`.
    """
    require_role(actor, sighting.investigation, Role.RESEARCHER)
    # In one order everywhere, so that two people who save at once cannot wait for one another.
    for (evidence_id, hypothesis_id), fit in sorted(fits.items(), key=lambda cell: str(cell[0])):
        judge_fit(
            get_one(Evidence.objects.filter(sighting=sighting), pk=evidence_id),
            actor=actor,
            hypothesis=get_one(Hypothesis.objects.filter(sighting=sighting), pk=hypothesis_id)
            if hypothesis_id
            else None,
            fit=fit,
        )
    return len(fits)


def _judged(evidence: Evidence, hypothesis: Hypothesis | None, fit: str, actor: User) -> HypothesisFit:
    row = HypothesisFit(
        sighting_id=evidence.sighting_id, hypothesis=hypothesis, evidence=evidence, fit=fit, judged_by=actor
    )
    return insert(row, actor=actor, action="fit.judged")


def _refuse_withdrawn(evidence: Evidence) -> None:
    if evidence.withdrawn_at is not None:
        raise ConflictError("This evidence is withdrawn: it fits nothing any more.")


def _refuse_unfit(hypothesis: Hypothesis, evidence: Evidence) -> None:
    if hypothesis.sighting_id != evidence.sighting_id:
        raise NotFoundError
    if hypothesis.is_dropped:
        raise ConflictError("This hypothesis is dropped. Restore it first.")

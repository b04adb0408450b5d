"""Logging sightings and attaching evidence to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from osint.access import get_one, require_role
from osint.dates import edtf_columns
from osint.errors import ConflictError
from osint.models import Investigation, Role, User
from osint.services.changes import insert, update
from sightings.errors import SightingLockedError
from sightings.models import Decision, Evidence, Review, Sighting, Status
from sightings.selectors import evidence_in
from sightings.services.flags import flag_for
from sources.models import Publication
from sources.selectors import publications_in

#: A researcher says when a claim is ready to be looked at; everything further is a reviewer's decision.
RESEARCHERS_STATUSES = frozenset({Status.DRAFT, Status.PROPOSED})


def log_sighting(investigation: Investigation, *, actor: User, **values: Any) -> Sighting:
    """Log a claim. Needs researcher. Raises ForbiddenError, NotFoundError, ValidationError."""
    require_role(actor, investigation, Role.RESEARCHER)
    sighting = Sighting(investigation=investigation, logged_by=actor, **_with_dates(values))
    _refuse_verdict(sighting.status)
    return insert(sighting, actor=actor, action="sighting.logged")


def change_sighting(sighting: Sighting, *, actor: User, **values: Any) -> Sighting:
    """Correct a claim. Needs researcher.

    Raises as `log_sighting`, and SightingLockedError while somebody's decision that it is verified stands.
    """
    require_role(actor, sighting.investigation, Role.RESEARCHER)
    _refuse_locked(sighting)
    if "status" in values:
        _refuse_verdict(values["status"])
        _refuse_verdict(sighting.status)
        values |= _waiting(sighting, values["status"])
    return update(sighting, _with_dates(values), actor=actor, action="sighting.changed")


@transaction.atomic
def attach_evidence(
    sighting: Sighting,
    *,
    actor: User,
    publication: Publication,
    undercuts: Evidence | None = None,
    **values: Any,
) -> Evidence:
    """Link a publication of the same case to the sighting, with stance and credibility. Needs researcher.

    `undercuts` is another item of evidence on the same sighting. A verified sighting takes on evidence as well, and
    is flagged where that is contrary. Raises ForbiddenError, NotFoundError, ValidationError.
    """
    investigation = sighting.investigation
    require_role(actor, investigation, Role.RESEARCHER)
    get_one(publications_in(investigation), pk=publication.pk)
    if undercuts is not None:
        get_one(evidence_in(investigation), pk=undercuts.pk, sighting=sighting)
    evidence = Evidence(
        investigation=investigation,
        sighting=sighting,
        publication=publication,
        undercuts=undercuts,
        attached_by=actor,
        **values,
    )
    insert(evidence, actor=actor, action="evidence.attached")
    flag_for(evidence, actor=actor)
    return evidence


@transaction.atomic
def change_evidence(evidence: Evidence, *, actor: User, **values: Any) -> Evidence:
    """Correct stance, credibility, quotation, fragment or note. Needs researcher.

    Raises as `attach_evidence`, ConflictError once it is withdrawn, and SightingLockedError while somebody's
    decision that the sighting is verified stands.
    """
    require_role(actor, evidence.investigation, Role.RESEARCHER)
    _refuse_locked(evidence.sighting)
    _refuse_withdrawn(evidence)
    return update(evidence, values, actor=actor, action="evidence.changed")


@transaction.atomic
def withdraw_evidence(evidence: Evidence, *, actor: User, reason: str) -> Evidence:
    """Take an item of evidence out of account, with a reason; it stays on record. Needs researcher.

    Raises ForbiddenError, ValidationError (`reason_required`), ConflictError when it is withdrawn already, and
    SightingLockedError as `change_evidence` does.
    """
    require_role(actor, evidence.investigation, Role.RESEARCHER)
    _refuse_locked(evidence.sighting)
    _refuse_withdrawn(evidence)
    if not reason.strip():
        raise ValidationError({"reason": ValidationError("Say why it is withdrawn.", code="reason_required")})
    values = {"withdrawn_at": timezone.now(), "withdrawn_reason": reason}
    return update(evidence, values, actor=actor, action="evidence.withdrawn")


def _refuse_withdrawn(evidence: Evidence) -> None:
    """What was withdrawn stays as it was, with its first reason; a second thought is a new item."""
    row = Evidence.objects.select_for_update(of=("self",)).get(pk=evidence.pk)
    if row.withdrawn_at is not None:
        raise ConflictError("This evidence is withdrawn. Attach the publication anew instead.")


def _refuse_locked(sighting: Sighting) -> None:
    """In time to say it before anything is done; the database says it to whoever is between two decisions."""
    if Review.objects.filter(sighting=sighting, decision=Decision.VERIFIED, superseded_at=None).exists():
        raise SightingLockedError


def _waiting(sighting: Sighting, status: str) -> dict[str, Any]:
    """A draft begins to wait for a reviewer when it is proposed."""
    return {"waiting_since": timezone.now()} if (sighting.status, status) == ("draft", "proposed") else {}


def _refuse_verdict(status: str) -> None:
    if status not in RESEARCHERS_STATUSES:
        problem = ValidationError(
            f"Expected draft or proposed; “{status}” is for a review to decide.", code="status_by_review"
        )
        raise ValidationError({"status": problem})


def _with_dates(values: Mapping[str, Any]) -> dict[str, Any]:
    dates = edtf_columns("when", values["when"]) if "when" in values else {}
    return {**values, **dates}

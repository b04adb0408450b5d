"""The only way rows are written: validated, saved and recorded in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db import IntegrityError, transaction

from osint.errors import ConflictError, NotFoundError
from osint.models import Change, Record, User

R = TypeVar("R", bound=Record)


def record_change(
    subject: Record,
    *,
    actor: User,
    action: str,
    old: Mapping[str, Any] | None = None,
    new: Mapping[str, Any] | None = None,
) -> Change:
    """Append one entry about `subject`. Belongs inside the transaction that changes it."""
    return Change.objects.create(
        actor=actor,
        action=action,
        subject_type=subject._meta.model_name or "",
        subject_id=subject.pk,
        investigation_id=subject.case_id,
        old=old,
        new=new,
    )


@transaction.atomic
def insert(subject: R, *, actor: User, action: str) -> R:
    """Validate and insert a new row and record it whole.

    Raises ValidationError for a wrong value, ConflictError where a concurrent insert won the same identity.
    """
    subject.full_clean()
    try:
        with transaction.atomic():
            subject.save(force_insert=True)
    except IntegrityError as error:
        raise ConflictError(_constraint_message(error)) from error
    record_change(subject, actor=actor, action=action, new=subject.snapshot())
    return subject


@transaction.atomic
def update(subject: R, values: Mapping[str, Any], *, actor: User, action: str) -> R:
    """Set `values` on an existing row under its lock, and record old and new of what really changed.

    A call that changes nothing writes nothing. Raises as `insert` does.
    """
    model = type(subject)
    locked = model._default_manager.select_for_update(of=("self",)).get(pk=subject.pk)
    before = locked.snapshot()
    for name, value in values.items():
        setattr(locked, name, value)
    locked.full_clean()
    after = locked.snapshot()
    changed = [name for name in after if after[name] != before[name]]
    if not changed:
        return locked
    try:
        with transaction.atomic():
            locked.save(update_fields=[*changed, "updated_at"])
    except IntegrityError as error:
        raise ConflictError(_constraint_message(error)) from error
    record_change(
        locked,
        actor=actor,
        action=action,
        old={name: before[name] for name in changed},
        new={name: after[name] for name in changed},
    )
    return locked


@transaction.atomic
def remove(subject: Record, *, actor: User, action: str) -> None:
    """Delete a row under its lock and record what it was. Raises NotFoundError where somebody was quicker."""
    locked = type(subject)._default_manager.select_for_update(of=("self",)).filter(pk=subject.pk).first()
    if locked is None:
        raise NotFoundError
    record_change(locked, actor=actor, action=action, old=locked.snapshot())
    locked.delete()


def _constraint_message(error: IntegrityError) -> str:
    """Names the constraint, and nothing of the data: database messages quote rows."""
    diagnostics = getattr(error.__cause__, "diag", None)
    name = getattr(diagnostics, "constraint_name", None) or "unknown"
    return f"The database refused this: constraint {name}."

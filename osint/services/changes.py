"""The only way rows are written: validated, saved and recorded in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ForeignKey

from osint.errors import ConflictError, NotFoundError, SightlineError
from osint.models import Change, Record, User

R = TypeVar("R", bound=Record)

#: Rows sent to the database at once: more save no time, and cost memory.
BATCH_ROWS = 1000


def record_change(
    subject: Record,
    *,
    actor: User,
    action: str,
    old: Mapping[str, Any] | None = None,
    new: Mapping[str, Any] | None = None,
) -> Change:
    """Append one entry about `subject`. Belongs inside the transaction that changes it."""
    entry = _entry(subject, actor=actor, action=action, old=old, new=new)
    entry.save(force_insert=True)
    return entry


def record_changes(
    subjects: Iterable[Record],
    *,
    actor: User,
    action: str,
    new: Mapping[str, Any] | None = None,
) -> None:
    """Append one entry about each of `subjects`: what all became, or without `new` each row whole."""
    entries = [
        _entry(subject, actor=actor, action=action, new=subject.snapshot() if new is None else new)
        for subject in subjects
    ]
    Change.objects.bulk_create(entries, batch_size=BATCH_ROWS)


def _entry(
    subject: Record,
    *,
    actor: User,
    action: str,
    old: Mapping[str, Any] | None = None,
    new: Mapping[str, Any] | None = None,
) -> Change:
    return Change(
        actor=actor,
        action=action,
        subject_type=subject._meta.model_name or "",
        subject_id=subject.pk,
        investigation_id=subject.case_id,
        old=old,
        new=new,
    )


def insert(subject: R, *, actor: User, action: str) -> R:
    """Validate and insert a new row and record it whole.

    Raises ValidationError for a wrong value, ConflictError where the database refuses for a reason not known before,
    or what the model's `refusals` say of it.
    """
    _require_clean(subject)
    try:
        with transaction.atomic():
            subject.save(force_insert=True)
            record_change(subject, actor=actor, action=action, new=subject.snapshot())
    except IntegrityError as error:
        subject.full_clean()
        raise _refusal(subject, error) from error
    return subject


def insert_many(subjects: Sequence[R], *, actor: User, action: str) -> Sequence[R]:
    """Validate and insert new rows of one kind and record each whole: all of them, or none.

    Values are checked as by `insert`, except that the database alone looks after what rows mean to one another.
    Raises ValidationError for the first wrong value, ConflictError where a constraint refuses one of the rows.
    """
    if not subjects:
        return subjects
    model = type(subjects[0])
    relations = {field.name for field in model._meta.concrete_fields if field.is_relation}
    for subject in subjects:
        subject.clean_fields(exclude=relations)  # each would be looked up by a query of its own
        subject.clean()
    try:
        with transaction.atomic():
            model._default_manager.bulk_create(subjects, batch_size=BATCH_ROWS)
            record_changes(subjects, actor=actor, action=action)
    except IntegrityError as error:
        raise _refusal(subjects[0], error) from error
    return subjects


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
    _require_clean(locked)
    after = locked.snapshot()
    changed = [name for name in after if after[name] != before[name]]
    if not changed:
        return locked
    try:
        with transaction.atomic():
            locked.save(update_fields=[*changed, "updated_at"])
    except IntegrityError as error:
        locked.full_clean()
        raise _refusal(locked, error) from error
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


def _require_clean(subject: Record) -> None:
    """Raise ValidationError for values that are wrong in themselves.

    Django asks the database once for each constraint, and for each row that is referred to whether it is there; the
    database checks them all when the row is written. So it is asked only for the words, once something is known to
    be wrong, and for referred rows that the caller has not read.
    """
    relations = (field for field in subject._meta.concrete_fields if isinstance(field, ForeignKey))
    read = {field.name for field in relations if field.is_cached(subject)}
    try:
        subject.full_clean(exclude=read, validate_unique=False, validate_constraints=False)
    except ValidationError:
        subject.full_clean()
        raise


def _refusal(subject: Record, error: IntegrityError) -> SightlineError:
    """What the model says of the constraint; else its name, and nothing of the data: the database quotes rows."""
    diagnostics = getattr(error.__cause__, "diag", None)
    name = getattr(diagnostics, "constraint_name", None) or "unknown"
    known = subject.refusals.get(name)
    return known() if known else ConflictError(f"The database refused this: constraint {name}.")

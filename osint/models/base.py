"""What every table of the product shares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, cast
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from uuid6 import uuid7

from osint.errors import SightlineError


def new_id() -> UUID:
    """A UUIDv7: ordered by time of making, so that primary keys serve as keyset cursors."""
    return UUID(int=uuid7().int)  # the library's own subclass of UUID is unknown to serialisers


class RecordedJSONEncoder(DjangoJSONEncoder):
    """Writes snapshots of records: dates, decimals and UUIDs as text, and nothing lossy."""


class Record(models.Model):
    """A row with an identity of its own, whose changes are recorded."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    #: Columns that never appear in the record of changes: secrets, and what a machine touches all the time.
    unrecorded: ClassVar[frozenset[str]] = frozenset()

    #: What triggers of the database refuse, by the constraint they name, as errors that say it in words.
    refusals: ClassVar[Mapping[str, type[SightlineError]]] = {}

    class Meta:
        abstract = True

    @property
    def case_id(self) -> UUID | None:
        """The investigation this row belongs to, or None for the catalogue and for people."""
        return cast("UUID | None", getattr(self, "investigation_id", None))

    def snapshot(self, names: frozenset[str] | None = None) -> dict[str, Any]:
        """The row's recorded columns as a mapping of column name to value; only `names` when given."""
        hidden = self.unrecorded | {"created_at", "updated_at"}
        return {
            field.attname: field.value_from_object(self)
            for field in self._meta.concrete_fields
            if field.name not in hidden and (names is None or field.name in names or field.attname in names)
        }

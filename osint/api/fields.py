"""Kinds of values that the API takes in on every floor."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import Model
from rest_framework import serializers

M = TypeVar("M", bound=Model)


class NamedField(serializers.SlugRelatedField[M]):
    """A row called by a unique text of its own, such as a slug.

    The text is looked at first: the database refuses some, and that would be a fault rather than an answer.
    """

    def to_internal_value(self, data: Any) -> M:
        """The row. Raises DRF's ValidationError."""
        return super().to_internal_value(serializers.CharField().run_validation(data))

"""What lists of the first floor can be narrowed by.

Other rows are named by key without looking them up: whether another case has such a row is not to be told.
"""

from __future__ import annotations

import django_filters as filters

from osint.models import JobState
from sources.models import Capture, Derivation, Publication, Source, SourceKind, Verdict


class SourceFilter(filters.FilterSet):
    kind = filters.ChoiceFilter(choices=SourceKind.choices)
    name = filters.CharFilter(lookup_expr="icontains")

    class Meta:
        model = Source
        fields = ("kind", "language", "country", "name")


class PublicationFilter(filters.FilterSet):
    source = filters.UUIDFilter()
    title = filters.CharFilter(lookup_expr="icontains")

    class Meta:
        model = Publication
        fields = ("source", "kind", "language", "title")


class DerivationFilter(filters.FilterSet):
    publication = filters.UUIDFilter()
    derives_from = filters.UUIDFilter()

    class Meta:
        model = Derivation
        fields = ("publication", "derives_from", "kind")


class CaptureFilter(filters.FilterSet):
    publication = filters.UUIDFilter()
    state = filters.ChoiceFilter(choices=JobState.choices)
    verdict = filters.ChoiceFilter(choices=Verdict.choices)
    batch = filters.UUIDFilter()

    class Meta:
        model = Capture
        fields = ("publication", "state", "verdict", "method", "batch")

"""The reasons of an assessment with the names of things in place of their ids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sightings.confidence.saying import sentence
from sightings.models import Assessment, Evidence
from sightings.weighing import UNESTABLISHED
from sources.models import Owner, Publication

LONGEST_NAME = 80
UNESTABLISHED_NAME = "Sources whose independence nobody has established"


def named(assessment: Assessment) -> list[dict[str, Any]]:
    """The reasons, each with its sentence about publications and owners by name."""
    names = names_in(assessment)
    return [{**entry, "text": sentence(entry, names)} for entry in assessment.explanation]


def names_in(assessment: Assessment) -> dict[str, str]:
    """Names of the items, roots and clusters that the assessment rests on, by id."""
    inputs: Mapping[str, Any] = assessment.inputs
    items = [item["id"] for item in inputs["items"]]
    publications = Publication.objects.filter(pk__in=list(inputs["clusters"])).select_related("source")
    evidence = Evidence.objects.filter(pk__in=items).select_related("publication__source")
    return {
        UNESTABLISHED: UNESTABLISHED_NAME,
        **{str(row.pk): name_of(row) for row in publications},
        **{str(row.pk): name_of(row.publication) for row in evidence},
        **dict(_owners(inputs["clusters"].values())),
    }


def name_of(publication: Publication) -> str:
    """A publication by title and source, short enough for a sentence."""
    title = str(publication)
    short = title if len(title) <= LONGEST_NAME else f"{title[: LONGEST_NAME - 1]}…"
    return f"“{short}”" + (f" ({publication.source})" if publication.source else "")


def _owners(clusters: Any) -> Iterator[tuple[str, str]]:
    ids = {cluster.removeprefix("owner:") for cluster in clusters if cluster.startswith("owner:")}
    for owner in Owner.objects.filter(pk__in=ids):
        yield f"owner:{owner.pk}", f"What {owner} controls"

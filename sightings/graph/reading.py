"""Reading a whole investigation as a graph, from one snapshot, in flat memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Model, QuerySet

from osint.models import Investigation
from sightings.graph.elements import Edge, Element, Node
from sightings.models import (
    Assessment,
    Equipment,
    EquipmentAlias,
    Evidence,
    Hypothesis,
    HypothesisFit,
    Invalidation,
    Place,
    PlaceAlias,
    Review,
    ReviewCheck,
    Sighting,
    SightingRelation,
)
from sources.models import (
    Capture,
    CaptureFile,
    Derivation,
    MediumFacts,
    Owner,
    Ownership,
    Publication,
    Source,
    SourceRating,
    StoredFile,
)

#: Rows held at a time. Small, since a capture carries the facts of up to some hundred exchanges.
CHUNK = 200


@contextmanager
def snapshot() -> Iterator[None]:
    """A read-only transaction that sees one moment throughout, whatever others write meanwhile."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def elements(investigation: Investigation) -> Iterator[Element]:
    """All nodes of the case, then all edges; every edge's ends are among the nodes.

    Belongs inside `snapshot()`: without it, rows written in between could appear as ends without nodes.
    """
    case = Graph(investigation)
    yield from case.nodes()
    yield from case.edges()


class Graph:
    """The rows that make up one investigation's graph."""

    def __init__(self, investigation: Investigation) -> None:
        self.case = investigation
        self.publications = Publication.objects.filter(investigation=investigation)
        self.derivations = Derivation.objects.filter(investigation=investigation)
        self.captures = Capture.objects.filter(investigation=investigation)
        self.kept = CaptureFile.objects.filter(capture__investigation=investigation)
        self.media = MediumFacts.objects.filter(file__in=self.kept.values("file_id")).exclude(thumbnail=None)
        self.sightings = Sighting.objects.filter(investigation=investigation)
        self.evidence = Evidence.objects.filter(investigation=investigation)
        self.sources = Source.objects.filter(pk__in=self.publications.values("source_id"))
        self.ratings = SourceRating.objects.filter(source__in=self.sources.values("pk"))
        self.ownerships = Ownership.objects.filter(source__in=self.sources.values("pk"))
        self.owners = Owner.objects.filter(pk__in=self.ownerships.values("owner_id"))
        about = {"sighting__investigation": investigation}
        self.assessments = Assessment.objects.filter(**about)
        self.reviews = Review.objects.filter(**about)
        self.checks = ReviewCheck.objects.filter(review__sighting__investigation=investigation)
        self.hypotheses = Hypothesis.objects.filter(**about)
        self.fits = HypothesisFit.objects.filter(**about)
        self.relations = SightingRelation.objects.filter(investigation=investigation)
        self.invalidations = Invalidation.objects.filter(investigation=investigation)
        self.places = Place.objects.filter(pk__in=self.sightings.values("place_id"))
        self.equipment = Equipment.objects.filter(pk__in=self._equipment_ids())

    def nodes(self) -> Iterator[Node]:
        """The things."""
        yield Node("investigation", self.case.pk, _facts(self.case, "slug", "title", "summary", "created_at"))
        yield from _nodes(
            "source", self.sources, "name", "kind", "homepage", "language", "country", "description"
        )
        yield from _nodes("source_rating", self.ratings, "reliability", "rated_on", "reason", "created_at")
        yield from _nodes(
            "publication", self.publications, "url", "canonical_url", "kind", "title", "author", "language",
            "published", "published_earliest", "published_latest", "created_at",
        )  # fmt: skip
        yield from _nodes(
            "capture", self.captures, "method", "state", "url", "final_url", "verdict", "verdict_reasons",
            "error_code", "started_at", "ended_at", "facts", "created_at",
        )  # fmt: skip
        yield from _nodes(
            "file", self._files(), "sha256", "size", "media_type", "width", "height", "duration", "stored_at"
        )
        yield from self._named(
            "equipment", self.equipment, EquipmentAlias, "slug", "name", "kind", "nato_name"
        )
        yield from self._named(
            "place", self.places, PlaceAlias, "slug", "name", "country", "latitude", "longitude", "radius_m"
        )
        yield from _nodes(
            "sighting", self.sightings, "title", "description", "quantity_min", "quantity_max", "operator",
            "activity", "latitude", "longitude", "radius_m", "when", "when_earliest", "when_latest", "status",
            "created_at",
        )  # fmt: skip
        yield from _nodes(
            "evidence", self.evidence, "stance", "credibility", "quotation", "fragment", "note",
            "withdrawn_at", "withdrawn_reason", "created_at",
        )  # fmt: skip
        yield from self._judgements()

    def _judgements(self) -> Iterator[Node]:
        """What was concluded, by people and by the model."""
        yield from _nodes("owner", self.owners, "name", "kind", "description")
        yield from _nodes("ownership", self.ownerships, "since", "reason", "created_at")
        yield from _nodes(
            "assessment", self.assessments, "model", "digest", "inputs", "support", "refutation", "probability",
            "uncertainty", "conflict", "word", "is_capped", "analytic_confidence", "clusters", "created_at",
        )  # fmt: skip
        yield from _nodes("review", self.reviews, "decision", "reason", "superseded_at", "created_at")
        yield from _nodes("check", self.checks, "question", "answer", "method", "note")
        yield from _nodes("hypothesis", self.hypotheses, "title", "note", "is_dropped", "created_at")
        yield from _nodes(
            "invalidation", self.invalidations, "reason", "withdrawn_at", "withdrawn_reason", "created_at"
        )

    def edges(self) -> Iterator[Edge]:
        """The relations."""
        for owned in (self.publications, self.sightings):
            for (pk,) in _rows(owned, "pk"):
                yield Edge("belongs_to", pk, self.case.pk)
        yield from _edges("rates", self.ratings, "pk", "source_id")
        yield from _edges("published_by", self.publications.exclude(source=None), "pk", "source_id")
        yield from _edges(
            "derives_from", self.derivations, "publication_id", "derives_from_id", "kind", "note"
        )
        yield from _edges("captures", self.captures, "pk", "publication_id")
        yield from _edges("kept", self.kept, "capture_id", "file_id", "role", "url")
        yield from _edges("thumbnail", self.media, "file_id", "thumbnail_id")
        yield from _edges("kind_of", self.equipment.exclude(parent=None), "pk", "parent_id")
        yield from _edges("claims", self.sightings.exclude(equipment=None), "pk", "equipment_id")
        yield from _edges("located_at", self.sightings.exclude(place=None), "pk", "place_id")
        yield from _edges("about", self.evidence, "pk", "sighting_id", "stance")
        yield from _edges("cites", self.evidence, "pk", "publication_id")
        yield from _edges("undercuts", self.evidence.exclude(undercuts=None), "pk", "undercuts_id")
        yield from _edges("controlled_source", self.ownerships, "pk", "source_id")
        yield from _edges("controlled_by", self.ownerships.exclude(owner=None), "pk", "owner_id")
        yield from _edges("assesses", self.assessments, "pk", "sighting_id")
        yield from _edges("reviews", self.reviews, "pk", "sighting_id")
        yield from _edges("answers", self.checks, "pk", "review_id")
        yield from _edges("hypothesis_about", self.hypotheses, "pk", "sighting_id")
        yield from _edges("fits", self.fits.exclude(hypothesis=None), "evidence_id", "hypothesis_id", "fit")
        yield from _edges(
            "fits_claim", self.fits.filter(hypothesis=None), "evidence_id", "sighting_id", "fit"
        )
        yield from _edges(
            "related",
            self.relations,
            "sighting_id",
            "other_id",
            "kind",
            "reason",
            "undone_at",
            "undone_reason",
        )
        yield from _edges("invalidates", self.invalidations, "pk", "publication_id")

    def _files(self) -> QuerySet[StoredFile]:
        files, thumbnails = (
            self.kept.values("file_id"),
            self.media.values("thumbnail_id"),
        )
        return StoredFile.objects.filter(pk__in=files.union(thumbnails))

    def _equipment_ids(self) -> list[UUID]:
        """The claimed equipment and all that it is a kind of: an edge may not lead out of the graph."""
        parents = dict(Equipment.objects.values_list("pk", "parent_id"))
        wanted: set[UUID] = set()
        claimed = self.sightings.values_list("equipment_id", flat=True).distinct()
        level: set[UUID | None] = set(claimed)
        while found := {pk for pk in level if pk is not None} - wanted:
            wanted |= found
            level = {parents[pk] for pk in found}
        return sorted(wanted)

    def _named(
        self,
        kind: str,
        rows: QuerySet[Any],
        aliases: type[EquipmentAlias] | type[PlaceAlias],
        *names: str,
    ) -> Iterator[Node]:
        """Catalogue nodes with all their names."""
        known: dict[UUID, list[str]] = {}
        of = f"{kind}_id"
        for owner, name in aliases._default_manager.filter(**{f"{kind}__in": rows}).values_list(of, "name"):
            known.setdefault(owner, []).append(name)
        for node in _nodes(kind, rows, *names):
            yield node._replace(facts={**node.facts, "aliases": known.get(node.id, [])})


def _nodes(kind: str, rows: QuerySet[Any], *names: str) -> Iterator[Node]:
    for pk, *values in _rows(rows, "pk", *names):
        yield Node(kind, pk, dict(zip(names, values, strict=True)))


def _edges(kind: str, rows: QuerySet[Any], start: str, end: str, *names: str) -> Iterator[Edge]:
    for first, last, *values in _rows(rows, start, end, *names):
        yield Edge(kind, first, last, dict(zip(names, values, strict=True)))


def _rows(rows: QuerySet[Any], *names: str) -> Iterable[Any]:
    """Columns in the order of the keys, through a server-side cursor: memory stays flat however many there are."""
    return rows.order_by("pk").values_list(*names).iterator(chunk_size=CHUNK)


def _facts(record: Model, *names: str) -> dict[str, Any]:
    return {name: getattr(record, name) for name in names}

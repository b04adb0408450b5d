"""What ties a publication to others of its case: media, links, nearly the same text, words that name a source."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Count, Q

from osint.models import JobState
from sources.models import (
    CaptureFile,
    DerivationKind,
    Examination,
    FileRole,
    Ground,
    Publication,
    Source,
    StoredFile,
    TextBand,
    TextSketch,
)
from sources.selectors import publications_at
from sources.services.captures import PRESERVED
from sources.services.files import open_stored
from sources.services.pictures import VERY_ALIKE, looks_of, nearest_files
from sources.suggesting.attribution import Attribution, find_attributions
from sources.suggesting.order import Published, is_certainly_before
from sources.suggesting.sketching import NEARLY_THE_SAME, Sketch, sketch

TEXT_BYTES = 2 * 1024 * 1024
#: Media of a page that are compared, and the pixels on a side below which they are ornaments.
MOST_MEDIA, LEAST_PIXELS = 20, 200
#: A file in more publications than this, all of one source, is part of the site rather than of what it says.
SITE_WIDE = 3
#: Sketches compared: those that share most bands.
MOST_COMPARED = 200
#: Of a source that is named, so many publications are offered: the last before the one that names it.
MOST_OF_A_SOURCE = 3


@dataclass(frozen=True)
class Clue:
    """Something that a publication has to do with `other`, and what kind of derivation that may be.

    `derives` says that it is the publication that derives from the other, False the reverse, None that this remains
    to be seen.
    """

    other: UUID
    ground: Ground
    kind: DerivationKind = DerivationKind.RELAYS
    details: Mapping[str, Any] = field(default_factory=dict)
    derives: bool | None = None

    @property
    def key(self) -> tuple[UUID, Ground]:
        """Under which it is suggested once."""
        return self.other, self.ground

    def directed(self, *, derives: bool, order: str) -> Clue:
        """The same with a direction, and with what that was taken from."""
        return replace(self, derives=derives, details={**self.details, "order": order})


class Likeness(NamedTuple):
    """Of 256 bits of how a picture looks so many differ; `seconds` says where in a video."""

    distance: int
    seconds: float | None


def clues_of(publication: Publication) -> list[Clue]:
    """All clues about a publication, of what was last read of it. Keeps the sketch of its text."""
    text = remember_text(publication)
    return [*media_clues(publication), *link_clues(publication), *text_clues(text), *attribution_clues(text)]


def media_clues(publication: Publication) -> Iterator[Clue]:
    """Publications that show one of its pictures or videos, or nearly the same one; of several the nearest."""
    near: dict[UUID, Likeness] = {}
    for file in _telling_media(publication):
        _keep_nearest(near, file.pk, Likeness(0, None))
        for found in nearest_files(looks_of(file), [publication.investigation_id]).values():
            if found.distance <= VERY_ALIKE:
                _keep_nearest(near, found.file_id, Likeness(found.distance, found.at_seconds))
    nearest: dict[UUID, Likeness] = {}
    for file_id, other in _shown_elsewhere(publication, near):
        _keep_nearest(nearest, other, near[file_id])
    for other, likeness in nearest.items():
        yield Clue(other, Ground.MEDIA, DerivationKind.EMBEDS, likeness._asdict())


def _keep_nearest(found: dict[UUID, Likeness], key: UUID, likeness: Likeness) -> None:
    if key not in found or likeness.distance < found[key].distance:
        found[key] = likeness


def _telling_media(publication: Publication) -> list[StoredFile]:
    """Its pictures and videos, without ornaments and what stands on every page of the site."""
    kept = CaptureFile.objects.filter(capture__publication=publication, role=FileRole.MEDIUM)
    files = StoredFile.objects.filter(
        Q(width__isnull=True) | Q(width__gte=LEAST_PIXELS),
        Q(height__isnull=True) | Q(height__gte=LEAST_PIXELS),
        Q(media_type__startswith="image/") | Q(media_type__startswith="video/"),
        pk__in=kept.values("file"),
    ).exclude(media_type="image/svg+xml")
    everywhere = _site_wide(publication, kept.values_list("file", flat=True))
    return [
        file for file in files.order_by("pk")[: MOST_MEDIA + len(everywhere)] if file.pk not in everywhere
    ]


def _site_wide(publication: Publication, file_ids: Iterable[UUID]) -> set[UUID]:
    if publication.source_id is None:
        return set()
    own = CaptureFile.objects.filter(
        file__in=list(file_ids),
        capture__investigation=publication.investigation_id,
        capture__publication__source=publication.source_id,
    )
    counted = own.order_by().values("file").annotate(showing=Count("capture__publication", distinct=True))
    return set(counted.filter(showing__gt=SITE_WIDE).values_list("file", flat=True))


def _shown_elsewhere(publication: Publication, files: Iterable[UUID]) -> Iterable[tuple[UUID, UUID]]:
    """(file, publication) for each other publication of the case that shows one of these files."""
    kept = CaptureFile.objects.filter(
        file__in=list(files), role=FileRole.MEDIUM, capture__investigation=publication.investigation_id
    ).exclude(capture__publication=publication)
    ends = kept.order_by("capture__publication_id", "file_id").values_list(
        "file_id", "capture__publication_id"
    )
    return ends.distinct()


def link_clues(publication: Publication) -> Iterator[Clue]:
    """What its page links to, and whose page links to it."""
    for other, address in _linked(publication):
        details = {"address": address, "order": "link"}
        yield Clue(other, Ground.LINK, details=details, derives=True)
    for other in _linking(publication):
        details = {"address": publication.canonical_url, "order": "link"}
        yield Clue(other, Ground.LINK, details=details, derives=False)


def _linked(publication: Publication) -> Iterable[tuple[UUID, str]]:
    links = links_of(publication)
    found = publications_at(publication.investigation, links).exclude(pk=publication.pk)
    return found.order_by("pk").values_list("pk", "canonical_url")


def links_of(publication: Publication) -> list[str]:
    """The canonical addresses that the page last read of it links to."""
    read = Examination.objects.filter(
        capture__publication=publication, state=JobState.SUCCEEDED, findings__page__has_key="links"
    ).order_by("-pk")
    found = read.values_list("findings__page__links", flat=True).first()
    return [link for link in found or [] if isinstance(link, str)]


# As the index in the migrations is written; the query builder would write another path.
LINKING = """
SELECT DISTINCT capture.publication_id FROM sources_examination AS examination
JOIN sources_capture AS capture ON capture.id = examination.capture_id
WHERE examination.findings #> '{page,links}' @> %s::jsonb
AND capture.investigation_id = %s AND capture.publication_id <> %s
"""


def _linking(publication: Publication) -> list[UUID]:
    wanted = json.dumps([publication.canonical_url])
    with connection.cursor() as cursor:
        cursor.execute(LINKING, [wanted, publication.investigation_id, publication.pk])
        return sorted(other for (other,) in cursor.fetchall())


def remember_text(publication: Publication) -> TextSketch:
    """The sketch of the text last read of a publication, kept to be compared with others."""
    text = text_of(publication)
    found = sketch(text)
    attributions = [[each.phrase, each.before, each.after] for each in find_attributions(text)]
    with transaction.atomic():
        row, _ = TextSketch.objects.update_or_create(
            publication=publication,
            defaults={
                "words": found.words if found else 0,
                "values": bytes(found) if found else b"",
                "attributions": attributions,
            },
        )
        row.bands.all().delete()
        TextBand.objects.bulk_create(
            TextBand(sketch=row, investigation_id=publication.investigation_id, band=band)
            for band in (found.bands() if found else ())
        )
    return row


def text_of(publication: Publication) -> str:
    """The readable text of its newest capture that preserved one; empty where there is none."""
    kept = CaptureFile.objects.filter(
        capture__publication=publication, capture__verdict__in=PRESERVED, role=FileRole.TEXT
    )
    newest = kept.select_related("file").order_by("-capture_id", "pk").first()
    if newest is None:
        return ""
    try:
        with open_stored(newest.file) as file:
            return file.read(TEXT_BYTES).decode("utf-8", "replace")
    except FileNotFoundError:  # the fixity checks speak of it
        return ""


def text_clues(own: TextSketch) -> Iterator[Clue]:
    """Publications with nearly the same text."""
    if not own.values:
        return
    mine = _sketch_of(own)
    shared = (
        TextBand.objects.filter(investigation=own.publication.investigation_id, band__in=mine.bands())
        .exclude(sketch=own)
        .values("sketch")
        .annotate(shared=Count("pk"))
        .order_by("-shared", "sketch")
    )
    for other in TextSketch.objects.filter(pk__in=[row["sketch"] for row in shared[:MOST_COMPARED]]):
        share = mine.likeness(_sketch_of(other))
        if share >= NEARLY_THE_SAME:
            details = {"share": round(share, 2), "words": other.words}
            yield Clue(other.pk, Ground.TEXT, details=details)


def _sketch_of(row: TextSketch) -> Sketch:
    return Sketch.of_bytes(row.words, bytes(row.values))


def attribution_clues(own: TextSketch) -> Iterator[Clue]:
    """Publications of sources that its text names, and those whose texts name its source."""
    publication = own.publication
    cited = Source.objects.filter(publications__investigation=publication.investigation_id).distinct()
    for source in cited.order_by("pk"):
        if source.pk == publication.source_id:
            continue
        if named := _naming(own, source.name):
            details = {"name": source.name, "quote": named.quote, "order": "words"}
            for other in _last_of(source, publication):
                yield Clue(other, Ground.ATTRIBUTION, details=details, derives=True)
    yield from _named_by_others(publication)


def _named_by_others(publication: Publication) -> Iterator[Clue]:
    source = publication.source
    if source is None:
        return
    others = TextSketch.objects.filter(publication__investigation=publication.investigation_id)
    others = others.exclude(publication__source=source).exclude(attributions=[])
    for other in others.exclude(pk=publication.pk).select_related("publication").defer("values"):
        named = _naming(other, source.name)
        if named and publication.pk in _last_of(source, other.publication):
            details = {"name": source.name, "quote": named.quote, "order": "words"}
            yield Clue(other.pk, Ground.ATTRIBUTION, details=details, derives=False)


def _naming(row: TextSketch, name: str) -> Attribution | None:
    found = (Attribution(phrase, tuple(before), tuple(after)) for phrase, before, after in row.attributions)
    return next((attribution for attribution in found if attribution.names(name)), None)


def _last_of(source: Source, naming: Publication) -> list[UUID]:
    """The newest publications of a source that may have been out when another named it."""
    rows = source.publications.filter(investigation=naming.investigation_id).exclude(pk=naming.pk)
    own = dates_of(naming)
    out = [row for row in rows.order_by("-pk") if not is_certainly_before(own, dates_of(row))]
    ranked = sorted(out, key=lambda row: row.published_latest or date.min, reverse=True)
    return [row.pk for row in ranked[:MOST_OF_A_SOURCE]]


def dates_of(row: Publication) -> Published:
    """The days on which a publication can have been published."""
    return Published(row.published_earliest, row.published_latest)

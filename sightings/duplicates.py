"""Which sightings of a case a claim may repeat.

A sighting is suggested when at least two of what, where and when agree with the claim and none differs; or when its
evidence cites the same publication, or one that shows nearly the same picture, and at most one of the three differs.
Candidates come out of indexes, a few hundred at the most, and are then compared exactly.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from osint.dates import possibly_within
from osint.edtf import EdtfError, in_words
from osint.models import Investigation
from sightings.geo import Box, bounding_box
from sightings.likeness import LARGEST_CIRCLE_M, Circle, Likeness, Particulars, Period, compare
from sightings.models import Equipment, Evidence, Place, Sighting, SightingRelation
from sightings.selectors import branch_ids, merges, sightings_in
from sources.models import CaptureFile, Publication, StoredFile
from sources.services.pictures import SAME, VERY_ALIKE, looks_of, nearest_files

MOST_SUGGESTED = 10
#: Rows taken out of one index. More would be as many duplicates, or a claim that says next to nothing.
MOST_COMPARED = 500
#: Pictures searched for: a search costs about as much as a page.
MOST_LOOKS = 20
#: Of what the evidence has in common so much is named.
MOST_SHARED_NAMED = 3
AGREEING_ENOUGH = 2


@dataclass(frozen=True)
class Claim:
    """What is claimed so far; whatever is unknown is None or empty. `publications` are those that it rests on."""

    equipment: Equipment | None = None
    place: Place | None = None
    latitude: float | None = None
    longitude: float | None = None
    radius_m: float | None = None
    when: str = ""
    when_earliest: date | None = None
    when_latest: date | None = None
    publications: frozenset[UUID] = frozenset()
    #: The sighting that this is, if it is logged already.
    sighting: Sighting | None = None


@dataclass(frozen=True)
class Candidate:
    """A sighting that may be the same, and why: reasons in words, the weightiest first."""

    sighting: Sighting
    reasons: list[str]


def claim_of(sighting: Sighting) -> Claim:
    """A logged sighting as a claim, with the publications that its standing evidence cites."""
    cited = Evidence.objects.filter(sighting=sighting, withdrawn_at__isnull=True)
    return Claim(
        equipment=sighting.equipment,
        place=sighting.place,
        latitude=sighting.latitude,
        longitude=sighting.longitude,
        radius_m=sighting.radius_m,
        when=sighting.when,
        when_earliest=sighting.when_earliest,
        when_latest=sighting.when_latest,
        publications=frozenset(cited.values_list("publication_id", flat=True)[:MOST_COMPARED]),
        sighting=sighting,
    )


def likely_duplicates(investigation: Investigation, claim: Claim) -> list[Candidate]:
    """Sightings of the case that may be the same, the likeliest first, at most ten.

    The caller has passed the access function of the case. What is merged into another sighting already, or related
    to the claim's own, is not suggested again.
    """
    particulars = _particulars(claim, _branch(claim.equipment))
    shared = _shared_evidence(investigation, claim)
    found: dict[Sighting, Likeness] = {}
    for row in _candidates(investigation, claim, particulars, shared):
        likeness = compare(particulars, _particulars(row))
        if _is_likely(likeness, shared.get(row.pk, [])):
            found[row] = likeness
    ranked = sorted(found, key=lambda row: _rank(row, found[row], shared.get(row.pk, [])))
    return [
        Candidate(row, [*_shortened(shared.get(row.pk, [])), *found[row].reasons])
        for row in ranked[:MOST_SUGGESTED]
    ]


def _is_likely(likeness: Likeness, shared: list[str]) -> bool:
    if shared:
        return likeness.differing < AGREEING_ENOUGH
    return likeness.differing == 0 and len(likeness.reasons) >= AGREEING_ENOUGH


def _shortened(shared: list[str]) -> list[str]:
    more = len(shared) - MOST_SHARED_NAMED
    return [*shared[:MOST_SHARED_NAMED], f"{more} more in common"] if more > 0 else shared


def _rank(row: Sighting, likeness: Likeness, shared: list[str]) -> tuple[Any, ...]:
    """Fewer differences, then more reasons, then the nearer, then the newer."""
    nearness = likeness.metres if likeness.metres is not None else LARGEST_CIRCLE_M
    return (likeness.differing, -len(likeness.reasons) - len(shared), nearness, -row.pk.int)


def _candidates(
    investigation: Investigation, claim: Claim, particulars: Particulars, shared: Mapping[UUID, Any]
) -> Iterable[Sighting]:
    """The rows worth comparing, each once."""
    rows = _open_rows(investigation, claim.sighting)
    by_evidence = rows.filter(pk__in=list(islice(shared, MOST_COMPARED)))
    queries = [by_evidence, *_by_particulars(rows, claim, particulars)]
    return {row.pk: row for query in queries for row in query[:MOST_COMPARED]}.values()


def _open_rows(investigation: Investigation, sighting: Sighting | None) -> QuerySet[Sighting]:
    rows = (
        sightings_in(investigation).filter(~Exists(merges().filter(sighting=OuterRef("pk")))).order_by("-pk")
    )
    if sighting is None:
        return rows
    standing = SightingRelation.objects.filter(undone_at__isnull=True)
    related = Q(sighting=sighting, other=OuterRef("pk")) | Q(other=sighting, sighting=OuterRef("pk"))
    return rows.exclude(pk=sighting.pk).filter(~Exists(standing.filter(related)))


def _by_particulars(
    rows: QuerySet[Sighting], claim: Claim, particulars: Particulars
) -> Iterator[QuerySet[Sighting]]:
    """Queries for what agrees with at least two particulars and differs in none, each by an index of its own."""
    agreeing = {"what": _in_branch(particulars), "when": _at_that_time(claim)}
    silent = {"what": Q(equipment__isnull=True), "when": Q(when="")}
    known = {name: query for name, query in agreeing.items() if query is not None}
    if particulars.circle is not None and known:
        # One of the others agrees, and the rest, if the row says it at all, does too.
        others = Q(*(query | silent[name] for name, query in known.items()))
        for there in _around(particulars.circle):
            yield rows.filter(there, others)
    if len(known) == AGREEING_ENOUGH:
        yield rows.filter(*known.values(), Q() if particulars.circle is None else _nowhere())


def _nowhere() -> Q:
    """Rows without a position, or with one that says next to nothing."""
    own = Q(radius_m__gt=LARGEST_CIRCLE_M)
    placed = Q(latitude__isnull=True, place__isnull=True) | Q(
        latitude__isnull=True, place__radius_m__gt=LARGEST_CIRCLE_M
    )
    return own | placed


def _in_branch(particulars: Particulars) -> Q | None:
    return Q(equipment__in=list(particulars.branch)) if particulars.branch else None


def _at_that_time(claim: Claim) -> Q | None:
    if not claim.when:
        return None
    return possibly_within("when", claim.when_earliest or date.min, claim.when_latest or date.max)


def _around(circle: Circle) -> Iterator[Q]:
    """Rows whose own position, and rows whose place, may overlap the circle: by bounding box, to be looked at."""
    box = bounding_box(circle.latitude, circle.longitude, circle.radius_m + LARGEST_CIRCLE_M)
    yield _within(box) & Q(radius_m__lte=LARGEST_CIRCLE_M)
    there = Place.objects.filter(_within(box), radius_m__lte=LARGEST_CIRCLE_M)
    yield Q(latitude__isnull=True, place__in=there)


def _within(box: Box) -> Q:
    across = Q()
    for west, east in box.longitude_ranges:
        across |= Q(longitude__range=(west, east))
    return Q(latitude__range=(box.south, box.north)) & across


def _branch(equipment: Equipment | None) -> dict[str, str] | None:
    """The equipment with all that is above and below it: names by key."""
    if equipment is None:
        return None
    names = {row.pk: row.name for row in Equipment.objects.filter(pk__in=branch_ids(equipment))}
    above: Equipment | None = equipment
    while above is not None and above.parent_id is not None and above.parent_id not in names:
        above = Equipment.objects.filter(pk=above.parent_id).first()
        if above is not None:
            names[above.pk] = above.name
    return {str(pk): name for pk, name in names.items()}


def _particulars(claim: Claim | Sighting, branch: dict[str, str] | None = None) -> Particulars:
    return Particulars(
        equipment=str(claim.equipment.pk) if claim.equipment else None,
        branch=branch,
        circle=_circle(claim),
        period=Period(claim.when_earliest, claim.when_latest, _date_words(claim.when))
        if claim.when
        else None,
    )


def _circle(claim: Claim | Sighting) -> Circle | None:
    """Its own position, which is nearer to the claim, or else its place's."""
    where, name = (claim, "") if claim.latitude is not None else (claim.place, str(claim.place))
    if where is None or where.latitude is None or where.longitude is None or where.radius_m is None:
        return None
    if where.radius_m > LARGEST_CIRCLE_M:
        return None
    return Circle(where.latitude, where.longitude, where.radius_m, name)


def _date_words(text: str) -> str:
    try:
        return in_words(text)
    except EdtfError:
        return text


def _shared_evidence(investigation: Investigation, claim: Claim) -> dict[UUID, list[str]]:
    """The sightings whose evidence cites the same, or shows nearly the same; the reasons by sighting."""
    if not claim.publications:
        return {}
    alike = _alike(investigation, claim.publications)
    rows = Evidence.objects.filter(
        investigation=investigation, publication__in=[*claim.publications, *alike], withdrawn_at__isnull=True
    )
    if claim.sighting is not None:
        rows = rows.exclude(sighting=claim.sighting)
    reasons: dict[UUID, list[str]] = defaultdict(list)
    for row in rows.select_related("publication").order_by("-pk")[:MOST_COMPARED]:
        said = _said(row.publication, alike.get(row.publication_id))
        if said not in reasons[row.sighting_id]:
            reasons[row.sighting_id].append(said)
    return reasons


def _said(publication: Publication, distance: int | None) -> str:
    if distance is None:
        return f"the same publication, “{publication}”"
    return f"{'the same' if distance <= SAME else 'nearly the same'} picture, in “{publication}”"


def _alike(investigation: Investigation, publications: Iterable[UUID]) -> dict[UUID, int]:
    """Other publications of the case with nearly the same pictures, and of how many bits the nearest differ."""
    shown = StoredFile.objects.filter(
        kept_by__capture__publication__in=publications, picture_hashes__isnull=False
    )
    looks = (look for file in shown.distinct().order_by("-pk")[:MOST_LOOKS] for look in looks_of(file))
    near = nearest_files(list(islice(looks, MOST_LOOKS)), [investigation.pk])
    alike = {pk: found.distance for pk, found in near.items() if found.distance <= VERY_ALIKE}
    kept = CaptureFile.objects.filter(file__in=alike, capture__investigation=investigation)
    found: dict[UUID, int] = {}
    for file, publication in kept.values_list("file_id", "capture__publication_id").distinct()[
        :MOST_COMPARED
    ]:
        found[publication] = min(alike[file], found.get(publication, VERY_ALIKE))
    return {pk: distance for pk, distance in found.items() if pk not in set(publications)}

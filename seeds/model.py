"""What the seed files hold, as plain immutable values. Dates of events are EDTF texts, as typed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class EquipmentSeed:
    """One node of the tree; `kind` is `category` or `type`, `nato` the reporting name with its number."""

    slug: str
    name: str
    kind: str
    parent: str | None = None
    nato: str = ""
    aliases: tuple[str, ...] = ()
    wikidata: str = ""


@dataclass(frozen=True)
class PlaceSeed:
    """A named place: degrees (WGS 84), uncertainty in metres, country as ISO 3166-1 alpha-2."""

    slug: str
    name: str
    latitude: float
    longitude: float
    radius_m: int
    country: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class InvestigationSeed:
    """The case itself."""

    slug: str
    title: str
    summary: str


@dataclass(frozen=True)
class RatingSeed:
    """A reliability grade (A to F) given to a source on a day."""

    grade: str
    rated_on: date
    reason: str


@dataclass(frozen=True)
class OwnerSeed:
    """Who controls sources."""

    slug: str
    name: str
    kind: str
    description: str = ""


@dataclass(frozen=True)
class OwnershipSeed:
    """A judgement from a day on of who controls a source; `owner` is an owner's slug."""

    owner: str
    since: date
    reason: str


@dataclass(frozen=True)
class SourceSeed:
    """Who publishes. Ratings and judgements of who controls it are in the order of the file and of their days."""

    slug: str
    name: str
    kind: str
    language: str = ""
    country: str = ""
    url: str = ""
    ratings: tuple[RatingSeed, ...] = ()
    ownerships: tuple[OwnershipSeed, ...] = ()


@dataclass(frozen=True)
class PublicationSeed:
    """One published thing; `path` is relative to the root of the stand-in site, `source` a source's slug."""

    slug: str
    source: str
    path: str
    title: str
    published: str
    language: str
    kind: str
    author: str = ""


@dataclass(frozen=True)
class DerivationSeed:
    """`publication` relays, quotes, embeds or translates `derives_from` (both slugs), or saw the same event."""

    publication: str
    derives_from: str
    kind: str
    note: str = ""


@dataclass(frozen=True)
class EvidenceSeed:
    """What one publication says about the sighting; `undercuts` is the slug of the evidence it attacks.

    `fragment` follows W3C Media Fragments: `t=3,7` in seconds, `xywh=percent:x,y,w,h` of the picture.
    """

    slug: str
    publication: str
    stance: str
    credibility: int
    quotation: str = ""
    fragment: str = ""
    note: str = ""
    undercuts: str | None = None


@dataclass(frozen=True)
class SightingSeed:
    """One claim with its evidence. A position of its own overrides the place's; None means unknown."""

    slug: str
    title: str
    equipment: str
    activity: str
    place: str
    when: str
    status: str
    description: str
    operator: str = ""
    quantity_min: int | None = None
    quantity_max: int | None = None
    latitude: float | None = None
    longitude: float | None = None
    radius_m: int | None = None
    evidence: tuple[EvidenceSeed, ...] = ()


@dataclass(frozen=True)
class CaseFile:
    """A whole case whose inner references are known to close."""

    investigation: InvestigationSeed
    owners: tuple[OwnerSeed, ...]
    sources: tuple[SourceSeed, ...]
    publications: tuple[PublicationSeed, ...]
    derivations: tuple[DerivationSeed, ...]
    sightings: tuple[SightingSeed, ...]

    @property
    def evidence(self) -> tuple[EvidenceSeed, ...]:
        """All evidence of all sightings, in the order of the file."""
        return tuple(item for sighting in self.sightings for item in sighting.evidence)

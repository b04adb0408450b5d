"""Entering the vocabularies and a demonstration case through the services that users use."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from osint.models import Investigation, Role, User
from osint.services.investigations import grant_membership, open_investigation
from seeds.model import CaseFile, EquipmentSeed, OwnerSeed, PlaceSeed, SightingSeed, SourceSeed
from seeds.read import read_case, read_equipment, read_places
from sightings.models import Equipment, Evidence, Place
from sightings.services.catalogue import add_equipment, add_place
from sightings.services.sightings import attach_evidence, log_sighting
from sources.models import Owner, Publication, Source
from sources.services.captures import request_capture
from sources.services.publications import add_publication, record_derivation
from sources.services.sources import add_owner, add_source, establish_ownership, rate_source

FOLDER = Path(__file__).parent
EQUIPMENT = FOLDER / "vocabularies" / "equipment.toml"
PLACES = FOLDER / "vocabularies" / "places.toml"


@dataclass(frozen=True)
class Crew:
    """Who enters a demonstration case, each doing what their role is for."""

    viewer: User
    researcher: User
    reviewer: User
    admin: User


@transaction.atomic
def load_vocabularies(*, actor: User) -> tuple[int, int]:
    """Enter the equipment and places that are not there yet; returns how many of each were. Raises SeedError."""
    return _load_equipment(read_equipment(EQUIPMENT), actor), _load_places(read_places(PLACES), actor)


def case_path(slug: str) -> Path:
    """Where the demonstration case of this name lies."""
    return FOLDER / slug / "case.toml"


@transaction.atomic
def load_case(path: Path, *, crew: Crew, site: str) -> Investigation:
    """Enter a whole case, or nothing of it, and ask for its publications to be captured from `site`.

    The case's own people enter it: the admin opens it, the reviewer rates, the researcher does the rest.
    A case that is there already is left as it is. Raises SeedError.
    """
    case = read_case(path)
    found = Investigation.objects.filter(slug=case.investigation.slug).first()
    return found or _Loading(case, crew, site).run()


class _Loading:
    """One case on its way in: what has been entered so far, by the names that the file uses."""

    def __init__(self, case: CaseFile, crew: Crew, site: str) -> None:
        self.case = case
        self.crew = crew
        self.site = site.rstrip("/")
        self.owners: dict[str, Owner] = {}
        self.sources: dict[str, Source] = {}
        self.publications: dict[str, Publication] = {}

    def run(self) -> Investigation:
        self.investigation = self._open()
        for owner in self.case.owners:
            self.owners[owner.slug] = self._add_owner(owner)
        for source in self.case.sources:
            self.sources[source.slug] = self._add_source(source)
        self._add_publications()
        for sighting in self.case.sightings:
            self._log(sighting)
        return self.investigation

    def _open(self) -> Investigation:
        about = self.case.investigation
        opened = open_investigation(
            actor=self.crew.admin, slug=about.slug, title=about.title, summary=about.summary
        )
        roles = {
            Role.VIEWER: self.crew.viewer,
            Role.RESEARCHER: self.crew.researcher,
            Role.REVIEWER: self.crew.reviewer,
        }
        for role, user in roles.items():
            grant_membership(opened, actor=self.crew.admin, user=user, role=role)
        return opened

    def _add_owner(self, seed: OwnerSeed) -> Owner:
        """The owner, unless another case entered it: the catalogue of owners is shared."""
        known = Owner.objects.filter(name=seed.name).first()
        values = {"name": seed.name, "kind": seed.kind, "description": seed.description}
        return known or add_owner(actor=self.crew.researcher, **values)

    def _add_source(self, seed: SourceSeed) -> Source:
        source = add_source(
            actor=self.crew.researcher,
            name=seed.name,
            kind=seed.kind,
            language=seed.language,
            country=seed.country,
            homepage=seed.url,
        )
        for rating in seed.ratings:
            rate_source(
                source,
                actor=self.crew.reviewer,
                reliability=rating.grade,
                rated_on=rating.rated_on,
                reason=rating.reason,
            )
        for ownership in seed.ownerships:
            establish_ownership(
                source,
                actor=self.crew.reviewer,
                owner=self.owners[ownership.owner],
                since=ownership.since,
                reason=ownership.reason,
            )
        return source

    def _add_publications(self) -> None:
        researcher = self.crew.researcher
        for seed in self.case.publications:
            self.publications[seed.slug], _ = add_publication(
                self.investigation,
                actor=researcher,
                url=f"{self.site}/{seed.path}",
                source=self.sources[seed.source],
                kind=seed.kind,
                title=seed.title,
                author=seed.author,
                published=seed.published,
                language=seed.language,
            )
        for derivation in self.case.derivations:
            record_derivation(
                self.publications[derivation.publication],
                actor=researcher,
                derives_from=self.publications[derivation.derives_from],
                kind=derivation.kind,
                note=derivation.note,
            )
        for publication in self.publications.values():
            request_capture(publication, actor=researcher)

    def _log(self, seed: SightingSeed) -> None:
        sighting = log_sighting(
            self.investigation,
            actor=self.crew.researcher,
            title=seed.title,
            description=seed.description,
            equipment=Equipment.objects.get(slug=seed.equipment),
            quantity_min=seed.quantity_min,
            quantity_max=seed.quantity_max,
            operator=seed.operator,
            activity=seed.activity,
            place=Place.objects.get(slug=seed.place),
            latitude=seed.latitude,
            longitude=seed.longitude,
            radius_m=seed.radius_m,
            when=seed.when,
            status=seed.status,
        )
        attached: dict[str, Evidence] = {}
        for item in seed.evidence:
            attached[item.slug] = attach_evidence(
                sighting,
                actor=self.crew.researcher,
                publication=self.publications[item.publication],
                stance=item.stance,
                credibility=item.credibility,
                quotation=item.quotation,
                fragment=item.fragment,
                note=item.note,
                undercuts=attached[item.undercuts] if item.undercuts else None,
            )


def _load_equipment(seeds: tuple[EquipmentSeed, ...], actor: User) -> int:
    known = {row.slug: row for row in Equipment.objects.all()}
    added = [seed for seed in seeds if seed.slug not in known]
    for seed in added:
        known[seed.slug] = add_equipment(
            actor=actor,
            slug=seed.slug,
            name=seed.name,
            kind=seed.kind,
            nato_name=seed.nato,
            parent=known[seed.parent] if seed.parent else None,
            aliases=seed.aliases,
        )
    return len(added)


def _load_places(seeds: tuple[PlaceSeed, ...], actor: User) -> int:
    known = set(Place.objects.values_list("slug", flat=True))
    added = [seed for seed in seeds if seed.slug not in known]
    for seed in added:
        add_place(
            actor=actor,
            slug=seed.slug,
            name=seed.name,
            country=seed.country,
            latitude=seed.latitude,
            longitude=seed.longitude,
            radius_m=seed.radius_m,
            aliases=seed.aliases,
        )
    return len(added)

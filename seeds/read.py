"""Reading the seed files: TOML in, checked values out. Every complaint is a SeedError naming file and key."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, Protocol, TypeVar

from seeds.errors import SeedError
from seeds.model import (
    CaseFile,
    DerivationSeed,
    EquipmentSeed,
    EvidenceSeed,
    InvestigationSeed,
    OwnerSeed,
    OwnershipSeed,
    PlaceSeed,
    PublicationSeed,
    RatingSeed,
    SightingSeed,
    SourceSeed,
)

Table = dict[str, Any]
Record = TypeVar("Record")

CHOICES: dict[type, dict[str, frozenset[Any]]] = {
    EquipmentSeed: {"kind": frozenset({"category", "type"})},
    RatingSeed: {"grade": frozenset("ABCDEF")},
    SourceSeed: {"kind": frozenset({"outlet", "channel", "account", "official", "satellite", "agency"})},
    PublicationSeed: {"kind": frozenset({"article", "post", "video", "images", "statement"})},
    DerivationSeed: {"kind": frozenset({"relays", "quotes", "embeds", "translates", "same event"})},
    OwnerSeed: {"kind": frozenset({"company", "state", "foundation", "person", "collective"})},
    EvidenceSeed: {
        "stance": frozenset({"supports", "refutes", "neutral", "undercuts"}),
        "credibility": frozenset(range(1, 7)),
    },
    SightingSeed: {
        "activity": frozenset(
            {"deployed", "transported", "firing", "exercise", "destroyed", "strike", "unknown"}
        )
    },
}


class HasSlug(Protocol):
    """Anything that other entries may name."""

    @property
    def slug(self) -> str:
        """The name, unique among its kind within a file."""


def read_equipment(path: Path) -> tuple[EquipmentSeed, ...]:
    """The equipment tree, each parent before its children, so one pass can load it. Raises SeedError."""
    entries = _entries(path, "equipment", _load(path), EquipmentSeed)
    _slugs(path, "equipment", entries)
    earlier: set[str] = set()
    for entry in entries:
        if entry.parent is not None:
            _require(path, f"equipment.{entry.slug}.parent", entry.parent, frozenset(earlier))
        earlier.add(entry.slug)
    return entries


def read_places(path: Path) -> tuple[PlaceSeed, ...]:
    """The gazetteer. Raises SeedError, also for a position that is not on Earth."""
    entries = _entries(path, "place", _load(path), PlaceSeed)
    _slugs(path, "place", entries)
    for entry in entries:
        if not (-90 <= entry.latitude <= 90 and -180 <= entry.longitude <= 180 and entry.radius_m > 0):
            raise SeedError(
                f"{path}: place.{entry.slug}: expected degrees and a positive radius in metres,"
                f" got {entry.latitude}, {entry.longitude}, {entry.radius_m}"
            )
    return entries


def read_case(path: Path) -> CaseFile:
    """A case whose inner references close; equipment and places are names for the caller to look up.

    Raises SeedError.
    """
    tables = _load(path)
    case = CaseFile(
        investigation=_record(path, "investigation", tables.get("investigation", {}), InvestigationSeed),
        owners=_entries(path, "owner", tables, OwnerSeed),
        sources=tuple(_source(path, table) for table in tables.get("source", [])),
        publications=_entries(path, "publication", tables, PublicationSeed),
        derivations=_entries(path, "derivation", tables, DerivationSeed),
        sightings=tuple(_sighting(path, table) for table in tables.get("sighting", [])),
    )
    _check_references(path, case)
    return case


def _check_references(path: Path, case: CaseFile) -> None:
    sources = _slugs(path, "source", case.sources)
    owners = _slugs(path, "owner", case.owners)
    for source in case.sources:
        for ownership in source.ownerships:
            _require(path, f"source.{source.slug}.ownership.owner", ownership.owner, owners)
    publications = _slugs(path, "publication", case.publications)
    _slugs(path, "sighting", case.sightings)
    for publication in case.publications:
        _require(path, f"publication.{publication.slug}.source", publication.source, sources)
    for derivation in case.derivations:
        key = f"derivation.{derivation.publication}"
        _require(path, f"{key}.publication", derivation.publication, publications)
        _require(path, f"{key}.derives_from", derivation.derives_from, publications)
    _slugs(path, "sighting.evidence", case.evidence)
    for sighting in case.sightings:
        _check_evidence(path, sighting, publications)


def _check_evidence(path: Path, sighting: SightingSeed, publications: frozenset[str]) -> None:
    """Evidence attacks only evidence of the same sighting, and says whom it attacks if it undercuts."""
    siblings = frozenset(item.slug for item in sighting.evidence)
    for item in sighting.evidence:
        key = f"sighting.{sighting.slug}.evidence.{item.slug}"
        _require(path, f"{key}.publication", item.publication, publications)
        if (item.stance == "undercuts") != (item.undercuts is not None):
            raise SeedError(
                f"{path}: {key}: expected `undercuts` with that stance and only then, got {item.undercuts!r}"
            )
        if item.undercuts is not None:
            _require(path, f"{key}.undercuts", item.undercuts, siblings - {item.slug})


def _source(path: Path, table: Table) -> SourceSeed:
    ratings = tuple(_record(path, "source.rating", rating, RatingSeed) for rating in table.get("rating", []))
    ownerships = _entries(path, "ownership", table, OwnershipSeed)
    rest = {name: value for name, value in table.items() if name not in {"rating", "ownership"}}
    return _record(path, "source", {**rest, "ratings": ratings, "ownerships": ownerships}, SourceSeed)


def _sighting(path: Path, table: Table) -> SightingSeed:
    evidence = _entries(path, "evidence", table, EvidenceSeed)
    return _record(path, "sighting", {**table, "evidence": evidence}, SightingSeed)


def _load(path: Path) -> Table:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise SeedError(f"{path}: expected a readable TOML file, got: {error}") from error


def _entries(path: Path, name: str, tables: Table, shape: type[Record]) -> tuple[Record, ...]:
    return tuple(_record(path, name, table, shape) for table in tables.get(name, []))


def _record(path: Path, name: str, table: Table, shape: type[Record]) -> Record:
    """One dataclass from one table: no key missing, none unknown, every choice among the allowed."""
    key = f"{name}.{table.get('slug', '?')}"
    _check_keys(path, key, table, shape)
    for choice, allowed in CHOICES.get(shape, {}).items():
        _require(path, f"{key}.{choice}", table[choice], allowed)
    return shape(**{name: _frozen(value) for name, value in table.items()})


def _check_keys(path: Path, key: str, table: Table, shape: type[Any]) -> None:
    known = fields(shape)
    required = {field.name for field in known if field.default is MISSING}
    if missing := required - table.keys():
        raise SeedError(f"{path}: {key}: expected the keys {sorted(required)}, missing {sorted(missing)}")
    if unknown := table.keys() - {field.name for field in known}:
        raise SeedError(f"{path}: {key}: unknown keys {sorted(unknown)}")


def _frozen(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(value)
    return value.strip() if isinstance(value, str) else value


def _slugs(path: Path, name: str, entries: Iterable[HasSlug]) -> frozenset[str]:
    seen: set[str] = set()
    for entry in entries:
        if entry.slug in seen:
            raise SeedError(f"{path}: {name}: expected each slug once, got {entry.slug!r} twice")
        seen.add(entry.slug)
    return frozenset(seen)


def _require(path: Path, key: str, value: Any, known: frozenset[Any]) -> None:
    if value not in known:
        raise SeedError(f"{path}: {key}: expected one of {sorted(known)}, got {value!r}")

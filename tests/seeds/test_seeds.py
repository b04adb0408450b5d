"""The seed files: what they cover, that they agree with one another, and what their reader refuses."""

from __future__ import annotations

import re
from math import asin, atan2, cos, degrees, radians, sin, sqrt
from pathlib import Path

import pytest

from osint.edtf import parse_edtf
from osint.naming import fold
from seeds.errors import SeedError
from seeds.model import CaseFile, PlaceSeed
from seeds.read import read_case, read_equipment, read_places
from seeds.standins.build import CASE
from seeds.standins.pages import read_content

SEEDS = CASE.parent.parent
EQUIPMENT = SEEDS / "vocabularies" / "equipment.toml"
PLACES = SEEDS / "vocabularies" / "places.toml"

CASE_TEXT = """
[investigation]
slug = "case"
title = "Case"
summary = "A case"
[[source]]
slug = "outlet"
name = "Outlet"
kind = "outlet"
[[publication]]
slug = "page"
source = "outlet"
path = "page.html"
title = "Page"
published = "2023"
language = "en"
kind = "article"
[[sighting]]
slug = "claim"
title = "Claim"
equipment = "s-400"
activity = "deployed"
place = "moscow"
when = "2023"
status = "proposed"
description = "A claim"
[[sighting.evidence]]
slug = "first"
publication = "page"
stance = "supports"
credibility = 2
"""


def distance_and_bearing(start: PlaceSeed, end: PlaceSeed) -> tuple[float, float]:
    """Great-circle distance in kilometres and initial bearing in degrees."""
    lat1, lat2 = radians(start.latitude), radians(end.latitude)
    east = radians(end.longitude - start.longitude)
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin(east / 2) ** 2
    bearing = atan2(sin(east) * cos(lat2), cos(lat1) * sin(lat2) - sin(lat1) * cos(lat2) * cos(east))
    return 2 * 6371 * asin(sqrt(half)), degrees(bearing) % 360


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "case.toml"
    path.write_text(text, encoding="utf-8")
    return path


# --- the case ---


def test_case_is_as_large_as_the_demonstration_needs(case: CaseFile) -> None:
    assert len(case.sources) >= 7
    assert len(case.publications) >= 10
    assert len(case.sightings) >= 8


def test_case_names_only_equipment_and_places_of_the_vocabularies(case: CaseFile) -> None:
    assert {sighting.equipment for sighting in case.sightings} <= {
        entry.slug for entry in read_equipment(EQUIPMENT)
    }
    assert {sighting.place for sighting in case.sightings} <= {entry.slug for entry in read_places(PLACES)}


def test_every_sighting_has_evidence(case: CaseFile) -> None:
    assert [sighting.slug for sighting in case.sightings if not sighting.evidence] == []


def test_every_stance_occurs(case: CaseFile) -> None:
    assert {item.stance for item in case.evidence} == {"supports", "refutes", "neutral", "undercuts"}


def test_every_publication_is_evidence_of_something(case: CaseFile) -> None:
    used = {item.publication for item in case.evidence}
    assert {publication.slug for publication in case.publications} - used == set()


def test_derivations_run_without_a_circle(case: CaseFile) -> None:
    origins: dict[str, set[str]] = {publication.slug: set() for publication in case.publications}
    for derivation in case.derivations:
        origins[derivation.publication].add(derivation.derives_from)
    while roots := {slug for slug, left in origins.items() if not left}:
        origins = {slug: left - roots for slug, left in origins.items() if slug not in roots}
    assert origins == {}


def test_ratings_say_that_they_are_demonstrations_and_follow_in_time(case: CaseFile) -> None:
    for source in case.sources:
        days = [rating.rated_on for rating in source.ratings]
        assert days
        assert days == sorted(days)
        assert all(rating.reason.startswith("Demonstration rating: ") for rating in source.ratings)


def test_judgements_of_control_say_that_they_are_demonstrations(case: CaseFile) -> None:
    reasons = [ownership.reason for source in case.sources for ownership in source.ownerships]
    assert all(reason.startswith("Demonstration judgement: ") for reason in reasons)


def test_the_independence_of_some_sources_is_established_and_that_of_others_not(case: CaseFile) -> None:
    established = [source for source in case.sources if source.ownerships]
    assert 0 < len(established) < len(case.sources)


def test_one_owner_controls_two_sources(case: CaseFile) -> None:
    owners = [ownership.owner for source in case.sources for ownership in source.ownerships]
    assert max(map(owners.count, owners)) == 2


def test_dates_are_edtf(case: CaseFile) -> None:
    texts = [entry.published for entry in case.publications] + [entry.when for entry in case.sightings]
    assert all(parse_edtf(text).text == text for text in texts)


def test_stand_in_is_dated_within_what_the_case_says(case: CaseFile) -> None:
    for publication in case.publications:
        day, bounds = read_content(publication.slug).published_time.date(), parse_edtf(publication.published)
        assert bounds.earliest is None or bounds.earliest <= day, publication.slug
        assert bounds.latest is None or day <= bounds.latest, publication.slug


def test_picture_fragments_stay_inside_the_picture(case: CaseFile) -> None:
    regions = [item.fragment for item in case.evidence if item.fragment.startswith("xywh=")]
    assert regions
    for region in regions:
        x, y, width, height = map(float, region.removeprefix("xywh=percent:").split(","))
        assert min(x, y) >= 0
        assert max(x + width, y + height) <= 100


# --- the reader's complaints ---


def test_reader_accepts_a_small_case(tmp_path: Path) -> None:
    assert read_case(written(tmp_path, CASE_TEXT)).sightings[0].quantity_min is None


@pytest.mark.parametrize(
    ("right", "wrong", "key"),
    [
        ('source = "outlet"', 'source = "nobody"', "publication.page.source"),
        ('publication = "page"', 'publication = "lost"', "sighting.claim.evidence.first.publication"),
        ('stance = "supports"', 'stance = "likes"', "evidence.first.stance"),
        ("credibility = 2", "credibility = 7", "evidence.first.credibility"),
        ("credibility = 2", 'credibility = 2\nundercuts = "first"', "sighting.claim.evidence.first"),
        (
            'stance = "supports"',
            'stance = "undercuts"\nundercuts = "first"',
            "sighting.claim.evidence.first.undercuts",
        ),
        ('kind = "article"', 'kind = "rumour"', "publication.page.kind"),
        (
            'name = "Outlet"',
            'name = "Outlet"\nownership = [{owner = "nobody", since = 2023-01-01, reason = "None"}]',
            "source.outlet.ownership.owner",
        ),
        ('title = "Page"', 'headline = "Page"', "publication.page"),
        ('title = "Page"', 'title = "Page"\ncolour = "red"', "publication.page"),
    ],
)
def test_reader_names_file_and_key_of_what_is_wrong(tmp_path: Path, right: str, wrong: str, key: str) -> None:
    path = written(tmp_path, CASE_TEXT.replace(right, wrong))
    with pytest.raises(SeedError, match=re.escape(f"{path}: {key}:")):
        read_case(path)


def test_reader_refuses_a_slug_twice(tmp_path: Path) -> None:
    path = written(tmp_path, CASE_TEXT + '[[source]]\nslug = "outlet"\nname = "Again"\nkind = "outlet"\n')
    with pytest.raises(SeedError, match=r"source: expected each slug once, got 'outlet' twice"):
        read_case(path)


def test_reader_refuses_what_is_not_toml(tmp_path: Path) -> None:
    path = written(tmp_path, "[[source")
    with pytest.raises(SeedError, match=re.escape(str(path))):
        read_case(path)


def test_reader_refuses_a_child_before_its_parent(tmp_path: Path) -> None:
    path = written(tmp_path, '[[equipment]]\nslug = "a"\nname = "A"\nkind = "type"\nparent = "b"\n')
    with pytest.raises(SeedError, match=r"equipment\.a\.parent"):
        read_equipment(path)


def test_reader_refuses_a_place_off_the_earth(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        '[[place]]\nslug = "a"\nname = "A"\nlatitude = 91\nlongitude = 0\nradius_m = 5\ncountry = "RU"\n',
    )
    with pytest.raises(SeedError, match=r"place\.a"):
        read_places(path)


# --- the vocabularies ---


def test_equipment_covers_at_least_110_types() -> None:
    assert sum(entry.kind == "type" for entry in read_equipment(EQUIPMENT)) >= 110


def test_roots_of_the_equipment_tree_are_categories() -> None:
    assert {entry.kind for entry in read_equipment(EQUIPMENT) if entry.parent is None} == {"category"}


def test_no_name_means_two_types() -> None:
    owners: dict[str, str] = {}
    for entry in read_equipment(EQUIPMENT):
        for name in filter(None, (entry.name, entry.nato, *entry.aliases)):
            assert owners.setdefault(fold(name), entry.slug) == entry.slug, name


@pytest.mark.parametrize("typed", ["Панцирь-С1", "Pantsir-S1", "SA-22 Greyhound", "pantsir s1"])
def test_pantsir_s1_is_found_by_any_of_its_names(typed: str) -> None:
    entry = next(entry for entry in read_equipment(EQUIPMENT) if entry.slug == "pantsir-s1")
    assert fold(typed) in {fold(name) for name in (entry.name, entry.nato, *entry.aliases)}


def test_no_name_means_two_places() -> None:
    owners: dict[str, str] = {}
    for entry in read_places(PLACES):
        for name in (entry.name, *entry.aliases):
            assert owners.setdefault(fold(name), entry.slug) == entry.slug, name


def test_gazetteer_has_the_case_and_forty_more() -> None:
    assert len(read_places(PLACES)) >= 53


def test_taganka_school_lies_where_the_report_puts_it() -> None:
    places = {entry.slug: entry for entry in read_places(PLACES)}
    kilometres, bearing = distance_and_bearing(places["kremlin"], places["taganka-school-building"])
    assert kilometres == pytest.approx(2.4, abs=0.05)
    assert bearing == pytest.approx(135, abs=3)


def test_zarechye_with_its_radius_can_be_ten_kilometres_from_the_residence() -> None:
    places = {entry.slug: entry for entry in read_places(PLACES)}
    village, residence = places["zarechye-odintsovo"], places["novo-ogaryovo"]
    kilometres, _ = distance_and_bearing(residence, village)
    assert abs(kilometres - 10) * 1000 <= village.radius_m

"""Assessments follow whatever they rest on: once for each set of changes, and never a stale one without a mark."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from osint.models import Change, User
from osint.services.people import system_user
from sightings.confidence import MODEL, assess, digest, read_inputs
from sightings.models import (
    Assessment,
    Evidence,
    Invalidation,
    Recomputation,
    RelationKind,
    Sighting,
    SightingRelation,
)
from sightings.services.assessments import mark_aged, mark_all_due, recompute_batch, recompute_due
from sightings.services.sightings import change_evidence, change_sighting, withdraw_evidence
from sources.models import Owner, Ownership, Publication, Source
from sources.services.publications import change_publication, record_derivation, remove_derivation
from sources.services.sources import rate_source
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> cast.Team:
    return cast.team()


def rated(name: str, grade: str, **values: Any) -> Source:
    source = cast.source(name=name, **values)
    rate_source(source, actor=system_user(), reliability=grade, reason="For the test.")
    return source


def own(source: Source, owner: Owner | None) -> Ownership:
    return Ownership.objects.create(
        source=source, owner=owner, established_by=system_user(), reason="For the test."
    )


def owner(name: str) -> Owner:
    return Owner.objects.create(name=name, kind="company")


def published(team: cast.Team, name: str, grade: str = "B", **values: Any) -> Publication:
    """A publication of a source of its own, which is its own master."""
    source = rated(name, grade)
    own(source, owner(f"{name} itself"))
    return cast.publication(team, f"https://{name}.example/", source=source, **values)


@pytest.fixture
def claim(team: cast.Team) -> Sighting:
    """A sighting that rests on one B2 and is up to date."""
    sighting = cast.sighting(team)
    cast.evidence(team, sighting, published(team, "courier"))
    recompute_due()
    return sighting


def due(sighting: Sighting) -> bool:
    return Recomputation.objects.filter(sighting=sighting).exists()


def latest(sighting: Sighting) -> Assessment:
    """The newest assessment once everything is recomputed."""
    recompute_due()
    assert not Recomputation.objects.exists()
    return sighting.assessments.order_by("-pk")[0]


def test_a_new_sighting_is_assessed_as_unknown(team: cast.Team) -> None:
    sighting = cast.sighting(team)
    assert due(sighting)
    found = latest(sighting)
    assert (found.probability, found.uncertainty, found.word) == (0.5, 1.0, "insufficient information")


def test_an_assessment_keeps_all_it_takes_to_check_it(claim: Sighting) -> None:
    found = latest(claim)
    inputs = read_inputs(found.inputs)
    again = assess(inputs)
    assert (found.model, found.digest) == (MODEL, digest(inputs))
    assert found.probability == again["probability"] == pytest.approx(0.7561, abs=0.0001)
    assert found.explanation == again["explanation"]
    assert found.belief + found.disbelief + found.uncertainty == pytest.approx(1)


def test_the_sighting_carries_a_copy_for_lists(claim: Sighting) -> None:
    claim.refresh_from_db()
    assert claim.probability == pytest.approx(0.7561, abs=0.0001)
    assert (claim.word, claim.analytic_confidence) == ("likely", "low")


def test_it_is_on_record(claim: Sighting) -> None:
    found = latest(claim)
    (entry,) = Change.objects.filter(subject_id=found.pk)
    assert (entry.action, entry.investigation_id) == ("assessment.made", claim.investigation_id)
    assert entry.new is not None
    assert entry.new["digest"] == found.digest
    assert "inputs" not in entry.new


Deed = Callable[[cast.Team, Sighting, Evidence], object]


def attach(team: cast.Team, claim: Sighting, item: Evidence) -> object:
    return cast.evidence(team, claim, published(team, "herald"))


def correct(team: cast.Team, claim: Sighting, item: Evidence) -> object:
    return change_evidence(item, actor=team.researcher, credibility=3)


def withdraw(team: cast.Team, claim: Sighting, item: Evidence) -> object:
    return withdraw_evidence(item, actor=team.researcher, reason="It shows another roof.")


def rate(team: cast.Team, claim: Sighting, item: Evidence) -> object:
    assert item.publication.source is not None
    return rate_source(item.publication.source, actor=team.reviewer, reliability="D", reason="Wrong before.")


def derive(team: cast.Team, claim: Sighting, item: Evidence) -> object:
    origin = published(team, "origin", "F")
    return record_derivation(item.publication, actor=team.researcher, derives_from=origin, kind="relays")


def change_the_owner(team: cast.Team, claim: Sighting, item: Evidence) -> object:
    assert item.publication.source is not None
    return own(item.publication.source, owner("A holding"))


def change_the_source(team: cast.Team, claim: Sighting, item: Evidence) -> object:
    return change_publication(item.publication, actor=team.researcher, source=rated("Another", "A"))


def invalidate(team: cast.Team, claim: Sighting, item: Evidence) -> object:
    return Invalidation.objects.create(
        investigation=team.case, publication=item.publication, reviewer=team.reviewer, reason="Staged."
    )


def merge_into_it(team: cast.Team, claim: Sighting, item: Evidence) -> object:
    other = cast.sighting(team, title="The same launcher")
    cast.evidence(team, other, published(team, "herald"))
    return SightingRelation.objects.create(
        investigation=team.case,
        sighting=other,
        other=claim,
        kind=RelationKind.SAME_AS,
        reason="The same roof.",
        stated_by=team.researcher,
    )


@pytest.mark.parametrize(
    "deed",
    [attach, correct, withdraw, rate, derive, change_the_owner, change_the_source, invalidate, merge_into_it],
)
def test_whatever_it_rests_on_marks_it_and_leads_to_one_new_assessment(
    team: cast.Team, claim: Sighting, deed: Deed
) -> None:
    before = claim.assessments.count()
    deed(team, claim, claim.evidence.get())
    assert due(claim)
    found = latest(claim)
    assert claim.assessments.count() == before + 1
    assert found.digest != claim.assessments.order_by("pk")[0].digest


def test_a_rating_of_where_it_comes_from_counts_too(team: cast.Team, claim: Sighting) -> None:
    origin, middle = published(team, "origin", "A"), published(team, "middle", "A")
    record_derivation(middle, actor=team.researcher, derives_from=origin, kind="quotes")
    record_derivation(
        claim.evidence.get().publication, actor=team.researcher, derives_from=middle, kind="relays"
    )
    assert latest(claim).probability == pytest.approx(0.7561, abs=0.0001)
    assert origin.source is not None
    rate_source(origin.source, actor=team.reviewer, reliability="F", reason="Nobody knows them.")
    assert due(claim)
    assert latest(claim).probability < 0.7


def test_a_derivation_that_is_taken_back_is_as_if_it_had_not_been(team: cast.Team, claim: Sighting) -> None:
    before = latest(claim)
    origin = published(team, "origin", "F")
    derivation = record_derivation(
        claim.evidence.get().publication, actor=team.researcher, derives_from=origin, kind="relays"
    )
    assert latest(claim).digest != before.digest
    remove_derivation(derivation, actor=team.researcher)
    assert due(claim)
    assert latest(claim).digest == before.digest


def test_the_same_event_seen_by_another_is_no_derivation(team: cast.Team, claim: Sighting) -> None:
    before = latest(claim)
    record_derivation(
        claim.evidence.get().publication,
        actor=team.researcher,
        derives_from=published(team, "origin", "F"),
        kind="same event",
    )
    assert latest(claim).digest == before.digest


def test_what_changes_nothing_makes_no_assessment(team: cast.Team, claim: Sighting) -> None:
    change_sighting(claim, actor=team.researcher, title="A better title")
    assert not due(claim)
    change_evidence(claim.evidence.get(), actor=team.researcher, note="Seen by two of us.")
    assert not due(claim)
    count = claim.assessments.count()
    mark_all_due()
    latest(claim)
    assert claim.assessments.count() == count


def test_relays_count_once_and_one_owner_is_one_cluster(team: cast.Team) -> None:
    sighting = cast.sighting(team)
    video = published(team, "video", "B")
    cast.evidence(team, sighting, video)
    for name in ("one", "two", "three"):
        relay = published(team, name, "A")
        record_derivation(relay, actor=team.researcher, derives_from=video, kind="embeds")
        cast.evidence(team, sighting, relay)
    assert latest(sighting).support == pytest.approx(2.1)
    house = owner("One house")
    sisters = [rated(name, "B") for name in ("Morning", "Evening")]
    for sister in sisters:
        own(sister, house)
        page = cast.publication(team, f"https://{sister.name}.example/", source=sister)
        cast.evidence(team, sighting, page)
    assert latest(sighting).support == pytest.approx(2.1 + 3.15)


def test_those_whose_independence_nobody_established_are_one_cluster(team: cast.Team) -> None:
    sighting = cast.sighting(team)
    for name in ("one", "two"):
        cast.evidence(
            team, sighting, cast.publication(team, f"https://{name}.example/", source=rated(name, "B"))
        )
    found = latest(sighting)
    assert found.support == pytest.approx(3.15)
    assert (found.clusters, found.is_capped) == (1, True)


def test_a_publication_without_source_cannot_be_judged(team: cast.Team) -> None:
    sighting = cast.sighting(team)
    cast.evidence(team, sighting, cast.publication(team, "https://nobody.example/"))
    assert latest(sighting).inputs["items"][0]["reliability_path"] == ["F"]


def test_a_one_among_independent_ones_counts_as_a_two(team: cast.Team) -> None:
    sighting = cast.sighting(team)
    cast.evidence(team, sighting, published(team, "one", "A"), credibility=1)
    assert latest(sighting).support == pytest.approx(2.9925)
    cast.evidence(team, sighting, published(team, "two", "B"), credibility=2)
    assert latest(sighting).support == pytest.approx(2.49375 + 2.1)


def test_undercuts_attack_the_roots_of_what_they_attack(team: cast.Team, claim: Sighting) -> None:
    attacked = claim.evidence.get()
    attack = cast.evidence(
        team, claim, published(team, "checkers", "A"), stance="undercuts", undercuts=attacked
    )
    assert latest(claim).support == pytest.approx(2.1 * (1 - 2.49375 / 4.49375))
    withdraw_evidence(attack, actor=team.researcher, reason="Another video.")
    assert latest(claim).support == pytest.approx(2.1)


def test_what_undercut_something_withdrawn_undercuts_nothing(team: cast.Team, claim: Sighting) -> None:
    attacked = claim.evidence.get()
    cast.evidence(team, claim, published(team, "checkers", "A"), stance="undercuts", undercuts=attacked)
    withdraw_evidence(attacked, actor=team.researcher, reason="Shown to be old.")
    assert latest(claim).inputs["items"] == []


def test_what_a_reviewer_invalidated_counts_again_when_that_is_withdrawn(
    team: cast.Team, claim: Sighting
) -> None:
    invalidate(team, claim, claim.evidence.get())
    assert latest(claim).support == 0
    Invalidation.objects.update(
        withdrawn_at=timezone.now(), withdrawn_by=team.reviewer, withdrawn_reason="It was genuine."
    )
    assert due(claim)
    assert latest(claim).support == pytest.approx(2.1)


def test_a_claim_that_lasts_fades_with_the_days(team: cast.Team) -> None:
    published_on = timezone.localdate() - timedelta(days=30)
    sighting = cast.sighting(team, half_life_days=30)
    page = published(team, "courier", published=published_on.isoformat())
    cast.evidence(team, sighting, page)
    assert latest(sighting).support == pytest.approx(1.05)
    change_sighting(sighting, actor=team.researcher, half_life_days=15)
    assert due(sighting)
    assert latest(sighting).support == pytest.approx(0.525)


def test_a_day_that_passes_marks_what_fades(team: cast.Team, claim: Sighting) -> None:
    lasting = cast.sighting(team, half_life_days=30)
    latest(lasting)
    mark_aged()
    assert due(lasting)


def test_a_rating_that_begins_today_counts_from_today(team: cast.Team, claim: Sighting) -> None:
    source = claim.evidence.get().publication.source
    assert source is not None
    tomorrow = timezone.localdate() + timedelta(days=1)
    rating = rate_source(source, actor=team.reviewer, reliability="E", rated_on=tomorrow, reason="Sold.")
    assert latest(claim).probability == pytest.approx(0.7561, abs=0.0001)
    type(rating).objects.filter(pk=rating.pk).update(rated_on=timezone.localdate())  # as if the day had come
    mark_aged()
    assert latest(claim).probability < 0.6


def test_several_changes_at_once_are_one_assessment(team: cast.Team, claim: Sighting) -> None:
    before = claim.assessments.count()
    with transaction.atomic():
        attach(team, claim, claim.evidence.get())
        rate(team, claim, claim.evidence.order_by("pk")[0])
    assert Recomputation.objects.get(sighting=claim).changes > 1
    latest(claim)
    assert claim.assessments.count() == before + 1


def test_the_oldest_mark_comes_first(team: cast.Team) -> None:
    first, second = cast.sighting(team), cast.sighting(team)
    assert recompute_batch(1) == 1
    assert (due(first), due(second)) == (False, True)


def test_queries_do_not_grow_with_the_sightings(
    team: cast.Team, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    for number in range(12):
        sighting = cast.sighting(team, title=f"Launcher {number}")
        cast.evidence(team, sighting, published(team, f"paper-{number}"))
    with django_assert_max_num_queries(20):
        assert recompute_batch() == 12


def test_rows_written_in_bulk_are_marked_too(team: cast.Team, claim: Sighting) -> None:
    item = claim.evidence.get()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE sightings_evidence SET credibility = 4 WHERE id = %s", [item.pk])
    assert due(claim)


def test_assessments_need_no_person(claim: Sighting) -> None:
    actor = User.objects.get(pk=Change.objects.get(subject_id=latest(claim).pk).actor_id)
    assert actor == system_user()

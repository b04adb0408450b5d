"""Relating sightings: merging goes one step deep, counts, keeps both histories, and can be undone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from osint.errors import ConflictError, ForbiddenError, NotFoundError, SightlineError
from sightings.errors import OwnWorkError, SightingLockedError, WrongStatusError
from sightings.models import CheckQuestion, Review, Sighting, SightingRelation
from sightings.selectors import merges, sightings_in
from sightings.services.assessments import recompute_due
from sightings.services.relations import relate, undo_relation
from sightings.services.reviews import decide
from sightings.services.sightings import attach_evidence, log_sighting
from tests import cast
from tests.records import actions_on, codes_of


def merge(team: cast.Team, sighting: Sighting, other: Sighting) -> SightingRelation:
    return relate(sighting, actor=team.researcher, other=other, kind="same as", reason="One roof, one day")


def verify(team: cast.Team, sighting: Sighting) -> None:
    checks = [{"question": question, "answer": "unknown"} for question in CheckQuestion.values]
    decide(sighting, actor=team.reviewer, decision="verified", reason="All of it fits", checks=checks)


@pytest.fixture
def three(team: cast.Team) -> list[Sighting]:
    return [cast.sighting(team, title=title) for title in ("One", "Two", "Three")]


@pytest.mark.parametrize("kind", ["same as", "follows", "contradicts"])
def test_a_relation_goes_on_record(team: cast.Team, three: list[Sighting], kind: str) -> None:
    one, two, _ = three
    relation = relate(one, actor=team.researcher, other=two, kind=kind, reason="See the antenna")
    undo_relation(relation, actor=team.reviewer, reason="Another antenna")
    relation.refresh_from_db()
    assert (relation.undone_by, relation.undone_reason) == (team.reviewer, "Another antenna")
    assert actions_on(relation) == ["relation.stated", "relation.undone"]


def test_what_is_merged_counts_for_the_other_until_it_is_parted(
    team: cast.Team, three: list[Sighting]
) -> None:
    one, two, _ = three
    cast.evidence(team, one, cast.publication(team))
    relation = merge(team, one, two)
    recompute_due()
    two.refresh_from_db()
    assert two.probability is not None
    assert two.probability > 0.5
    undo_relation(relation, actor=team.researcher, reason="Another roof")
    recompute_due()
    two.refresh_from_db()
    assert two.probability == 0.5
    assert one.evidence.count() == 1


def test_lists_know_what_is_merged(team: cast.Team, three: list[Sighting]) -> None:
    one, two, _ = three
    merge(team, one, two)
    into = {row.pk: row.__dict__["merged_into"] for row in sightings_in(team.case)}
    assert (into[one.pk], into[two.pk]) == (two.pk, None)


def test_a_viewer_relates_and_undoes_nothing(team: cast.Team, three: list[Sighting]) -> None:
    relation = merge(team, *three[:2])
    with pytest.raises(ForbiddenError):
        relate(three[2], actor=team.viewer, other=three[0], kind="follows", reason="It moved")
    with pytest.raises(ForbiddenError):
        undo_relation(relation, actor=team.viewer, reason="It did not")


def test_a_sighting_of_another_case_does_not_exist(
    team: cast.Team, others: cast.Team, three: list[Sighting]
) -> None:
    with pytest.raises(NotFoundError):
        relate(
            three[0], actor=team.researcher, other=cast.sighting(others), kind="follows", reason="It moved"
        )


def test_a_relation_needs_a_reason(team: cast.Team, three: list[Sighting]) -> None:
    with pytest.raises(ValidationError) as refused:
        relate(three[0], actor=team.researcher, other=three[1], kind="follows", reason=" ")
    assert refused.value.error_dict["reason"][0].code == "reason_required"
    relation = merge(team, *three[:2])
    with pytest.raises(ValidationError):
        undo_relation(relation, actor=team.researcher, reason="")


def test_nothing_is_related_to_itself(team: cast.Team, three: list[Sighting]) -> None:
    with pytest.raises(ValidationError):
        merge(team, three[0], three[0])


@pytest.mark.parametrize("kind", ["follows", "contradicts"])
def test_the_same_is_said_once(team: cast.Team, three: list[Sighting], kind: str) -> None:
    one, two, _ = three
    relate(one, actor=team.researcher, other=two, kind=kind, reason="See the antenna")
    with pytest.raises(ValidationError) as refused:
        relate(one, actor=team.researcher, other=two, kind=kind, reason="Once more")
    assert codes_of(refused.value) == ["relation_exists"]
    with pytest.raises(ConflictError):
        relate(two, actor=team.researcher, other=one, kind=kind, reason="The other way round")


def test_a_sighting_counts_for_one_other(team: cast.Team, three: list[Sighting]) -> None:
    one, two, third = three
    merge(team, one, two)
    with pytest.raises(ValidationError) as refused:
        merge(team, one, third)
    assert codes_of(refused.value) == ["merged_already"]


def test_several_are_merged_into_one(team: cast.Team, three: list[Sighting]) -> None:
    one, two, third = three
    merge(team, one, third)
    merge(team, two, third)
    assert merges().filter(other=third).count() == 2


def test_what_others_were_merged_into_is_not_merged(team: cast.Team, three: list[Sighting]) -> None:
    one, two, third = three
    merge(team, one, two)
    with pytest.raises(ConflictError, match="“One” counts for “Two”"):
        merge(team, two, third)


def test_nothing_is_merged_into_what_is_merged_itself(team: cast.Team, three: list[Sighting]) -> None:
    one, two, third = three
    merge(team, one, two)
    with pytest.raises(ConflictError, match="itself counts for “Two”"):
        merge(team, third, one)


def test_there_is_no_ring(team: cast.Team, three: list[Sighting]) -> None:
    one, two, _ = three
    merge(team, one, two)
    with pytest.raises(ConflictError):
        merge(team, two, one)


def test_what_was_parted_may_be_merged_anew(team: cast.Team, three: list[Sighting]) -> None:
    one, two, third = three
    undo_relation(merge(team, one, two), actor=team.researcher, reason="A mistake")
    merge(team, two, third)
    merge(team, one, third)


def test_a_relation_is_undone_once(team: cast.Team, three: list[Sighting]) -> None:
    relation = merge(team, *three[:2])
    undo_relation(relation, actor=team.researcher, reason="A mistake")
    with pytest.raises(ConflictError):
        undo_relation(relation, actor=team.researcher, reason="Again")
    relation.refresh_from_db()
    assert relation.undone_reason == "A mistake"


def test_a_verified_sighting_is_neither_merged_nor_merged_into(
    team: cast.Team, three: list[Sighting]
) -> None:
    one, two, third = three
    verify(team, two)
    for pair in ((one, two), (two, third)):
        with pytest.raises(SightingLockedError):
            merge(team, *pair)
    relate(one, actor=team.researcher, other=two, kind="contradicts", reason="Not that day")


def test_a_verified_sighting_keeps_the_evidence_of_what_was_merged_into_it(
    team: cast.Team, three: list[Sighting]
) -> None:
    one, two, _ = three
    relation = merge(team, one, two)
    verify(team, two)
    with pytest.raises(SightingLockedError):
        undo_relation(relation, actor=team.researcher, reason="Another roof")


def test_what_is_merged_is_verified_where_it_counts(team: cast.Team, three: list[Sighting]) -> None:
    one, two, _ = three
    merge(team, one, two)
    with pytest.raises(WrongStatusError, match="counts for “Two”"):
        verify(team, one)


@pytest.mark.parametrize("share", ["logged it", "attached evidence to it"])
def test_nobody_verifies_what_their_own_work_was_merged_into(team: cast.Team, share: str) -> None:
    into = cast.sighting(team)
    logger = team.reviewer if share == "logged it" else team.researcher
    merged = log_sighting(team.case, actor=logger, title="Theirs")
    if logger != team.reviewer:
        attach_evidence(
            merged, actor=team.reviewer, publication=cast.publication(team), stance="supports", credibility=2
        )
    relation = merge(team, merged, into)
    with pytest.raises(OwnWorkError):
        verify(team, into)
    with pytest.raises(IntegrityError, match="nobody verifies"), transaction.atomic():
        Review.objects.create(sighting=into, reviewer=team.reviewer, decision="verified", reason="By hand")
    undo_relation(relation, actor=team.researcher, reason="Another roof")
    verify(team, into)


@pytest.mark.django_db(transaction=True)
def test_of_merges_at_once_no_chain_comes(transactional_db: None) -> None:
    team = cast.team()
    sightings = [cast.sighting(team, title=str(number)) for number in range(4)]
    pairs = [(one, two) for one in sightings for two in sightings if one != two]

    def attempt(pair: tuple[Sighting, Sighting]) -> str:
        try:
            merge(team, *pair)
        except (SightlineError, ValidationError) as error:
            return type(error).__name__
        finally:
            connection.close()
        return "merged"

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(attempt, pairs))

    merged = set(merges().values_list("sighting_id", flat=True))
    assert outcomes.count("merged") == len(merged) > 0
    assert not merged & set(merges().values_list("other_id", flat=True))

"""Finding where a picture has been seen before, each reader within their own cases."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from osint.services.tokens import issue_token
from sources.archiving.examining.tasks import Look, View
from sources.services import pictures
from sources.services.pictures import find_alike, looks_of
from tests import cast
from tests.pictured import keep, look, stored, view

ZERO = bytes(32)


@pytest.fixture(params=["one by one", "through the index"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways of searching: they must agree."""
    if request.param == "through the index":
        monkeypatch.setattr(pictures, "FEW", -1)
    return str(request.param)


@pytest.mark.parametrize(
    ("bits", "words"),
    [
        (0, "same picture"),
        (12, "same picture"),
        (13, "very alike"),
        (36, "very alike"),
        (37, "alike"),
        (60, "alike"),
    ],
)
def test_what_is_alike_is_found_with_its_distance_in_words(
    team: cast.Team, way: str, bits: int, words: str
) -> None:
    kept = keep(team, stored("a", look(bits)))
    (match,) = find_alike(team.viewer, [look(0)])
    assert (match.kept, match.distance, match.words, match.times) == (kept, bits, words, 1)


def test_what_is_not_alike_is_not_found(team: cast.Team, way: str) -> None:
    keep(team, stored("a", look(61)))
    assert find_alike(team.viewer, [look(0)]) == []


def test_the_nearest_comes_first(team: cast.Team, way: str) -> None:
    for bits in (30, 2, 59):
        keep(team, stored(str(bits), look(bits)))
    assert [match.distance for match in find_alike(team.viewer, [look(0)])] == [2, 30, 59]


def test_a_view_of_the_picture_finds_what_the_picture_does_not(team: cast.Team, way: str) -> None:
    keep(team, stored("a", look(120)))
    assert find_alike(team.viewer, [look(0)]) == []
    (match,) = find_alike(team.viewer, [Look(view(0), (view(110),))])
    assert match.distance == 10


def test_a_video_counts_once_and_says_where(team: cast.Team, way: str) -> None:
    keep(team, stored("a", look(40, at_seconds=0.5), look(7, at_seconds=12.0), look(30, at_seconds=14.0)))
    (match,) = find_alike(team.viewer, [look(0)])
    assert (match.distance, match.at_seconds) == (7, 12.0)


def test_the_file_itself_can_be_left_out(team: cast.Team, way: str) -> None:
    file, other = stored("a", look(0)), stored("b", look(5))
    asked, kept = keep(team, file), keep(team, other)
    assert [match.kept for match in find_alike(team.viewer, looks_of(file), besides=asked)] == [kept]


def test_the_same_bytes_in_another_publication_are_the_best_match(team: cast.Team, way: str) -> None:
    file = stored("a", look(0))
    asked = keep(team, file)
    again = keep(team, file, cast.publication(team, "https://example.org/another"))
    assert [match.kept for match in find_alike(team.viewer, looks_of(file), besides=asked)] == [again]


def test_an_outsider_finds_nothing(team: cast.Team, way: str) -> None:
    keep(team, stored("a", look(0)))
    assert find_alike(team.outsider, [look(0)]) == []


def test_each_finds_what_their_own_cases_kept(team: cast.Team, others: cast.Team, way: str) -> None:
    file = stored("a", look(0))
    ours, theirs = keep(team, file), keep(others, file)
    keep(others, stored("b", look(3)))
    assert [match.kept for match in find_alike(team.viewer, [look(0)])] == [ours]
    cast.let_in(others, team.viewer)
    assert [match.kept for match in find_alike(team.viewer, [look(0)])][:2] == [ours, theirs]


def test_a_search_can_be_kept_within_one_case(team: cast.Team, others: cast.Team, way: str) -> None:
    cast.let_in(others, team.viewer)
    keep(team, stored("a", look(0)))
    theirs = keep(others, stored("b", look(0)))
    assert [match.kept for match in find_alike(team.viewer, [look(0)], within=others.case)] == [theirs]


def test_a_token_for_one_case_finds_nothing_of_another(team: cast.Team, others: cast.Team, way: str) -> None:
    cast.let_in(others, team.viewer)
    keep(others, stored("a", look(0)))
    team.viewer.api_token, _ = issue_token(actor=team.viewer, name="scripts", investigation=team.case)
    assert find_alike(team.viewer, [look(0)]) == []


def test_a_publication_counts_once_with_its_first_capture(team: cast.Team, way: str) -> None:
    file, publication = stored("a", look(0)), cast.publication(team)
    first = keep(team, file, publication)
    keep(team, file, publication)
    relay = keep(team, file, cast.publication(team, "https://herald.example/relay"))
    found = {match.kept: match.times for match in find_alike(team.viewer, [look(0)])}
    assert found == {first: 2, relay: 1}


def test_what_others_keep_by_the_hundred_does_not_hide_what_the_reader_may_see(
    team: cast.Team, others: cast.Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "FEW", -1)
    monkeypatch.setattr(pictures, "DEPTHS", (5, 50))
    publication = cast.publication(others)
    for number in range(20):
        keep(others, stored(f"theirs {number}", look(0)), publication)
    ours = keep(team, stored("ours", Look(view(9, sketch=9))))
    assert [match.kept for match in find_alike(team.viewer, [look(0)])] == [ours]


def test_nothing_is_asked_without_a_look(team: cast.Team, django_assert_num_queries: Any) -> None:
    keep(team, stored("a", look(0)))
    with django_assert_num_queries(1):  # the cases
        assert find_alike(team.viewer, []) == []


def test_a_search_takes_few_queries_however_much_it_finds(
    team: cast.Team, way: str, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        keep(
            team,
            stored(str(number), look(number)),
            cast.publication(team, f"https://courier.example/{number}"),
        )
    with django_assert_max_num_queries(10):
        matches = find_alike(team.viewer, [look(0)])
        assert (
            len(
                {str(match.kept.capture.publication.source) for match in matches}
                | {match.words for match in matches}
            )
            > 1
        )
    assert len(matches) == 30


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
def test_a_view_survives_its_way_as_bytes(bits: bytes, sketch: bytes) -> None:
    assert View.of_bytes(bytes(View(bits, sketch))) == View(bits, sketch)


def test_looks_come_back_as_they_were_stored(db: None) -> None:
    looks = [
        Look(View(b"\x80" + ZERO[1:], b"\x01" * 32), (view(3), view(200, 1)), at_seconds=0.5),
        Look(view(255), at_seconds=1.0),
    ]
    assert looks_of(stored("a", *looks)) == looks


@pytest.mark.parametrize("length", [0, 63, 65])
def test_half_a_view_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match=f"expected a view of 64 bytes, got {length}"):
        View.of_bytes(bytes(length))

"""When a text still is the text that was preserved."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.archiving.original import Outcome, Sight, compare, sentences_of
from sources.archiving.words import Verdict, Word

URL = "https://courier.example/roof"
TWO = "Two launchers were seen on the roof of the ministry"
CHINESE = "昨日早上居民看到起重机把导弹发射车吊到国防部大楼的屋顶上"
WITHDRAWN = "该报道已被编辑部撤回因为照片显示的是另一座城市的另一座建筑"
LONG = ". ".join(f"Neighbour number {n} saw a crane lift the launcher onto the roof" for n in range(30))


FILE = Sight(URL, sha256="a" * 64, start_sha256="b" * 64, size=9_000_000)
CUT = replace(FILE, sha256="")


def seen(text: str, url: str = URL, word: Word = Word.COMPLETE) -> Sight:
    return Sight(url, sentences_of(text), verdict=Verdict(word, ("because",)))


def outcome(before: Sight, now: Sight) -> Outcome:
    return compare(before, now).outcome


@given(st.text(max_size=400))
def test_every_text_is_unchanged_against_itself(text: str) -> None:
    expected = Outcome.UNCHANGED if sentences_of(text) else Outcome.UNCOMPARED
    assert outcome(seen(text), seen(text)) is expected


@given(st.text(max_size=400))
def test_spacing_and_case_do_not_count(text: str) -> None:
    assert sentences_of(text) == sentences_of(f"  {text}\n\n")
    assert sentences_of(LONG.upper()) == sentences_of(LONG)


@given(st.permutations(LONG.split(". ")))
def test_order_does_not_count(sentences: list[str]) -> None:
    assert seen(". ".join(sentences)).text_sha256 == seen(LONG).text_sha256


@pytest.mark.parametrize("line", ["12 comments", "Share this", "3,402 views", "Updated 5 minutes ago"])
def test_short_lines_of_a_text_do_not_count(line: str) -> None:
    assert sentences_of(f"{LONG}\n{line}") == sentences_of(LONG)


def test_text_of_short_lines_counts_by_those() -> None:
    assert sentences_of("Pantsir. On the roof") == Counter({"pantsir": 1, "on the roof": 1})


@pytest.mark.parametrize(
    ("before", "now"),
    [
        (LONG, f"{LONG}. Buy shoes at the corner shop today"),
        (LONG, LONG.replace("Neighbour number 7 saw a crane lift the launcher onto the roof. ", "")),
    ],
    ids=["a teaser came", "one short sentence went"],
)
def test_few_words_are_tolerated(before: str, now: str) -> None:
    assert outcome(seen(before), seen(now)) is Outcome.UNCHANGED


@pytest.mark.parametrize(
    ("before", "now"),
    [
        (LONG, LONG.replace("number 7 saw", "number 8 saw").replace("number 9 saw", "number 10 saw")),
        (LONG, LONG[: len(LONG) // 2]),
        (TWO, TWO.replace("Two", "Three")),
        ("Pantsir on roof", "S-400 on roof"),
        ("На крыше министерства стоит зенитный комплекс", "На крыше министерства ничего такого не стоит"),
        (CHINESE, WITHDRAWN),
    ],
    ids=[
        "two sentences altered",
        "cut in half",
        "a number in a short post",
        "a few words",
        "Russian",
        "Chinese",
    ],
)
def test_more_is_a_change(before: str, now: str) -> None:
    assert outcome(seen(before), seen(now)) is Outcome.CHANGED


def test_another_address_is_a_move_and_says_what_else() -> None:
    finding = compare(seen(LONG), seen("Something else altogether was written here", f"{URL}/2"))

    assert finding.outcome is Outcome.MOVED
    assert "words of the text went" in finding.detail


@pytest.mark.parametrize(
    "url", [f"{URL}?utm_source=feed", f"{URL}/", "http://courier.example/roof", f"{URL}#part"]
)
def test_another_spelling_of_the_address_is_no_move(url: str) -> None:
    assert outcome(seen(LONG), seen(LONG, url)) is Outcome.UNCHANGED


@pytest.mark.parametrize(
    "word", [Word.BLOCKED, Word.LOGIN_WALL, Word.CONSENT_WALL, Word.EMPTY, Word.TRUNCATED]
)
def test_wall_tells_nothing_of_the_original(word: Word) -> None:
    finding = compare(seen(LONG), seen("Please log in", word=word))

    assert (finding.outcome, finding.detail) == (Outcome.UNREACHABLE, "because")


def test_soft_page_of_a_missing_one_is_gone() -> None:
    assert outcome(seen(LONG), seen("Sorry", word=Word.GONE)) is Outcome.GONE


@pytest.mark.parametrize("now", ["", LONG])
def test_page_without_text_in_what_was_served_is_not_compared(now: str) -> None:
    finding = compare(seen("", word=Word.EMPTY), seen(now, word=Word.EMPTY))

    assert (finding.outcome, "no text to compare" in finding.detail) == (Outcome.UNCOMPARED, True)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (FILE, Outcome.UNCHANGED),
        (CUT, Outcome.UNCHANGED),
        (replace(FILE, sha256="c" * 64), Outcome.CHANGED),
        (replace(CUT, start_sha256="c" * 64), Outcome.CHANGED),
        (replace(CUT, size=9_000_001), Outcome.CHANGED),
        (replace(CUT, size=None), Outcome.UNCOMPARED),
        (replace(CUT, start_sha256=""), Outcome.UNCOMPARED),
        (seen(LONG), Outcome.CHANGED),
    ],
    ids=[
        "all the same",
        "beginning and length the same",
        "another one",
        "another beginning",
        "longer",
        "of unknown length",
        "hardly read",
        "a page instead",
    ],
)
def test_file_is_compared_as_far_as_it_was_read(now: Sight, expected: Outcome) -> None:
    assert outcome(FILE, now) is expected


def test_text_has_a_digest_and_nothing_has_none() -> None:
    assert len(seen(LONG).text_sha256) == 64
    assert seen("").text_sha256 == ""

"""Uncertain dates: what they can mean, how they read, and that another implementation agrees."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from edtf import parse_edtf as parse_with_library
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from osint.edtf import EdtfError, in_words, parse_edtf

BOUNDS = {
    "2023-01-19": (date(2023, 1, 19), date(2023, 1, 19)),
    "2023-02": (date(2023, 2, 1), date(2023, 2, 28)),
    "2024-02": (date(2024, 2, 1), date(2024, 2, 29)),
    "2023": (date(2023, 1, 1), date(2023, 12, 31)),
    "2023-01-06T23:30:00-05:00": (date(2023, 1, 6), date(2023, 1, 6)),
    "2023-01-19/2023-01-20": (date(2023, 1, 19), date(2023, 1, 20)),
    "2023/2023-01-05": (date(2023, 1, 1), date(2023, 1, 5)),
    "../2023-01-19": (None, date(2023, 1, 19)),
    "/2023-01-19": (None, date(2023, 1, 19)),
    "2023-01-19/..": (date(2023, 1, 19), None),
    "2023-01-19/": (date(2023, 1, 19), None),
    "[2023-01-19,2023-01-20]": (date(2023, 1, 19), date(2023, 1, 20)),
    "[2023-01-20, 2023-01-18..2023-01-19]": (date(2023, 1, 18), date(2023, 1, 20)),
    "[..2023-01-05]": (None, date(2023, 1, 5)),
    "{2023-01,2023-03..}": (date(2023, 1, 1), None),
    "202X": (date(2020, 1, 1), date(2029, 12, 31)),
    "20XX": (date(2000, 1, 1), date(2099, 12, 31)),
    "XXXX": (date.min, date.max),
    "2022-XX": (date(2022, 1, 1), date(2022, 12, 31)),
    "2022-1X": (date(2022, 10, 1), date(2022, 12, 31)),
    "2022-03-1X": (date(2022, 3, 10), date(2022, 3, 19)),
    "2022-02-XX": (date(2022, 2, 1), date(2022, 2, 28)),
    "2022-XX-31": (date(2022, 1, 31), date(2022, 12, 31)),
    "202X-02-29": (date(2020, 2, 29), date(2028, 2, 29)),
    "2022-21": (date(2022, 3, 1), date(2022, 5, 31)),
    "2022-24": (date(2022, 12, 1), date(2023, 2, 28)),
}

WIDENED = {
    "2023-01-06~": (date(2023, 1, 3), date(2023, 1, 9)),
    "2023-01-06%": (date(2023, 1, 3), date(2023, 1, 9)),
    "2022-03-1X~": (date(2022, 3, 7), date(2022, 3, 22)),
    "2023-01~": (date(2022, 12, 1), date(2023, 2, 28)),
    "2022-22~": (date(2022, 3, 1), date(2022, 11, 30)),
    "2022~": (date(2021, 1, 1), date(2023, 12, 31)),
    "2023-01-06~/2023-01-09": (date(2023, 1, 3), date(2023, 1, 9)),
    "2023-01-06/2023-01-09%": (date(2023, 1, 6), date(2023, 1, 12)),
    "[2023-01-06~,2023-01-07]": (date(2023, 1, 3), date(2023, 1, 9)),
    "0001-01-02~": (date.min, date(1, 1, 5)),
    "0001~": (date.min, date(2, 12, 31)),
    "9999-12-30~": (date(9999, 12, 27), date.max),
    "9999-24~": (date(9999, 9, 1), date.max),
}

UNREADABLE = {
    "": "empty",
    "yesterday": "not a date",
    "2O23-01": "not a date",
    "06.01.2023": "not a date",
    "2023-1-6": "not a date",
    "2023-01-06?~": "not a date",
    "2023-01-٠٦": "not a date",
    "2023-02-29": "no 2023-02-29",
    "2023-13": "no 2023-13",
    "2022-25": "no 2022-25",
    "2022-02-3X": "no 2022-02-3X",
    "XXX1-02-29": "no XXX1-02-29",
    "202X-21": "season needs a whole year",
    "2023-01-06T25:00:00Z": "no real date and time",
    "2023-01-20/2023-01-19": "before it starts",
    "2023-01-06~/2023-01-05~": "before it starts",
    "[2023-01-20..2023-01-19]": "before it starts",
    "2023/2024/2025": "two ends",
    "../..": "at one end",
    "/": "at one end",
    "[..]": "at one end",
    "[]": "not a date",
    "[2023": "ends with the bracket",
    "[2023}": "ends with the bracket",
    "0000": "years 0001 to 9999",
    "-0044": "years 0001 to 9999",
    "Y17000": "years 0001 to 9999",
    "12023-01": "years 0001 to 9999",
    "[" + ",".join(["2023-01-19"] * 100) + "]": "longer than",
}

WORDS = {
    "2023-01-06": "6 January 2023",
    "2023-01-06~": "around 6 January 2023",
    "2023-01-06?": "possibly 6 January 2023",
    "2023-01-06%": "possibly around 6 January 2023",
    "2023-01": "January 2023",
    "2023": "2023",
    "2023-01-06T10:00:00Z": "6 January 2023, 10:00 UTC",
    "2023-01-06T10:00:30+03:00": "6 January 2023, 10:00:30 (UTC+03:00)",
    "2023-01-06T10:00:00": "6 January 2023, 10:00 local time",
    "2023-01-19/2023-01-20": "19 to 20 January 2023",
    "2023-01-30/2023-02-02": "30 January to 2 February 2023",
    "2022-12-30/2023-01-02": "30 December 2022 to 2 January 2023",
    "2023-01/2023-03": "January to March 2023",
    "2022/2023-01-05": "2022 to 5 January 2023",
    "2023-01-06~/2023-01-09?": "around 6 January 2023 to possibly 9 January 2023",
    "../2023-01-19": "by 19 January 2023",
    "2023-01-19/..": "since 19 January 2023",
    "/2023-01-19": "until 19 January 2023, start unknown",
    "2023-01-19/": "from 19 January 2023, end unknown",
    "[2023-01-19,2023-01-20]": "19 or 20 January 2023",
    "[2023-01-19,2023-01-20,2023-02-03]": "19, 20 January or 3 February 2023",
    "{2023-01-19,2023-01-20}": "19 and 20 January 2023",
    "[2023-01-19..2023-01-22]": "some time from 19 to 22 January 2023",
    "{2023-01-19..2023-01-22}": "all of 19 to 22 January 2023",
    "[..2023-01-05]": "5 January 2023 or earlier",
    "[2023-01-05..]": "5 January 2023 or later",
    "{..2023-01-05}": "5 January 2023 and all before",
    "{2023-01-05..}": "5 January 2023 and all after",
    "202X": "in the 2020s",
    "202X?": "possibly in the 2020s",
    "202X~": "around the 2020s",
    "201X/202X": "the 2010s to the 2020s",
    "20XX": "a year from 2000 to 2099",
    "2X22": "a date of the form 2X22",
    "2022-XX": "a month in 2022",
    "2022-XX-XX": "a day in 2022",
    "2022-1X": "a month from October to December 2022",
    "2022-X1": "a date of the form 2022-X1",
    "2022-03-XX": "a day in March 2022",
    "2022-03-1X": "a day from 10 to 19 March 2022",
    "2022-03-X1": "a date of the form 2022-03-X1",
    "2022-21": "spring 2022",
    "2022-24": "winter 2022/23",
    "2022-21/2022-23": "spring 2022 to autumn 2022",
}


@pytest.mark.parametrize(("text", "expected"), BOUNDS.items())
def test_bounds_are_the_first_and_last_day_meant(
    text: str, expected: tuple[date | None, date | None]
) -> None:
    parsed = parse_edtf(text)
    assert (parsed.earliest, parsed.latest) == expected


@pytest.mark.parametrize(("text", "expected"), WIDENED.items())
def test_around_widens_by_one_unit_of_what_was_written(text: str, expected: tuple[date, date]) -> None:
    parsed = parse_edtf(text)
    assert (parsed.earliest, parsed.latest) == expected


def test_doubt_about_the_source_widens_nothing() -> None:
    sure, doubted = parse_edtf("2023-01-06"), parse_edtf("2023-01-06?")
    assert (sure.earliest, sure.latest) == (doubted.earliest, doubted.latest)


def test_blanks_around_a_date_are_dropped() -> None:
    assert parse_edtf(" 2023-01-06~\n").text == "2023-01-06~"


@pytest.mark.parametrize(("text", "reason"), UNREADABLE.items())
def test_what_is_no_date_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(EdtfError, match=reason):
        parse_edtf(text)


def test_a_refusal_keeps_the_text_and_shows_examples() -> None:
    with pytest.raises(EdtfError) as refusal:
        parse_edtf(" early January ")
    assert refusal.value.code == "edtf_unparsable"
    assert refusal.value.text == " early January "
    assert "2023-01-19/2023-01-20" in str(refusal.value)


@pytest.mark.parametrize(("text", "expected"), WORDS.items())
def test_dates_read_as_people_write_them(text: str, expected: str) -> None:
    assert in_words(text) == expected


def test_words_of_what_is_no_date_are_refused() -> None:
    with pytest.raises(EdtfError):
        in_words("soon")


@given(st.text(alphabet="0123456789X-/.,[]{}?~%TZ:+ Y", max_size=40))
def test_any_text_is_read_or_refused_and_never_reversed(text: str) -> None:
    try:
        parsed = parse_edtf(text)
    except EdtfError:
        return
    assert parsed.earliest is None or parsed.latest is None or parsed.earliest <= parsed.latest
    assert in_words(text)


days = st.dates(date(1, 1, 1), date(9999, 12, 31)).map(date.isoformat)
months = days.map(lambda day: day[:7])
years = days.map(lambda day: day[:4])
# Winter is left out: the library ends it on 31 December, we hold that it lasts until the end of February.
seasons = st.tuples(years, st.sampled_from(["21", "22", "23"])).map("-".join)
half_known = st.one_of(
    years.map(lambda year: year[:3] + "X"),
    years.map(lambda year: f"{year}-XX"),
    months.map(lambda month: f"{month}-XX"),
)
intervals = st.tuples(days, days).map(lambda ends: "/".join(sorted(ends)))
choices = st.tuples(
    st.sampled_from(["[]", "{}"]), st.lists(st.one_of(days, months), min_size=2, max_size=3)
).map(lambda parts: f"{parts[0][0]}{','.join(parts[1])}{parts[0][1]}")
doubted = st.tuples(st.one_of(days, months, years), st.sampled_from(["", "?"])).map("".join)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(doubted, seasons, half_known, intervals, choices))
def test_bounds_equal_those_of_an_independent_implementation(text: str) -> None:
    assume(not text.startswith("000X"))  # the library counts year 0000, which has no Python date
    judge = parse_with_library(text)
    ours = parse_edtf(text)
    assert ours.earliest is not None
    assert ours.latest is not None
    assert ours.earliest.timetuple()[:3] == tuple(judge.lower_strict()[:3])
    assert ours.latest.timetuple()[:3] == tuple(judge.upper_strict()[:3])


@given(st.dates(date(1, 2, 1), date(9999, 11, 30)))
def test_around_a_day_is_three_days_each_way(day: date) -> None:
    parsed = parse_edtf(f"{day.isoformat()}~")
    assert parsed.earliest == day - timedelta(days=3)
    assert parsed.latest == day + timedelta(days=3)

"""The first and last day an EDTF expression can mean. Knows the calendar, not the notation."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product

from osint.edtf.grammar import Choice, EdtfError, End, Expression, Interval, Moment, UnreadableError, read

# What "around" is worth, one unit of the precision that was written. EDTF leaves it open. More would make
# "certainly in" a period unusable (python-edtf moves a day by 13 months); nothing at all would make it a lie.
# A decade (`202X~`) counts as a year. `?` moves nothing: it doubts the source, not the day.
AROUND_A_DAY = timedelta(days=3)
AROUND_A_MONTH = 1
AROUND_A_SEASON = 3
AROUND_A_YEAR = 12

# Northern seasons by whole months, as meteorologists count. Winter is named by the year it begins in.
SEASON_STARTS = {"21": 3, "22": 6, "23": 9, "24": 12}
SEASON_MONTHS = 3

MONTHS_TO_THE_END = date.max.year * 12 + 11
ALL_MONTHS = [f"{month:02}" for month in range(1, 13)]
ALL_DAYS = [f"{day:02}" for day in range(1, 32)]
LEAP_YEAR = 2000


@dataclass(frozen=True, slots=True)
class EdtfDate:
    """A date as entered with the first and last day it can mean; None where it has no limit or none known."""

    text: str
    earliest: date | None
    latest: date | None


@dataclass(frozen=True, slots=True)
class Bounds:
    """First and last day, both included; None is unlimited."""

    earliest: date | None
    latest: date | None


def parse_edtf(text: str) -> EdtfDate:
    """Read an EDTF date; blanks around it are dropped. Raises `EdtfError`.

    The source of the notation is ISO 8601-2:2019 as published by the Library of Congress (EDTF).
    A date with a time stands for the day it names, in the zone it was written in.
    """
    _, parsed = read_bounded(text)
    return parsed


def read_bounded(text: str) -> tuple[Expression, EdtfDate]:
    """The expression with its bounds, checked against the calendar. Raises `EdtfError`."""
    trimmed = text.strip()
    try:
        expression = read(trimmed)
        bounds = _bounds(expression)
    except UnreadableError as error:
        raise EdtfError(text, str(error)) from error
    return expression, EdtfDate(trimmed, bounds.earliest, bounds.latest)


def exact_bounds(moment: Moment) -> tuple[date, date]:
    """First and last day of one date as written, "around" not counted. Raises `UnreadableError`."""
    if moment.is_season:
        first_month = _month_number(_year(moment), SEASON_STARTS[moment.month])
        return _first_day(first_month), _last_day(first_month + SEASON_MONTHS - 1)
    return _first_match(moment, latest=False), _first_match(moment, latest=True)


def _bounds(expression: Expression) -> Bounds:
    match expression:
        case Moment():
            return _around(expression)
        case Interval():
            return _interval_bounds(expression)
        case Choice():
            return _choice_bounds(expression)


def _interval_bounds(interval: Interval) -> Bounds:
    _check_order(interval)
    earliest = _around(interval.start).earliest if isinstance(interval.start, Moment) else None
    latest = _around(interval.end).latest if isinstance(interval.end, Moment) else None
    return Bounds(earliest, latest)


def _check_order(interval: Interval) -> None:
    """As written: "around" excuses no reversed interval; `2023/2023-01-05` has an order that is possible."""
    if isinstance(interval.start, End) or isinstance(interval.end, End):
        return
    start, end = exact_bounds(interval.start)[0], exact_bounds(interval.end)[1]
    if start > end:
        raise UnreadableError(f"The interval ends ({end}) before it starts ({start})")


def _choice_bounds(choice: Choice) -> Bounds:
    members = [_bounds(member) for member in choice.members]
    firsts = [member.earliest for member in members]
    lasts = [member.latest for member in members]
    return Bounds(
        None if None in firsts else min(day for day in firsts if day),
        None if None in lasts else max(day for day in lasts if day),
    )


def _around(moment: Moment) -> Bounds:
    earliest, latest = exact_bounds(moment)
    if not moment.approximate:
        return Bounds(earliest, latest)
    if moment.day:
        return Bounds(_shifted(earliest, -AROUND_A_DAY), _shifted(latest, AROUND_A_DAY))
    months = _around_months(moment)
    return Bounds(
        _first_day(_month_number(earliest.year, earliest.month) - months),
        _last_day(_month_number(latest.year, latest.month) + months),
    )


def _around_months(moment: Moment) -> int:
    if moment.is_season:
        return AROUND_A_SEASON
    return AROUND_A_MONTH if moment.month else AROUND_A_YEAR


def _shifted(day: date, by: timedelta) -> date:
    try:
        return day + by
    except OverflowError:
        return date.max if by > timedelta(0) else date.min


def _month_number(year: int, month: int) -> int:
    return year * 12 + month - 1


def _first_day(month_number: int) -> date:
    year, month = divmod(max(month_number, 12), 12)
    return date(year, month + 1, 1)


def _last_day(month_number: int) -> date:
    year, month = divmod(min(month_number, MONTHS_TO_THE_END), 12)
    return date(year, month + 1, monthrange(year, month + 1)[1])


def _year(moment: Moment) -> int:
    if "X" in moment.year:
        raise UnreadableError(f"A season needs a whole year, not {moment.year}")
    return _checked_year(int(moment.year))


def _checked_year(year: int) -> int:
    if year < date.min.year:
        raise UnreadableError("Year 0000 is outside the years 0001 to 9999")
    return year


def _first_match(moment: Moment, *, latest: bool) -> date:
    """The first real day that fits, counted from the past or from the future."""
    months, days = _fitting(moment.month, ALL_MONTHS), _fitting(moment.day, ALL_DAYS)
    if _exists_in(LEAP_YEAR, months, days):
        for year in _fitting_years(moment.year, latest=latest):
            found = _days_in(year, months, days)
            if found:
                return found[-1] if latest else found[0]
    raise UnreadableError(f"There is no {moment.form} in the calendar")


def _fitting(pattern: str, values: list[str]) -> list[int]:
    form = re.compile(pattern.replace("X", "[0-9]")) if pattern else re.compile("..")
    return [int(value) for value in values if form.fullmatch(value)]


def _fitting_years(pattern: str, *, latest: bool) -> Iterator[int]:
    digits = "9876543210" if latest else "0123456789"
    for year in product(*(digits if place == "X" else place for place in pattern)):
        number = int("".join(year))
        if number or "X" not in pattern:
            yield _checked_year(number)


def _exists_in(year: int, months: list[int], days: list[int]) -> bool:
    return bool(_days_in(year, months, days))


def _days_in(year: int, months: list[int], days: list[int]) -> list[date]:
    return [date(year, month, day) for month in months for day in days if day <= monthrange(year, month)[1]]

"""EDTF dates as people write them, in English."""

from __future__ import annotations

from datetime import date

from osint.edtf.bounds import exact_bounds, read_bounded
from osint.edtf.grammar import Choice, End, Expression, Interval, Moment

MONTHS = ["January", "February", "March", "April", "May", "June"]
MONTHS += ["July", "August", "September", "October", "November", "December"]
SEASONS = {"21": "spring", "22": "summer", "23": "autumn", "24": "winter"}


def in_words(text: str) -> str:
    """An EDTF date as people write it: `2023-01-06~` is "around 6 January 2023". Raises `EdtfError`.

    A time is shown in the zone it was written in. What no short phrase can say
    (`2022-03-X1`) is named by its form.
    """
    expression, _ = read_bounded(text)
    if isinstance(expression, Moment) and _is_decade(expression) and not expression.approximate:
        return f"{_doubt(expression)}in {_bare(expression)}"
    return _phrase(expression)


def _phrase(expression: Expression) -> str:
    match expression:
        case Moment():
            return _doubt(expression) + _bare(expression)
        case Interval():
            return _interval(expression)
        case Choice():
            return _choice(expression)


def _doubt(moment: Moment) -> str:
    return "possibly " * moment.uncertain + "around " * moment.approximate


def _interval(interval: Interval) -> str:
    match interval.start, interval.end:
        case Moment() as start, Moment() as end:
            return f"{_shortened(start, end)} to {_phrase(end)}"
        case Moment() as start, End.OPEN:
            return f"since {_phrase(start)}"
        case Moment() as start, _:
            return f"from {_phrase(start)}, end unknown"
        case End.OPEN, Moment() as end:
            return f"by {_phrase(end)}"
        case _, end:
            return f"until {_end(end)}, start unknown"


def _end(end: Moment | End) -> str:
    return _phrase(end) if isinstance(end, Moment) else ""


def _choice(choice: Choice) -> str:
    word = "and" if choice.every else "or"
    if len(choice.members) == 1:
        return _member(choice.members[0], every=choice.every)
    pairs = zip(choice.members, [*choice.members[1:], None], strict=True)
    phrases = [_before(member, then, every=choice.every) for member, then in pairs]
    return f"{', '.join(phrases[:-1])} {word} {phrases[-1]}"


def _before(member: Moment | Interval, then: Moment | Interval | None, *, every: bool) -> str:
    if isinstance(member, Moment) and isinstance(then, Moment):
        return _shortened(member, then)
    return _member(member, every=every)


def _member(member: Moment | Interval, *, every: bool) -> str:
    if isinstance(member, Moment):
        return _phrase(member)
    match member.start, member.end:
        case Moment() as start, Moment() as end:
            span = f"{_shortened(start, end)} to {_phrase(end)}"
            return f"all of {span}" if every else f"some time from {span}"
        case Moment() as start, _:
            return f"{_phrase(start)} {'and all after' if every else 'or later'}"
        case _, end:
            return f"{_end(end)} {'and all before' if every else 'or earlier'}"


def _shortened(first: Moment, second: Moment) -> str:
    """The first of two dates without the month and year it shares with the second."""
    plain = not (first.uncertain or first.approximate or second.uncertain or second.approximate)
    if not plain or "X" in first.form + second.form or first.is_season or second.is_season:
        return _phrase(first)
    if first.day and second.day and first.year == second.year:
        day = str(int(first.day))
        return day if first.month == second.month else f"{day} {_month(first)}"
    if first.month and second.month and not (first.day or second.day) and first.year == second.year:
        return _month(first)
    return _phrase(first)


def _bare(moment: Moment) -> str:
    if "X" in moment.form:
        return _unspecified(moment)
    if moment.is_season:
        return _season(moment)
    if not moment.month:
        return moment.year.lstrip("0")
    month = f"{_month(moment)} {_plain_year(moment)}"
    if not moment.day:
        return month
    return f"{int(moment.day)} {month}{_time(moment)}"


def _plain_year(moment: Moment) -> str:
    return moment.year.lstrip("0")


def _month(moment: Moment) -> str:
    return MONTHS[int(moment.month) - 1]


def _season(moment: Moment) -> str:
    year = int(moment.year)
    if moment.month == "24":
        return f"winter {year}/{(year + 1) % 100:02}"
    return f"{SEASONS[moment.month]} {year}"


def _time(moment: Moment) -> str:
    if not moment.time:
        return ""
    clock = moment.time.removesuffix(":00")
    zones = {"Z": " UTC", "": " local time"}
    return f", {clock}{zones.get(moment.zone, f' (UTC{moment.zone})')}"


def _is_decade(moment: Moment) -> bool:
    return not moment.month and moment.year[3] == "X" and "X" not in moment.year[:3]


def _unspecified(moment: Moment) -> str:
    if _is_decade(moment):
        return f"the {moment.year[:3].lstrip('0')}0s"
    if "X" in moment.year:
        return _unspecified_year(moment)
    if "X" in moment.month:
        return _unspecified_month(moment)
    return _unspecified_day(moment)


def _unspecified_year(moment: Moment) -> str:
    if moment.month or not moment.year[:2].isdigit() or moment.year[2:] != "XX":
        return f"a date of the form {moment.form}"
    first, last = exact_bounds(moment)
    return f"a year from {first.year} to {last.year}"


def _unspecified_month(moment: Moment) -> str:
    if moment.month == "XX" and moment.day in {"", "XX"}:
        return f"a {'day' if moment.day else 'month'} in {_plain_year(moment)}"
    if moment.day or moment.month[0] == "X":
        return f"a date of the form {moment.form}"
    first, last = exact_bounds(moment)
    return f"a month from {MONTHS[first.month - 1]} to {_month_and_year(last)}"


def _unspecified_day(moment: Moment) -> str:
    first, last = exact_bounds(moment)
    if moment.day == "XX":
        return f"a day in {_month_and_year(first)}"
    if moment.day[0] == "X":
        return f"a date of the form {moment.form}"
    return f"a day from {first.day} to {last.day} {_month_and_year(last)}"


def _month_and_year(day: date) -> str:
    return f"{MONTHS[day.month - 1]} {day.year}"

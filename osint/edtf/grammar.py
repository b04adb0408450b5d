"""From an EDTF string to what it is made of. Knows the notation, not the calendar."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

MAX_LENGTH = 250  # a set of twenty days fits; the work a stranger's string can cause stays small
EXAMPLES = "2023-01-19, 2023-01, 2023-01-06~, 2023-01-19/2023-01-20, ../2023-01-19, [2023-01-19,2023-01-20]"

POINT = re.compile(
    r"(?P<year>[0-9X]{4})(?:-(?P<month>[0-9X]{2})(?:-(?P<day>[0-9X]{2}))?)?(?P<qualifier>[?~%]?)",
)
DATE_TIME = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})T(?P<time>\d{2}:\d{2}:\d{2})(?P<zone>Z|[+-]\d{2}(?::?\d{2})?)?", re.ASCII
)
OTHER_YEARS = re.compile(r"Y|-\d{4}|\d{5}")


class EdtfError(ValueError):
    """The text is no date that can be read; `text` keeps it as typed, `reason` says what is wrong with it."""

    code = "edtf_unparsable"

    def __init__(self, text: str, reason: str) -> None:
        self.text = text
        self.reason = reason
        super().__init__(f"{reason}. Expected an EDTF date such as {EXAMPLES}; got {text[:MAX_LENGTH]!r}.")


class UnreadableError(Exception):
    """Why a part cannot be read; the caller who holds the whole text turns it into an `EdtfError`."""


class End(Enum):
    """An end of an interval that is no date: `..` goes on without limit, an empty end is not known."""

    OPEN = ".."
    UNKNOWN = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """One date as written; digits may be X. A month of 21–24 is a season. `time` only with a full date."""

    year: str
    month: str = ""
    day: str = ""
    uncertain: bool = False
    approximate: bool = False
    time: str = ""
    zone: str = ""

    @property
    def is_season(self) -> bool:
        return not self.day and self.month in {"21", "22", "23", "24"}

    @property
    def form(self) -> str:
        """The date part as written, without qualifier."""
        return "-".join(part for part in (self.year, self.month, self.day) if part)


@dataclass(frozen=True, slots=True)
class Interval:
    """From one date to another, both included."""

    start: Moment | End
    end: Moment | End


@dataclass(frozen=True, slots=True)
class Choice:
    """A set: one of its members (`[…]`), or every one of them (`{…}`)."""

    members: tuple[Moment | Interval, ...]
    every: bool


Expression = Moment | Interval | Choice


def read(text: str) -> Expression:
    """The expression that `text` writes. Raises `UnreadableError`."""
    if not text:
        raise UnreadableError("The date is empty")
    if len(text) > MAX_LENGTH:
        raise UnreadableError(f"The date is longer than {MAX_LENGTH} characters")
    if text[0] in "[{":
        return _read_choice(text)
    if "/" in text:
        return _read_interval(text)
    return _read_date_time(text) or _read_moment(text)


def _read_moment(text: str) -> Moment:
    match = POINT.fullmatch(text)
    if not match:
        raise UnreadableError(_why_no_moment(text))
    qualifier = match["qualifier"]
    return Moment(
        year=match["year"],
        month=match["month"] or "",
        day=match["day"] or "",
        uncertain=qualifier in {"?", "%"},
        approximate=qualifier in {"~", "%"},
    )


def _why_no_moment(text: str) -> str:
    if OTHER_YEARS.match(text):
        return f"{text!r} is outside the years 0001 to 9999"
    return f"{text!r} is not a date"


def _read_date_time(text: str) -> Moment | None:
    match = DATE_TIME.fullmatch(text)
    if not match:
        return None
    try:
        datetime.fromisoformat(text)
    except ValueError as error:
        raise UnreadableError(f"{text!r} is no real date and time ({error})") from error
    year, month, day = match["day"].split("-")
    return Moment(year, month, day, time=match["time"], zone=match["zone"] or "")


def _read_interval(text: str) -> Interval:
    ends = text.split("/")
    if len(ends) != 2:
        raise UnreadableError(f"An interval has two ends with one '/' between them, not {len(ends)}")
    interval = Interval(_read_end(ends[0]), _read_end(ends[1]))
    if isinstance(interval.start, End) and isinstance(interval.end, End):
        raise UnreadableError("An interval needs a date at one end at least")
    return interval


def _read_end(text: str) -> Moment | End:
    if text in {End.OPEN.value, End.UNKNOWN.value}:
        return End(text)
    return _read_moment(text)


def _read_choice(text: str) -> Choice:
    every = text[0] == "{"
    if text[-1] != ("}" if every else "]"):
        raise UnreadableError("A set ends with the bracket that matches its first: [ ] or { }")
    return Choice(tuple(_read_member(member.strip()) for member in text[1:-1].split(",")), every)


def _read_member(text: str) -> Moment | Interval:
    if ".." not in text:
        return _read_moment(text)
    start, _, end = text.partition("..")
    if not start and not end:
        raise UnreadableError("A range in a set needs a date at one end at least")
    return Interval(
        _read_moment(start) if start else End.OPEN,
        _read_moment(end) if end else End.OPEN,
    )

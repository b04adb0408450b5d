"""Reading lists of addresses: one in a line, or one column of a CSV as other archivers use them.

A line ends as systems end lines: with LF, CR LF, or CR alone. The CSV column is called `url` or `link`, in any case, as
auto-archiver's spreadsheets have it; a CSV without headings holds the address in its first column, as auto-archiver's
`csv_feeder` reads it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.core.exceptions import ValidationError

HEADINGS = frozenset({"url", "link"})
COMMENT = "#"
LONGEST_HEADING = 10_000


class Line(NamedTuple):
    """An address as it stands in a list, and in which line, counted from 1."""

    number: int
    text: str


def numbered(lines: Iterable[str]) -> list[Line]:
    """The lines that hold something; empty ones and those that begin with `#` are left out."""
    counted = (Line(number, line.strip()) for number, line in enumerate(lines, start=1))
    return [line for line in counted if line.text and not line.text.startswith(COMMENT)]


def read_list(text: str, *, is_csv: bool = False) -> list[Line]:
    """The addresses of a plain list or of a CSV, which is known by its headings; `is_csv` if by its name.

    Raises ValidationError (`list_unreadable`) for a CSV that is none.
    """
    lines = split(text)
    if is_csv or _has_heading(lines):
        return list(_from_rows(_rows(lines)))
    return numbered(lines)


def split(text: str) -> list[str]:
    """The lines of a text. Not as `splitlines` parts them, also at characters that an address may hold."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _has_heading(lines: list[str]) -> bool:
    first = next((line for line in lines if line.strip()), "")
    return len(first) < LONGEST_HEADING and _column(next(csv.reader([first]), [])) is not None


def _rows(lines: list[str]) -> list[tuple[int, list[str]]]:
    """The rows, each with the line that it ends in. Raises ValidationError (`list_unreadable`)."""
    reader = csv.reader(f"{line}\n" for line in lines)
    try:
        return [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        message = f"Expected a CSV; line {reader.line_num} cannot be read: {error}."
        raise ValidationError(message, code="list_unreadable") from error


def _column(row: list[str]) -> int | None:
    names = [cell.strip().casefold() for cell in row]
    return next((index for index, name in enumerate(names) if name in HEADINGS), None)


def _from_rows(rows: list[tuple[int, list[str]]]) -> Iterator[Line]:
    heading = next((row for _, row in rows if any(row)), [])
    column = _column(heading)
    for number, row in rows:
        if column is not None and row is heading:
            continue
        cell = row[column or 0].strip() if len(row) > (column or 0) else ""
        if cell:
            yield Line(number, cell)

"""`manage.py fsck`."""

from __future__ import annotations

import json
import sys
import time
from argparse import RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser, DjangoHelpFormatter
from django.db.models import Count
from django.template.defaultfilters import filesizeformat

from sources.models import FixityCheck, FixityOutcome, FixityRun
from sources.services.fixity import Reading, read_whole

HELP = """\
Read every preserved file again, and look for files that nobody knows of.

Each file is compared with the SHA-256 it was kept under: it is intact,
changed or missing. A web archive that holds other files is read as the whole,
and those files by themselves too. What lies in the archive without a record
is untracked. Every result is kept; nothing is repaired or removed. It is safe
to run twice, and while captures are made.

Exit codes:
  0  everything is intact
  1  something is changed, missing or untracked
  2  it could not be run as asked, or was broken off

To go on after an interruption: manage.py fsck --resume"""

#: Seconds between two lines of progress where nobody looks at a terminal.
QUIET_SECONDS = 30.0
TERMINAL_SECONDS = 0.5


class Paragraphs(RawDescriptionHelpFormatter, DjangoHelpFormatter):
    """Leaves the description's lines as they are."""


class Command(BaseCommand):
    help = HELP

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(prog_name, subcommand, formatter_class=Paragraphs, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--resume",
            action="store_true",
            help="go on with the last reading that was broken off, if there is one",
        )
        parser.add_argument("--json", action="store_true", help="the result as one JSON object, for programs")

    def handle(self, *args: Any, resume: bool, **options: Any) -> None:
        progress = Progress(self.stderr)
        try:
            run = read_whole(resume=resume, on_reading=progress.tell)
        except OSError as error:
            message = f"The archive cannot be read: {error.strerror or error}. Go on later with --resume."
            raise CommandError(message, returncode=2) from error
        except KeyboardInterrupt:
            raise CommandError("Broken off. Go on with --resume.", returncode=2) from None
        finally:
            progress.end()
        counts = _counts(run)
        self.stdout.write(_as_json(run, counts) if options["json"] else _in_words(run, counts))
        if any(counts[outcome] for outcome in counts if outcome != FixityOutcome.INTACT):
            sys.exit(1)


class Progress:
    """How far it is, how fast, and how long it will take: always on one line of a terminal, else now and then."""

    def __init__(self, out: Any) -> None:
        self._out = out
        self._begun = time.monotonic()
        self._at_begin: Reading | None = None
        self._is_terminal = bool(out.isatty())
        self._next = self._begun + (TERMINAL_SECONDS if self._is_terminal else QUIET_SECONDS)

    def tell(self, reading: Reading) -> None:
        """Say so, unless it was said a moment ago."""
        self._at_begin = self._at_begin or reading
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + (TERMINAL_SECONDS if self._is_terminal else QUIET_SECONDS)
        line = describe(reading, reading.bytes - self._at_begin.bytes, now - self._begun)
        self._out.write(
            f"\r\x1b[K{line}" if self._is_terminal else line, ending="" if self._is_terminal else "\n"
        )

    def end(self) -> None:
        """Leave the line."""
        if self._is_terminal:
            self._out.write("\r\x1b[K", ending="")


def describe(reading: Reading, read: int, seconds: float) -> str:
    """The reading in words, when `read` bytes took so many `seconds`."""
    rate = read / seconds if seconds else 0.0
    left = f", {_minutes((reading.bytes_total - reading.bytes) / rate)} left" if rate else ""
    size = f"{filesizeformat(reading.bytes)} of {filesizeformat(reading.bytes_total)}"
    return f"{reading.files} of {reading.files_total} files, {size}, {filesizeformat(int(rate))}/s{left}"


def _minutes(seconds: float) -> str:
    minutes, rest = divmod(max(round(seconds), 0), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}"


def _counts(run: FixityRun) -> dict[str, int]:
    found = dict(run.checks.order_by().values_list("outcome").annotate(Count("pk")))
    return {str(outcome): found.get(outcome, 0) for outcome in FixityOutcome.values}


def _findings(run: FixityRun) -> list[FixityCheck]:
    return list(run.checks.exclude(outcome=FixityOutcome.INTACT).order_by("outcome", "pk"))


def _as_json(run: FixityRun, counts: dict[str, int]) -> str:
    findings = [
        {"outcome": check.outcome, "sha256": check.sha256, "detail": check.detail} for check in _findings(run)
    ]
    return json.dumps(
        {"run": str(run.pk), "counts": counts, "bytes_read": run.bytes_read, "findings": findings}
    )


def _in_words(run: FixityRun, counts: dict[str, int]) -> str:
    findings = [f"{check.outcome:<10} {check.sha256}  {check.detail}" for check in _findings(run)]
    totals = ", ".join(f"{count} {outcome}" for outcome, count in counts.items())
    return "\n".join([*findings, f"{totals}; {filesizeformat(run.bytes_read)} read"])

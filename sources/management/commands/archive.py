"""`manage.py archive`."""

from __future__ import annotations

import json
import secrets
import sys
import time
from argparse import RawDescriptionHelpFormatter
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from osint.errors import NotFoundError, SightlineError
from osint.models import ENDED, Investigation, JobState, User
from osint.services.investigations import open_investigation
from osint.services.people import create_user, system_user
from sources.address_lists import Line, read_list
from sources.canonical import UrlError, canonical_url
from sources.errors_in_words import in_words
from sources.models import Capture, CaptureFile, Examination
from sources.selectors import publications_at
from sources.services.batches import submit_batch
from sources.services.captures import ASKABLE, request_captures
from sources.services.examination import examine
from sources.services.preservation import preserve
from sources.services.publications import add_publication

CASE = "archive"
PERSON = "archivist"
GLANCE_SECONDS = 0.5
#: Captures read at once to be printed.
ROWS = 500

HELP = """Preserve publications by their addresses.

The captures are made as if somebody had asked for them in a page: they wait for the archiving workers. With --wait
the command follows them to their end; with --here it carries them out and reads what was kept itself, so that no
worker is needed.

Running it twice is safe: an address that is being preserved is not asked for again.
Exit code: 0 if everything that was asked for succeeded (without --wait or --here: was accepted), else 1.
"""


class Command(BaseCommand):
    help = HELP

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.formatter_class = RawDescriptionHelpFormatter
        return parser

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("urls", nargs="*", metavar="URL")
        parser.add_argument(
            "--from",
            dest="file",
            metavar="FILE",
            help="a plain list, or a CSV with a column url or Link; - reads standard input",
        )
        methods = [value for value, _ in ASKABLE]
        parser.add_argument("--method", choices=methods, default="", help="instead of what fits each address")
        parser.add_argument(
            "--investigation",
            metavar="SLUG",
            default=CASE,
            help=f"the case; opened if there is none of this name (default: {CASE})",
        )
        parser.add_argument(
            "--as",
            dest="username",
            metavar="USERNAME",
            default=PERSON,
            help=f"who asks (default: {PERSON}, an account made for this)",
        )
        parser.add_argument("--wait", action="store_true", help="until all captures have ended")
        parser.add_argument("--here", action="store_true", help="carry them out in this process")
        parser.add_argument("--json", action="store_true", help="print one JSON object, for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with transaction.atomic():  # everything is asked for, or nothing
                captures, refused = self._asked(options)
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error
        except NotFoundError as error:
            message = (
                f"{options['username']} is on no case {options['investigation']}: say who asks, by --as."
            )
            raise CommandError(message) from error
        except SightlineError as error:
            raise CommandError(error.detail) from error
        if options["here"] or options["wait"]:
            self._follow(captures, here=options["here"])
        rows = Capture.objects.filter(pk__in=captures).defer("facts").order_by("pk")
        (self._print_json if options["json"] else self._print_table)(rows, refused)
        if not _went_well(rows, refused, waited=options["here"] or options["wait"]):
            sys.exit(1)

    def _asked(self, options: dict[str, Any]) -> tuple[list[UUID], list[dict[str, Any]]]:
        """The keys of the captures that preserve the addresses, and the lines that are none."""
        lines = [Line(number, url) for number, url in enumerate(options["urls"], start=1)]
        listed = _read(options["file"]) if options["file"] else []
        if not lines and not listed:
            raise CommandError("Expected addresses, or a list of them by --from.")
        _require_addresses(lines)
        actor = _actor(options["username"])
        case = _case(options["investigation"], actor)
        captures = [
            capture.pk for line in lines for capture in _request(case, actor, line.text, options["method"])
        ]
        if not listed:
            return captures, []
        batch = submit_batch(case, actor=actor, lines=listed, method=options["method"], label=options["file"])
        captures += batch.captures.order_by("pk").values_list("pk", flat=True)
        under_way = [refusal["text"] for refusal in batch.refused if refusal["code"] == "under_way"]
        refused = [refusal for refusal in batch.refused if refusal["code"] != "under_way"]
        return [*captures, *_under_way(case, under_way)], refused

    def _follow(self, captures: list[UUID], *, here: bool) -> None:
        told = ""
        rows = Capture.objects.filter(pk__in=captures)
        unread = Examination.objects.filter(capture__in=captures).exclude(state__in=ENDED)
        while True:
            counts = Counter(rows.values_list("state", flat=True))
            done = sum(counts[state] for state in ENDED)
            words = ", ".join(f"{count} {state}" for state, count in sorted(counts.items()))
            if words != told:
                self.stderr.write(f"{done}/{len(captures)} ended: {words}")
                told = words
            if done == counts.total() and not (here and unread.exists()):
                return
            if not (here and _carry_out(rows, unread)):
                time.sleep(GLANCE_SECONDS)

    def _print_json(self, captures: QuerySet[Capture], refused: list[dict[str, Any]]) -> None:
        kept = Prefetch("kept", CaptureFile.objects.select_related("file"))
        rows = captures.prefetch_related(kept).iterator(ROWS)
        shown = {"captures": [_as_json(capture) for capture in rows], "refused": refused}
        self.stdout.write(json.dumps(shown, ensure_ascii=False))

    def _print_table(self, captures: QuerySet[Capture], refused: list[dict[str, Any]]) -> None:
        for capture in captures.iterator(ROWS):
            result = capture.verdict or capture.error_code or "-"
            self.stdout.write(f"{capture.state:<12} {capture.method:<8} {result:<14} {capture.url}")
            if words := in_words(capture.error_code):
                self.stdout.write(f"{'':<12} {words}")
        for refusal in refused:
            self.stdout.write(
                f"{'refused':<12} line {refusal['line']}: {refusal['text']} ({refusal['reason']})"
            )


def _read(name: str) -> list[Line]:
    try:
        text = (
            sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8-sig", errors="replace")
        )
    except OSError as error:
        raise CommandError(f"{name}: {error.strerror}") from error
    return read_list(text, is_csv=name.lower().endswith(".csv"))


def _actor(username: str) -> User:
    found = User.objects.filter(username=username, is_active=True).first()
    if found is not None:
        return found
    if username != PERSON:
        raise CommandError(f"There is no account {username}.")
    # Staff, so that it may open its case; nobody learns the password.
    return create_user(
        actor=system_user(),
        username=PERSON,
        display_name="The archive command",
        password=secrets.token_urlsafe(32),
        is_staff=True,
    )


def _case(slug: str, actor: User) -> Investigation:
    found = Investigation.objects.filter(slug=slug).first()
    return found or open_investigation(actor=actor, slug=slug, title=slug.replace("-", " ").capitalize())


def _require_addresses(lines: Iterable[Line]) -> None:
    """Raises CommandError that names each one that is none."""
    problems = []
    for line in lines:
        try:
            canonical_url(line.text)
        except UrlError as error:
            problems.append(f"{line.text}: {error}")
    if problems:
        raise CommandError("\n".join(problems))


def _request(case: Investigation, actor: User, url: str, method: str) -> list[Capture]:
    try:
        publication, _ = add_publication(case, actor=actor, url=url)
        return request_captures(publication, actor=actor, method=method)
    except ValidationError as error:
        raise CommandError(f"{url}: {'; '.join(error.messages)}") from error


def _under_way(case: Investigation, urls: Iterable[str]) -> list[UUID]:
    known = publications_at(case, map(canonical_url, urls))
    running = Capture.objects.filter(publication__in=known).exclude(state__in=ENDED)
    return list(running.order_by("pk").values_list("pk", flat=True))


def _carry_out(captures: QuerySet[Capture], unread: QuerySet[Examination]) -> bool:
    """Carry out what is due, captures and the reading of what they kept; False when nothing was."""
    found = _due(captures)
    for capture_id in found:
        preserve(capture_id, worker="command")
    kept = _due(unread)
    for examination_id in kept:
        examine(examination_id, worker="command")
    return bool(found or kept)


def _due(rows: QuerySet[Any]) -> list[UUID]:
    due = rows.filter(state=JobState.QUEUED, not_before__lte=timezone.now()).order_by("pk")
    return list(due.values_list("pk", flat=True))


def _went_well(captures: QuerySet[Capture], refused: list[dict[str, Any]], *, waited: bool) -> bool:
    wrong = [refusal for refusal in refused if refusal["code"] != "repeated"]
    return not wrong and not (waited and captures.exclude(state=JobState.SUCCEEDED).exists())


def _as_json(capture: Capture) -> dict[str, Any]:
    return {
        "id": str(capture.pk),
        "url": capture.url,
        "method": capture.method,
        "state": capture.state,
        "verdict": capture.verdict,
        "error_code": capture.error_code,
        "error_words": str(in_words(capture.error_code) or ""),
        "files": [
            {"role": kept.role, "sha256": kept.file.sha256, "size": kept.file.size, "url": kept.url}
            for kept in capture.kept.all()
        ],
    }

"""Assess one claim from the documented JSON, so that anybody can check a number."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from sightings.confidence import InputsError, assess, read_inputs

DESCRIPTION = """
Assess one claim and print the result as JSON: evidence for and against, probability, its word, and the reasons.

Needs no database. The input is JSON such as

  {"items": [{"id": "e1", "stance": "supports", "reliability_path": ["B"], "credibility": 2,
              "roots": ["r1"], "decay": 1.0}],
   "clusters": {"r1": "c1"}, "invalidated_roots": []}

What the fields mean and how the number is made stands in docs/method.md. The API's answer about an assessment holds
its inputs in this form. Exit code 1 and one line on standard error when the input cannot be read.
"""


class Command(BaseCommand):
    """Values in, values out: no services, no rows."""

    help = DESCRIPTION
    requires_system_checks = ()
    requires_migrations_checks = False

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(
            prog_name, subcommand, formatter_class=argparse.RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="a JSON file, or - for standard input")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            result = assess(read_inputs(json.loads(_content(options["file"]))))
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}") from error
        except ValueError as error:
            raise CommandError(f"{options['file']}: expected JSON, got something else: {error}") from error
        except InputsError as error:
            raise CommandError(f"{options['file']}: {error.detail}") from error
        self.stdout.write(json.dumps(result, ensure_ascii=False, indent=1))


def _content(name: str) -> str:
    return sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")

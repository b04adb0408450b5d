"""`manage.py suggest_derivations`."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from osint.models import Investigation
from sources.services.suggesting import publications_read, suggest_in

#: So many publications between two lines of progress.
EVERY = 20


class Command(BaseCommand):
    help = (
        "Suggest derivations among all publications of a case of which something was read: for what was preserved"
        " before there were suggestions. Workers do the same for what is read from now on. Safe beside them and to run"
        " twice: nothing is suggested a second time."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("investigation", metavar="INVESTIGATION", help="the slug of the case")
        parser.add_argument("--json", action="store_true", help="as one JSON object, for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        case = Investigation.objects.filter(slug=options["investigation"]).first()
        if case is None:
            raise CommandError(f"There is no case {options['investigation']}.")
        total, done, made = publications_read(case).count(), 0, 0
        for fresh in suggest_in(case):
            done, made = done + 1, made + fresh
            if done % EVERY == 0 or done == total:
                self.stderr.write(f"{done}/{total} publications compared, {made} derivations suggested")
        if options["json"]:
            self.stdout.write(json.dumps({"publications": done, "suggested": made}))
        else:
            self.stdout.write(f"{made} derivations suggested by {done} publications.")

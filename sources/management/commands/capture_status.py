"""`manage.py capture_status`."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db.models import Count

from osint.models import ENDED, JobState
from sources.models import Capture, Examination


class Command(BaseCommand):
    help = "Count the captures by state, and those being examined, over all investigations or one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--investigation", metavar="SLUG", help="only of this investigation")
        parser.add_argument("--json", action="store_true", help="as one JSON object, for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        captures = Capture.objects.all()
        if slug := options["investigation"]:
            captures = captures.filter(investigation__slug=slug)
        found = dict(captures.order_by().values_list("state").annotate(Count("pk")))
        counts = {state: found.get(state, 0) for state in JobState.values}
        counts["examining"] = (
            Examination.objects.filter(capture__in=captures).exclude(state__in=ENDED).count()
        )
        if options["json"]:
            self.stdout.write(json.dumps(counts))
        else:
            self.stdout.write("\n".join(f"{state:<12} {count}" for state, count in counts.items()))

"""`manage.py watch_originals`."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from sources.models import LinkOutcome
from sources.services.watches import adopt_preserved
from sources.services.watching import claim_due, look


class Command(BaseCommand):
    help = (
        "Look at the originals that are due, here and now, as the clock has workers do. Safe beside them and to run"
        " twice: what one has claimed the other leaves alone."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--adopt", action="store_true", help="first begin to watch what was preserved without a watch"
        )
        parser.add_argument("--json", action="store_true", help="as one JSON object, for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        adopted = adopt_all() if options["adopt"] else 0
        checks = [look(watch_id, claimed) for watch_id, claimed in claim_due()]
        found = Counter(check.outcome for check in checks if check is not None)
        counts = {"adopted": adopted, **{outcome: found[outcome] for outcome in LinkOutcome.values}}
        if options["json"]:
            self.stdout.write(json.dumps(counts))
        else:
            self.stdout.write("\n".join(f"{name:<12} {count}" for name, count in counts.items()))


def adopt_all() -> int:
    """Adopt in batches until nothing is left; returns how many."""
    total = 0
    while adopted := adopt_preserved():
        total += adopted
    return total

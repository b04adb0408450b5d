"""Recompute assessments: what is due, or all of them, in several processes, with progress."""

from __future__ import annotations

import multiprocessing
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connections

from sightings.models import Recomputation
from sightings.services.assessments import mark_all_due, recompute_batch

#: Larger than in an instance that people work in: nobody waits for the evidence of one sighting here.
AT_ONCE = 500
LINE_SECONDS = 2.0


class Command(BaseCommand):
    help = (
        "Recompute the assessments of sightings that something has changed for, or with --all of every sighting, as is "
        "to be done after a constant of the model was changed. A sighting whose inputs and model are those of its "
        "latest assessment gets no new one, so this is safe to run twice, and goes on where it was stopped. Workers "
        "may run meanwhile: each sighting is taken by one."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="mark every sighting first")
        parser.add_argument("--processes", type=int, default=2, metavar="N", help="at a time (default 2)")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["all"]:
            self.stderr.write(f"{mark_all_due():,} sightings are due")
        total, started = Recomputation.objects.count(), time.monotonic()
        connections.close_all()  # a connection cannot be shared with a process that is forked off
        context = multiprocessing.get_context("fork")
        workers = [context.Process(target=_work) for _ in range(max(options["processes"], 1))]
        for worker in workers:
            worker.start()
        while any(worker.is_alive() for worker in workers):
            workers[0].join(LINE_SECONDS)
            self._tell(total, started)
        if failed := [worker.exitcode for worker in workers if worker.exitcode]:
            raise SystemExit(f"{len(failed)} of the processes failed; run the command again to go on")
        seconds = time.monotonic() - started
        self.stdout.write(
            f"{total:,} sightings in {seconds:.1f} s, {total / max(seconds, 0.001):,.0f} a second"
        )

    def _tell(self, total: int, started: float) -> None:
        left, seconds = Recomputation.objects.count(), time.monotonic() - started
        rate = max(total - left, 0) / max(seconds, 0.001)
        wait = f", {left / rate:,.0f} s left" if rate and left else ""
        self.stderr.write(f"{total - left:,} of {total:,}, {rate:,.0f} a second{wait}")


def _work() -> None:
    while recompute_batch(AT_ONCE):
        pass
    connections.close_all()

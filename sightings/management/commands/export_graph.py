"""`manage.py export_graph INVESTIGATION --format ndjson -o FILE`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from osint.models import Investigation
from osint.services.people import system_user
from sightings.graph.writers import WRITERS
from sightings.services.exports import export_graph


class Command(BaseCommand):
    help = (
        "Write an investigation's evidence graph, streamed from one snapshot: all nodes, all edges, and a manifest "
        "with counts and the SHA-256 of what precedes it. A file appears under its name only when it is complete; "
        "an earlier one of that name is then replaced. Exit code 1 if the investigation does not exist."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("investigation", help="slug of the investigation, such as moscow-air-defence")
        parser.add_argument("--format", choices=sorted(WRITERS), default="ndjson")
        parser.add_argument(
            "-o", "--output", default="-", metavar="FILE", help="where to; - is standard output"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        investigation = Investigation.objects.filter(slug=options["investigation"]).first()
        if investigation is None:
            raise CommandError(f"There is no investigation “{options['investigation']}”.")
        stream = export_graph(investigation, actor=system_user(), format=options["format"])
        if options["output"] == "-":
            sys.stdout.buffer.writelines(stream)
            return
        path = Path(options["output"])
        written = _write_whole(path, stream)
        self.stderr.write(f"{path}: {written:,} bytes")


def _write_whole(path: Path, stream: Iterator[bytes]) -> int:
    """Write beside the target, sync, then rename: a reader never finds half an export. Returns the bytes."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with partial.open("wb") as sink:
            written = sum(sink.write(piece) for piece in stream)
            sink.flush()
            os.fsync(sink.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return written

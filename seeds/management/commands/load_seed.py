"""`manage.py load_seed`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from osint.services.people import system_user
from seeds.errors import SeedError
from seeds.loading import case_path, load_case, load_vocabularies
from seeds.people import admit

CASE = "moscow-air-defence"


class Command(BaseCommand):
    help = (
        "Enter the vocabularies (equipment, places) and the demonstration case, with people for each role. What is "
        "there already is left alone, so running it again is safe. The log-ins are written to demo.json among the "
        "instance's own files. The case's publications are captured from the stand-in site, whose address is the "
        "setting SIGHTLINE_STANDINS."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--vocabularies-only",
            action="store_true",
            help="enter equipment and places, no people and no case",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            equipment, places = load_vocabularies(actor=system_user())
            self.stdout.write(f"{equipment} pieces of equipment and {places} places added")
            if not options["vocabularies_only"]:
                self._load_case()
        except SeedError as error:
            raise CommandError(str(error)) from error

    def _load_case(self) -> None:
        if not settings.STANDINS_URL:
            raise CommandError("Set SIGHTLINE_STANDINS to the address of the stand-in site.")
        crew = admit(Path(settings.VAR_DIR) / "demo.json")
        case = load_case(case_path(CASE), crew=crew, site=settings.STANDINS_URL)
        self.stdout.write(f"case {case.slug}: {case.sightings.count()} sightings")

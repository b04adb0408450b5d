"""A table of a case's sightings: what one more relay changes (nothing), and what one independent picture changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from osint.models import Investigation
from sightings.confidence import Inputs, Item, Opinion, fuse, opinion_of
from sightings.models import Sighting
from sightings.services.assessments import inputs_for

HEADINGS = ("Sighting", "Roots", "Clusters", "P", "u", "Word", "with a relay", "with independent imagery")
RELAY, IMAGERY = "one more relay", "one independent image"
#: As a satellite provider's picture would be graded.
IMAGERY_GRADES, IMAGERY_CREDIBILITY = ("A",), 2


class Command(BaseCommand):
    help = (
        "Print a table, in Markdown, of the sightings of a case: roots and clusters of their evidence, probability, "
        "uncertainty and word; then probability and word if one more publication relayed the heaviest supporting item, "
        "and if one independent image (A2) supported the sighting. Computed from the case as it is now; nothing is "
        "written."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("investigation", help="slug of the case, such as moscow-air-defence")

    def handle(self, *args: Any, **options: Any) -> None:
        case = Investigation.objects.filter(slug=options["investigation"]).first()
        if case is None:
            raise CommandError(f"There is no investigation “{options['investigation']}”.")
        titles = dict(Sighting.objects.filter(investigation=case).order_by("pk").values_list("pk", "title"))
        for line in (HEADINGS, ["---"] * len(HEADINGS), *_rows(titles)):
            self.stdout.write(f"| {' | '.join(line)} |")


def _rows(titles: dict[UUID, str]) -> Iterator[list[str]]:
    found = dict(inputs_for(list(titles)))
    for pk, title in titles.items():
        inputs = found[pk]
        opinion = _opinion(inputs)
        yield [
            title.replace("|", "\\|"),
            str(len({root for item in inputs.items for root in item.roots})),
            str(len(set(inputs.clusters.values()))),
            f"{opinion.probability:.4f}",
            f"{opinion.uncertainty:.4f}",
            opinion.word,
            _said(_opinion(with_relay(inputs))),
            _said(_opinion(with_imagery(inputs))),
        ]


def with_relay(inputs: Inputs) -> Inputs:
    """The inputs and one publication more that passes the heaviest supporting item on, by the best of sources."""
    best = fuse(inputs).best["supports"]
    if not best:
        return inputs
    root = max(sorted(best), key=lambda each: best[each])
    relayed = next(item for item in inputs.items if item.stance == "supports" and root in item.roots)
    relay = replace(relayed, id=RELAY, reliability_path=("A", *relayed.reliability_path))
    return replace(inputs, items=(*inputs.items, relay))


def with_imagery(inputs: Inputs) -> Inputs:
    """The inputs and one picture more, of a root and an owner of its own."""
    image = Item(IMAGERY, "supports", IMAGERY_GRADES, IMAGERY_CREDIBILITY, (IMAGERY,))
    clusters = {**inputs.clusters, IMAGERY: IMAGERY}
    return replace(inputs, items=(*inputs.items, image), clusters=clusters)


def _opinion(inputs: Inputs) -> Opinion:
    return opinion_of(fuse(inputs))


def _said(opinion: Opinion) -> str:
    return f"{opinion.probability:.4f}, {opinion.word}"

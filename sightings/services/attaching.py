"""Attaching a publication by its address: recognise or log it, preserve it, link it. All or nothing."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from osint.models import JobState, User
from sightings.models import Evidence, Sighting
from sightings.services.sightings import attach_evidence
from sources.models import Publication, Source, SourceKind
from sources.services.captures import request_capture
from sources.services.publications import add_publication, change_publication
from sources.services.sources import add_source


@transaction.atomic
def attach_by_address(
    sighting: Sighting,
    *,
    actor: User,
    url: str,
    source: Source | None = None,
    new_source: str = "",
    new_source_kind: str = "",
    **values: Any,
) -> Evidence:
    """Attach the publication at `url`; a capture is asked for unless one is under way, has succeeded or is set aside.

    The publication takes the source given here if it had none. Raises what the services it calls raise, under
    their names of fields.
    """
    if source is None and new_source.strip():
        source = _entered_source(new_source.strip(), new_source_kind or SourceKind.OUTLET, actor)
    publication, is_new = add_publication(sighting.investigation, actor=actor, url=url, source=source)
    if not is_new and publication.source is None and source is not None:
        publication = change_publication(publication, actor=actor, source=source)
    evidence = attach_evidence(sighting, actor=actor, publication=publication, **values)
    if _lacks_capture(publication):
        request_capture(publication, actor=actor)
    return evidence


def _entered_source(name: str, kind: str, actor: User) -> Source:
    known = Source.objects.filter(name__iexact=name, private_to=None).first()
    return known or add_source(actor=actor, name=name, kind=kind)


def _lacks_capture(publication: Publication) -> bool:
    to_be_repeated = {JobState.FAILED, JobState.CANCELLED}
    return not publication.captures.exclude(state__in=to_be_repeated).exists()

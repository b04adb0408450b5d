"""Reading sources, publications, captures and files: always for somebody, always through their memberships."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import OuterRef, Prefetch, Q, QuerySet, Subquery, Value
from django.db.models.functions import MD5, JSONObject

from osint.access import get_one, memberships_of
from osint.models import Investigation, JobState, User
from sources.models import (
    Capture,
    CaptureFile,
    Derivation,
    DerivationSuggestion,
    HandOn,
    LinkOutcome,
    LinkWatch,
    Owner,
    Ownership,
    Publication,
    Source,
    SourceRating,
    SuggestionState,
    Upload,
)

Reader = User | AnonymousUser

#: What `Source.control` reads.
CONTROL = JSONObject(owner="owner_id", name="owner__name", kind="owner__kind", since="since")


def _graded(sources: QuerySet[Source]) -> QuerySet[Source]:
    """The sources with their grade and owner in force, and the case that some are private to, in one query."""
    latest = SourceRating.in_force().filter(source=OuterRef("pk"))
    held = Ownership.in_force().filter(source=OuterRef("pk"))
    return sources.select_related("private_to").annotate(
        current_reliability=Subquery(latest.values("reliability")[:1]),
        current_control=Subquery(held.values(control=CONTROL)[:1]),
    )


def sources_for(user: Reader) -> QuerySet[Source]:
    """The shared catalogue and the sources private to the user's own cases, with the grade in force."""
    cases = memberships_of(user).values("investigation_id")
    visible = Q(private_to__isnull=True) | Q(private_to__in=cases)
    return _graded(Source.objects.filter(visible))


def get_source_for(user: Reader, source_id: UUID) -> Source:
    """Raises NotFoundError for another case's private source as for none."""
    return get_one(sources_for(user), pk=source_id)


def sources_in(investigation: Investigation) -> QuerySet[Source]:
    """The sources a case may cite: the shared ones and its own."""
    visible = Q(private_to__isnull=True) | Q(private_to=investigation)
    return _graded(Source.objects.filter(visible))


def owners() -> QuerySet[Owner]:
    """Who controls sources: for everybody, as the catalogue is shared."""
    return Owner.objects.all()


def ownerships_of(source: Source) -> QuerySet[Ownership]:
    """Every judgement of who controls a source, the one that counts first; those of days to come before it."""
    return source.ownerships.select_related("owner", "established_by")


def owned_by(owner: Owner, sources: QuerySet[Source]) -> QuerySet[Source]:
    """Which of `sources` the owner controls today."""
    held = Ownership.in_force().filter(source=OuterRef("pk"))
    return sources.alias(held_by=Subquery(held.values("owner")[:1])).filter(held_by=owner.pk)


def publications_in(investigation: Investigation) -> QuerySet[Publication]:
    """The case's publications with their sources; the caller has passed the access function of the case."""
    return investigation.publications.prefetch_related(Prefetch("source", _graded(Source.objects.all())))


def find_publication(investigation: Investigation, canonical_url: str) -> Publication | None:
    """The case's publication with this canonical address; looked up by digest, as it is indexed."""
    return (
        publications_in(investigation)
        .alias(digest=MD5("canonical_url"))
        .filter(digest=MD5(Value(canonical_url)), canonical_url=canonical_url)
        .first()
    )


def publications_at(investigation: Investigation, canonical_urls: Iterable[str]) -> QuerySet[Publication]:
    """The case's publications whose canonical addresses have the digests of these, as they are indexed."""
    digests = [hashlib.md5(url.encode(), usedforsecurity=False).hexdigest() for url in canonical_urls]
    return investigation.publications.alias(digest=MD5("canonical_url")).filter(digest__in=digests)


def derivations_in(investigation: Investigation) -> QuerySet[Derivation]:
    """Which publication of the case relays which."""
    return investigation.derivations.select_related("publication", "derives_from")


def suggestions_in(investigation: Investigation) -> QuerySet[DerivationSuggestion]:
    """What a machine took for derivations among the case's publications, decided on or not."""
    ends = [Prefetch(end, publications_in(investigation)) for end in ("publication", "derives_from")]
    return investigation.derivation_suggestions.select_related("decided_by").prefetch_related(*ends)


def open_suggestions_in(investigation: Investigation) -> QuerySet[DerivationSuggestion]:
    """Those that nobody has decided on."""
    return suggestions_in(investigation).filter(state=SuggestionState.OPEN)


def captures_in(investigation: Investigation) -> QuerySet[Capture]:
    """The case's captures with their files, their facts, which are long, only where one is asked for them."""
    kept = CaptureFile.objects.select_related("file__medium_facts__thumbnail")
    kept = kept.defer("file__medium_facts__embedded")
    captures = investigation.captures.select_related("publication", "requested_by", "examination")
    captures = captures.defer("facts", "examination__findings")
    return captures.prefetch_related(Prefetch("kept", kept))


def quarantined_in(investigation: Investigation) -> QuerySet[Capture]:
    """The case's captures that were set aside, but for those that have been asked for again since."""
    return captures_in(investigation).filter(~Capture.asked_again(), state=JobState.QUARANTINED)


def files_in(investigation: Investigation) -> QuerySet[CaptureFile]:
    """What the case's captures kept."""
    kept = CaptureFile.objects.filter(capture__investigation=investigation)
    kept = kept.select_related("file__medium_facts__thumbnail", "capture")
    return kept.defer("capture__facts", "file__medium_facts__embedded")


def uploads_in(investigation: Investigation) -> QuerySet[Upload]:
    """Files that people of the case send or have sent."""
    uploads = investigation.uploads.select_related("uploaded_by", "capture", "publication")
    return uploads.defer("capture__facts")


def two_captures(captures: QuerySet[Capture], a: str, b: str) -> tuple[Capture, Capture] | None:
    """The two of `captures` with these ids, the older first; None unless both are there and differ."""
    try:
        wanted = {UUID(a), UUID(b)}
    except ValueError:
        return None
    found = sorted(captures.filter(pk__in=wanted), key=lambda capture: capture.pk)
    return (found[0], found[1]) if len(found) == len((a, b)) else None


def watches_in(investigation: Investigation) -> QuerySet[LinkWatch]:
    """The watches over the originals of the case's publications."""
    return investigation.link_watches.select_related("publication__source", "investigation")


def gone_in(investigation: Investigation) -> QuerySet[LinkWatch]:
    """The watches whose original is gone, the first lost first."""
    return watches_in(investigation).filter(outcome=LinkOutcome.GONE).order_by("outcome_since")


def handed_on_in(investigation: Investigation) -> QuerySet[HandOn]:
    """What of the case was handed to public archives."""
    return investigation.handed_on.select_related("publication")

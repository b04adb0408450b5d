"""The ``http`` method: a page and its requisites without a browser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from .appearance import look_at
from .assembling import Document as Document
from .assembling import absent_video, medium_of, no_progress, page_files, players_in, write_capture
from .assembling import read_document as read_document
from .collect import MEDIA, Collection, Collector, Fetched, Progress
from .connections import Connections
from .deadlines import ByteBudget, Deadline
from .exchange import Exchange
from .fetch import fetch_following
from .harvest import Harvest, HarvestedFile, Role
from .policy import FetchPolicy
from .requisites import find_requisites
from .tools import tool_versions
from .verdict import Missing, Observed, Verdict, judge


def archive_page(
    url: str, *, policy: FetchPolicy, workdir: Path, deadline: Deadline, on_progress: Progress | None = None
) -> Harvest:
    """Fetch ``url`` and what it needs into the existing, empty ``workdir``, and preserve it.

    ``deadline`` ends the fetching; what was fetched by then is still written. Media and text are kept as they
    came: reading them is the business of the examination, for which nobody waits here.
    ``on_progress`` is called in this thread with a stage, what is done and the total; what it raises ends
    the capture.

    Raises ArchivingError if the URL itself gives no answer. An answer of any status is a harvest.
    """
    progress = on_progress or no_progress
    settings = policy.settings(deadline)
    exchanges = workdir / "exchanges"
    exchanges.mkdir()
    budget = ByteBudget(policy.capture_bytes)
    progress("page", 0, 1)
    with Connections() as connections:
        chain = fetch_following(
            url,
            policy=policy,
            deadline=deadline,
            directory=exchanges,
            budget=budget,
            connections=connections,
        )
        document = read_document(chain[-1], policy)
        progress("page", 1, 1)
        collector = Collector(policy, deadline, exchanges, budget, progress, connections)
        requisites = find_requisites(document.html, document.exchange.url) if document.is_page else []
        collection = collector.collect(requisites, besides=document.exchange.url)
    media = list(_media(document, collection, policy))
    verdict = judge(_observe(chain[0].url, document, collection, policy, len(media)))
    everything = [*chain, *(exchange for item in collection.fetched for exchange in item.chain)]
    wacz = write_capture(workdir, everything, document.page)
    progress("done", 1, 1)
    harvest = _harvest(url, document, collection, verdict, everything, [wacz, *page_files(document), *media])
    return replace(harvest, settings=settings)


def _absent(document: Document, collection: Collection, policy: FetchPolicy) -> Iterator[Missing]:
    """What has an answer, and yet is not here."""
    for item in collection.fetched:
        asked = item.requisite
        if not item.fault and (gap := absent_video(asked.url, asked.kind, item.answer, policy)):
            yield gap
    if document.is_page:
        yield from players_in(document.html, document.exchange.url)


def _observe(
    url: str, document: Document, collection: Collection, policy: FetchPolicy, media_count: int
) -> Observed:
    return Observed(
        requested_url=url,
        final_url=document.exchange.url,
        status=document.exchange.status,
        body_length=document.exchange.body_length,
        truncated=document.exchange.truncated,
        is_page=document.is_page,
        text_length=len(document.facts.text),
        media_count=media_count,
        shown=look_at(document.html, document.facts.text),
        missing=(*collection.missing(), *_absent(document, collection, policy)),
        left_out=collection.left_out,
    )


def _media(document: Document, collection: Collection, policy: FetchPolicy) -> Iterator[HarvestedFile]:
    if document.is_medium:
        yield document.as_file(Role.MEDIUM)
    for item in collection.fetched:
        if medium := _medium(item, policy):
            yield medium


def _medium(item: Fetched, policy: FetchPolicy) -> HarvestedFile | None:
    if item.requisite.kind not in MEDIA or item.fault:
        return None
    return medium_of(item.answer, policy)


def _harvest(
    url: str,
    document: Document,
    collection: Collection,
    verdict: Verdict,
    exchanges: list[Exchange],
    files: list[HarvestedFile],
) -> Harvest:
    return Harvest(
        requested_url=url,
        final_url=document.exchange.url,
        exchanges=tuple(exchange.facts() for exchange in exchanges),
        failures=tuple(item.facts() for item in collection.failures),
        verdict=verdict.word.value,
        reasons=verdict.reasons,
        may_retry=verdict.may_retry,
        page=document.facts,
        files=tuple(files),
        tools=tool_versions(),
    )

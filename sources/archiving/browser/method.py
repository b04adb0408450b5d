"""The ``browser`` method: a page as a browser draws it, with all that it fetched on the way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from sources.archiving.appearance import look_at
from sources.archiving.assembling import (
    absent_video,
    describe,
    medium_of,
    no_progress,
    page_files,
    players_in,
    write_capture,
)
from sources.archiving.collect import Progress
from sources.archiving.deadlines import ByteBudget, Deadline
from sources.archiving.egress.client import take_connections
from sources.archiving.errors import EgressError
from sources.archiving.harvest import Harvest, HarvestedFile, Role
from sources.archiving.policy import Egress, FetchPolicy
from sources.archiving.readable import PageFacts
from sources.archiving.tools import tool_versions
from sources.archiving.verdict import Missing, Observed, Verdict, Word, judge
from sources.archiving.wacz import Page

from .browsers import KEEPER
from .errors import BrowserError, BrowserUnavailableError
from .exchanges import assembled, facts_of, located
from .failures import Failed, failures_of, kind_of
from .gathering import Gathered, Gatherer, Visited, is_whole
from .recording import Recorder
from .tab import opened_tab
from .visit import Visitor

#: What is kept of the time for what follows the visit: seconds at most, and as a share.
RESERVE_SECONDS = 15.0
RESERVE_SHARE = 0.25


def archive_in_browser(
    url: str, *, policy: FetchPolicy, workdir: Path, deadline: Deadline, on_progress: Progress | None = None
) -> Harvest:
    """Open ``url`` in ``policy.browser``; preserve what was fetched and shown, in the existing, empty ``workdir``.

    What the browser was answered is recorded whole, before the page had it; media that it did not ask for, and
    bodies too long to be handed over, are fetched by the plain client. ``deadline`` ends the visit; what there
    was by then is still written. ``on_progress`` is called in this thread with a stage, what is done and the
    total; what it raises ends the capture.

    Raises ArchivingError if the URL itself gives no answer, BrowserCrashedError and other BrowserErrors if the
    browser gave way, BrowserUnavailableError if there is none.
    """
    if policy.egress is None:
        raise EgressError("expected a way out (EGRESS_PROXY), got none")
    progress = on_progress or no_progress
    settings = policy.settings(deadline)
    directory = workdir / "exchanges"
    directory.mkdir()
    budget = ByteBudget(policy.capture_bytes)
    progress("page", 0, 1)
    visited = _visit(url, policy, policy.egress, workdir, deadline, budget, progress)
    recorded = assembled(visited.recorder, directory)
    gathered = Gatherer(policy, directory, deadline, budget, progress).gather(url, visited, recorded)
    harvest = _harvest(url, visited, gathered, policy, workdir, take_connections(policy.egress) or [])
    progress("done", 1, 1)
    return replace(harvest, settings=settings)


def _visit(
    url: str,
    policy: FetchPolicy,
    egress: Egress,
    workdir: Path,
    deadline: Deadline,
    budget: ByteBudget,
    progress: Progress,
) -> Visited:
    if policy.browser is None:
        raise BrowserUnavailableError("expected a browser to draw pages with, got none")
    with KEEPER.lent(policy.browser, egress.host) as browser, opened_tab(browser, egress) as tab:
        recorder = Recorder(
            tab, workdir / "exchanges", limit=policy.capture_requisites, budget=budget, egress=egress
        )
        recorder.listen()
        tab.watch()
        visitor = Visitor(tab, recorder, workdir, _before(deadline), progress, browser.pid)
        sight = visitor.visit(url)
        with suppress(BrowserError):
            recorder.learn_certificates()
        return Visited(sight, recorder, browser.version, tab.frame)


def _before(deadline: Deadline) -> Deadline:
    """Early enough for what comes after the visit. Raises DeadlineError."""
    left = deadline.remaining(RESERVE_SECONDS / RESERVE_SHARE)
    return Deadline(deadline.at - left * RESERVE_SHARE)


def _harvest(
    url: str,
    visited: Visited,
    gathered: Gathered,
    policy: FetchPolicy,
    workdir: Path,
    known: list[dict[str, Any]],
) -> Harvest:
    failures = failures_of(visited.recorder, known, (exchange.url for exchange in gathered.whole()))
    media = list(_media(gathered, policy))
    facts = _page_facts(visited, gathered)
    verdict = _verdict(url, visited, gathered, facts, failures, policy, len(media))
    exchanges = [(by, located(exchange, known)) for by, exchange in gathered.exchanges()]
    main = gathered.document.exchange
    page = Page(main.url, main.started, facts.title, facts.text)
    wacz = write_capture(workdir, [exchange for _, exchange in exchanges], page)
    return Harvest(
        requested_url=url,
        final_url=main.url,
        exchanges=tuple(facts_of(exchange, by) for by, exchange in exchanges),
        failures=(
            *(item.facts() for item in failures),
            *(item.facts() for item in gathered.collection.failures),
        ),
        verdict=verdict.word.value,
        reasons=verdict.reasons,
        may_retry=verdict.may_retry,
        page=facts,
        files=(wacz, *page_files(gathered.document), *_views(visited, main.url, workdir), *media),
        tools={**tool_versions(), "browser": visited.version},
        connections=tuple(known),
        notes=tuple(_notes(visited, gathered)),
    )


def _page_facts(visited: Visited, gathered: Gathered) -> PageFacts:
    """Title and text as shown, which scripts may have made."""
    facts, sight = gathered.document.facts, visited.sight
    return replace(facts, title=sight.title or facts.title, text=sight.text or facts.text)


def _media(gathered: Gathered, policy: FetchPolicy) -> Iterator[HarvestedFile]:
    """Each medium once: the document if it is one, and all that came with the page."""
    main = gathered.document
    found: dict[str, HarvestedFile] = {}
    if main.is_medium:
        found[main.exchange.url] = main.as_file(Role.MEDIUM)
    for exchange in gathered.whole():
        if exchange.url not in found and exchange.location is None:
            medium = medium_of(exchange, policy)
            if medium is not None:
                found[exchange.url] = medium
    yield from found.values()


def _views(visited: Visited, url: str, workdir: Path) -> Iterator[HarvestedFile]:
    """How the page stood in the end: its tree, its text, its picture, its print."""
    sight = visited.sight
    for name, text, role, media_type in (
        ("dom.html", sight.html, Role.DOM, "text/html; charset=utf-8"),
        ("text.txt", sight.text, Role.TEXT, "text/plain; charset=utf-8"),
    ):
        if text:
            (workdir / name).write_text(text, encoding="utf-8", errors="replace", newline="\n")
            yield describe(workdir / name, role, url, media_type)
    if sight.screenshot:
        yield describe(sight.screenshot, Role.SCREENSHOT, url, "image/png")
    if sight.pdf:
        yield describe(sight.pdf, Role.PDF, url, "application/pdf")


def _verdict(
    url: str,
    visited: Visited,
    gathered: Gathered,
    facts: PageFacts,
    failures: list[Failed],
    policy: FetchPolicy,
    media: int,
) -> Verdict:
    main = gathered.document.exchange
    verdict = judge(
        Observed(
            requested_url=gathered.chain[0].url if gathered.chain else _as_requested(url, visited, main.url),
            final_url=main.url,
            status=main.status,
            body_length=main.body_length,
            truncated=main.truncated,
            is_page=gathered.document.is_page,
            text_length=len(facts.text),
            media_count=media,
            shown=look_at(visited.sight.html or gathered.document.html, facts.text, facts.title),
            in_browser=True,
            missing=(
                *_missing(visited, gathered, failures),
                *gathered.collection.missing(),
                *_absent(visited, gathered, policy),
            ),
            left_out=visited.recorder.left_out + gathered.collection.left_out,
        )
    )
    gaps = tuple(_gaps(visited, gathered))
    if verdict.word is Word.COMPLETE and gaps:
        return Verdict(Word.PARTIAL, (*gaps, *verdict.reasons))
    return replace(verdict, reasons=(*verdict.reasons, *gaps))


def _as_requested(url: str, visited: Visited, otherwise: str) -> str:
    """The URL in the form in which the browser asked for it."""
    return next((answer.url for answer in visited.recorder.answers if visited.is_main(answer)), otherwise)


def _missing(visited: Visited, gathered: Gathered, failures: list[Failed]) -> Iterator[Missing]:
    yield from (Missing(item.url, item.kind, item.code) for item in failures)
    for answer, exchange in gathered.recorded:
        if visited.is_main(answer) or answer.is_redirect or is_whole(exchange):
            continue
        reason = f"truncated: {exchange.truncated}" if exchange.truncated else f"status {exchange.status}"
        yield Missing(exchange.url, kind_of(answer.kind), reason)


def _absent(visited: Visited, gathered: Gathered, policy: FetchPolicy) -> Iterator[Missing]:
    """What has an answer, and yet is not here."""
    answered = [
        *((kind_of(answer.kind), exchange) for answer, exchange in gathered.recorded),
        *((item.requisite.kind, item.answer) for item in gathered.collection.fetched),
    ]
    found = {
        exchange.url: absent_video(exchange.url, kind, exchange, policy)
        for kind, exchange in answered
        if is_whole(exchange)
    }
    yield from filter(None, found.values())
    document = gathered.document
    if document.is_page:
        yield from players_in(visited.sight.html or document.html, document.exchange.url)


def _gaps(visited: Visited, gathered: Gathered) -> Iterator[str]:
    if gathered.chain:
        yield f"the browser did not open the page ({visited.sight.error or 'no answer'}); the plain client did"
    yield from visited.sight.gaps


def _notes(visited: Visited, gathered: Gathered) -> Iterator[str]:
    yield from visited.sight.notes
    if gathered.fetched_again:
        yield f"{gathered.fetched_again} addresses were fetched by the plain client after the visit."
    if any(answer.lack == "unspecified" for answer in visited.recorder.answers):
        yield "A stream that has no end was not recorded."

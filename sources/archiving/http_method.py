"""The ``http`` method: a page and its requisites without a browser."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from .collect import MEDIA, Collection, Collector, Fetched, Progress
from .deadlines import ByteBudget, Deadline
from .decoding import decoded_file
from .errors import ArchivingError, DeadlineError
from .exchange import Exchange
from .fetch import fetch_following
from .harvest import Harvest, HarvestedFile, Role
from .markup import decode, parse
from .media import MediumFacts, inspect_medium
from .policy import FetchPolicy
from .readable import PageFacts, read_page
from .requisites import find_requisites
from .signatures import media_type_of
from .tools import tool_versions
from .verdict import Observed, Verdict, judge
from .wacz import Page, write_wacz

MEDIA_FAMILIES = ("image/", "video/", "audio/")
NOT_INSPECTED = "not inspected: the time for the capture had passed"
HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})


@dataclass(frozen=True)
class Document:
    """The main answer without content coding: its file, type, and the page in it, if it is one."""

    exchange: Exchange
    path: Path
    sha256: str
    size: int
    media_type: str
    html: bytes | str
    facts: PageFacts

    @property
    def is_page(self) -> bool:
        """Whether it is HTML."""
        return self.media_type in HTML_TYPES

    @property
    def is_medium(self) -> bool:
        """Whether it is a picture, video, sound or PDF."""
        return self.media_type.startswith(MEDIA_FAMILIES) or self.media_type == "application/pdf"


def archive_page(
    url: str, *, policy: FetchPolicy, workdir: Path, deadline: Deadline, on_progress: Progress | None = None
) -> Harvest:
    """Fetch ``url`` and what it needs into the existing, empty ``workdir``, and preserve it.

    ``deadline`` ends the fetching and the inspection of media; what was fetched by then is still written.
    ``on_progress`` is called in this thread with a stage, what is done and the total; what it raises ends
    the capture.

    Raises ArchivingError if the URL itself gives no answer. An answer of any status is a harvest.
    """
    progress = on_progress or _no_progress
    exchanges = workdir / "exchanges"
    exchanges.mkdir()
    budget = ByteBudget(policy.capture_bytes)
    progress("page", 0, 1)
    chain = fetch_following(url, policy=policy, deadline=deadline, directory=exchanges, budget=budget)
    document = _read_document(chain[-1], policy)
    progress("page", 1, 1)
    collector = Collector(policy, deadline, exchanges, budget, progress)
    requisites = find_requisites(document.html, document.exchange.url) if document.is_page else []
    collection = collector.collect(requisites, besides=document.exchange.url)
    media = _media_files(document, collection, policy, workdir, deadline, progress)
    verdict = judge(_observe(chain[0].url, document, collection, len(media)))
    everything = [*chain, *(exchange for item in collection.fetched for exchange in item.chain)]
    wacz = _write_wacz(workdir, everything, document)
    progress("done", 1, 1)
    return _harvest(
        url, document, collection, verdict, everything, [wacz, *_page_files(workdir, document), *media]
    )


def _no_progress(stage: str, done: int, total: int) -> None:
    """Nobody is waiting for news."""


def _read_document(exchange: Exchange, policy: FetchPolicy) -> Document:
    try:
        path, sha256, size = decoded_file(exchange, policy.decoded_bytes)
    except ArchivingError:
        # What cannot be decoded is kept as served; it has no text, and the verdict will say so.
        path, sha256, size = exchange.body_path, exchange.body_sha256, exchange.body_length
    media_type = media_type_of(path, exchange.served_type)
    start = _read_start(path, policy.page_bytes) if media_type in HTML_TYPES else b""
    html = decode(start, exchange.served_charset, is_cut=len(start) < size)
    return Document(exchange, path, sha256, size, media_type, html, read_page(html, exchange.url))


def _read_start(path: Path, limit: int) -> bytes:
    with path.open("rb") as file:
        return file.read(limit)


def _observe(url: str, document: Document, collection: Collection, media_count: int) -> Observed:
    return Observed(
        requested_url=url,
        final_url=document.exchange.url,
        status=document.exchange.status,
        body_length=document.exchange.body_length,
        truncated=document.exchange.truncated,
        is_page=document.is_page,
        text_length=len(document.facts.text),
        media_count=media_count,
        asks_password=_asks_password(document.html),
        missing=collection.missing(),
        left_out=collection.left_out,
    )


def _asks_password(html: bytes | str) -> bool:
    root = parse(html)
    return root is not None and bool(root.xpath("//input[@type='password']"))


def _media_files(
    document: Document,
    collection: Collection,
    policy: FetchPolicy,
    workdir: Path,
    deadline: Deadline,
    progress: Progress,
) -> list[HarvestedFile]:
    thumbnails = workdir / "thumbnails"
    thumbnails.mkdir()
    found = list(_media(document, collection, policy))
    with ThreadPoolExecutor(2, thread_name_prefix="medium") as pool:  # the work is in child processes
        files = []
        inspected = pool.map(lambda medium: _in_time(medium, thumbnails, deadline), found)
        for done, file in enumerate(inspected, start=1):
            files.append(file)
            progress("media", done, len(found))
    return files


def _media(document: Document, collection: Collection, policy: FetchPolicy) -> Iterator[HarvestedFile]:
    if document.is_medium:
        yield HarvestedFile(
            document.path,
            Role.MEDIUM,
            document.exchange.url,
            document.sha256,
            document.size,
            document.media_type,
        )
    for item in collection.fetched:
        if medium := _medium(item, policy):
            yield medium


def _medium(item: Fetched, policy: FetchPolicy) -> HarvestedFile | None:
    if item.requisite.kind not in MEDIA or item.fault:
        return None
    try:
        path, sha256, size = decoded_file(item.answer, policy.decoded_bytes)
    except ArchivingError:
        return None
    media_type = media_type_of(path, item.answer.served_type)
    if not size or not media_type.startswith(MEDIA_FAMILIES):
        return None
    return HarvestedFile(path, Role.MEDIUM, item.answer.url, sha256, size, media_type)


def _in_time(medium: HarvestedFile, thumbnails: Path, deadline: Deadline) -> HarvestedFile:
    """The medium with its facts, or after ``deadline`` as it is, with a note that says so."""
    try:
        deadline.remaining(0)
    except DeadlineError:
        return replace(medium, note=NOT_INSPECTED)
    return _with_facts(medium, thumbnails)


def _with_facts(medium: HarvestedFile, thumbnails: Path) -> HarvestedFile:
    target = thumbnails / f"{medium.path.stem}.jpg"
    facts = inspect_medium(medium.path, target, served_type=medium.media_type)
    return HarvestedFile(
        medium.path,
        medium.role,
        medium.url,
        medium.sha256,
        medium.size,
        facts.media_type,
        width=facts.width,
        height=facts.height,
        duration_s=facts.duration_s,
        thumbnail=_thumbnail_file(medium, facts),
        note=facts.reason,
    )


def _thumbnail_file(medium: HarvestedFile, facts: MediumFacts) -> HarvestedFile | None:
    if facts.thumbnail is None:
        return None
    return _describe(facts.thumbnail, Role.THUMBNAIL, medium.url, "image/jpeg")


def _page_files(workdir: Path, document: Document) -> Iterator[HarvestedFile]:
    url = document.exchange.url
    if not document.is_medium and document.size:
        yield HarvestedFile(
            document.path, Role.PAGE, url, document.sha256, document.size, document.media_type
        )
    if document.facts.text:
        path = workdir / "text.txt"
        path.write_text(document.facts.text, encoding="utf-8", newline="\n")
        yield _describe(path, Role.TEXT, url, "text/plain; charset=utf-8")


def _write_wacz(workdir: Path, exchanges: list[Exchange], document: Document) -> HarvestedFile:
    path = workdir / "capture.wacz"
    main = document.exchange
    page = Page(main.url, main.started, document.facts.title, document.facts.text)
    versions = tool_versions()
    software = {
        "software": f"Sightline {versions['sightline']}",
        "format": "WARC File Format 1.1",
        "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
    }
    write_wacz(path, exchanges, page, software=software, now=datetime.now(UTC))
    return _describe(path, Role.WACZ, main.url, "application/wacz+zip")


def _describe(path: Path, role: Role, url: str, media_type: str) -> HarvestedFile:
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return HarvestedFile(path, role, url, sha256, path.stat().st_size, media_type)


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
        failures=tuple(
            {
                "url": item.requisite.url,
                "kind": item.requisite.kind.value,
                "code": item.error.code,
                "detail": item.error.detail,
            }
            for item in collection.failures
        ),
        verdict=verdict.word.value,
        reasons=verdict.reasons,
        may_retry=verdict.may_retry,
        page=document.facts,
        files=tuple(files),
        tools=tool_versions(),
    )

"""The ``media`` method: the videos, sound and subtitles of one address, and its page."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ..appearance import look_at
from ..assembling import Document, describe, no_progress, page_files, read_document, write_capture
from ..collect import Progress
from ..deadlines import ByteBudget, Deadline
from ..exchange import Exchange
from ..fetch import fetch_following
from ..harvest import Harvest, HarvestedFile, Role
from ..policy import FetchPolicy
from ..raw_warc import Resource
from ..readable import PageFacts
from ..splices import Body
from ..tools import tool_versions
from ..verdict import GONE, Observed, Verdict, Word, judge
from ..wacz import Page
from .gathering import Gathered, gather
from .outcomes import MediaUnsupportedError, verdict_on
from .pieces import Piece

JSON_TYPE = "application/json"
METADATA_BYTES = 4 * 1024 * 1024  # of what is read into memory; what is kept stays whole
#: yt-dlp's extractors for pages of sites that it does not know.
UNKNOWN_SITES = frozenset({"generic", "html5"})


def archive_media(
    url: str, *, policy: FetchPolicy, workdir: Path, deadline: Deadline, on_progress: Progress | None = None
) -> Harvest:
    """Fetch the videos at ``url`` into the existing, empty ``workdir``, with what is known about them.

    What can be had by one request is fetched by our own client; streams in pieces by yt-dlp in a process of its
    own. Nothing is converted: each file is what was served, pieces one after the other. ``deadline`` ends it all;
    what was fetched by then is still written. ``on_progress`` is called in this thread with a stage, what is done
    and the total; what it raises ends the capture.

    Raises ArchivingError if the URL itself gives no answer, and as ``verdict_on`` does.
    """
    progress = on_progress or no_progress
    settings = policy.settings(deadline)
    (workdir / "exchanges").mkdir()
    budget = ByteBudget(policy.capture_bytes)
    progress("page", 0, 1)
    chain = fetch_following(
        url, policy=policy, deadline=deadline, directory=workdir / "exchanges", budget=budget
    )
    document = read_document(chain[-1], policy)
    gathered = Gathered({"videos": [], "problems": [], "left_out": 0})
    verdict = _of_the_answer_alone(chain[0].url, document)
    if verdict is None:
        gathered = gather(
            url, policy=policy, workdir=workdir, deadline=deadline, budget=budget, progress=progress
        )
        verdict = _found_or_walled(gathered, chain[0].url, document)
    progress("done", 1, 1)
    return replace(_harvest(url, chain, document, gathered, verdict, workdir), settings=settings)


def _found_or_walled(gathered: Gathered, url: str, document: Document) -> Verdict:
    """The verdict on the media; where there are none because a wall stands before them, on the wall."""
    try:
        return verdict_on(gathered)
    except MediaUnsupportedError:
        verdict = judge(_observed(url, document))
        if verdict.word in (Word.COMPLETE, Word.PARTIAL):
            raise
        return verdict


def _observed(url: str, document: Document) -> Observed:
    return Observed(
        requested_url=url,
        final_url=document.exchange.url,
        status=document.exchange.status,
        body_length=document.exchange.body_length,
        truncated=document.exchange.truncated,
        is_page=document.is_page,
        text_length=len(document.facts.text),
        media_count=int(document.is_medium),
        shown=look_at(document.html, document.facts.text),
    )


def _of_the_answer_alone(url: str, document: Document) -> Verdict | None:
    """The verdict where there is nothing to look for: the page is gone, or has no end, or the address is a file."""
    answer = document.exchange
    if answer.status in GONE or answer.truncated or document.is_medium:
        return judge(_observed(url, document))
    return None


def _harvest(
    url: str, chain: list[Exchange], document: Document, gathered: Gathered, verdict: Verdict, workdir: Path
) -> Harvest:
    exchanges = [*chain, *gathered.exchanges]
    metadata = _metadata(gathered, document.exchange.url, workdir)
    page = _page_facts(document.facts, gathered)
    wacz = _write_wacz(workdir, exchanges, document, page, gathered.pieces, metadata)
    return Harvest(
        requested_url=url,
        final_url=document.exchange.url,
        exchanges=tuple(exchange.facts() for exchange in exchanges),
        failures=tuple(
            {"url": item["url"], "kind": item["kind"], "code": problem["kind"], "detail": problem["detail"]}
            for item, problem in gathered.missed
        ),
        verdict=verdict.word.value,
        reasons=verdict.reasons,
        may_retry=verdict.may_retry,
        page=page,
        files=(wacz, *_main_files(document), *metadata, *(piece.file() for piece in gathered.pieces)),
        tools={**tool_versions(), "yt-dlp": version("yt-dlp")},
        notes=(*(note for piece in gathered.pieces for note in piece.notes()), *_refusals(gathered)),
    )


def _main_files(document: Document) -> Iterable[HarvestedFile]:
    return [document.as_file(Role.MEDIUM)] if document.is_medium else page_files(document)


def _refusals(gathered: Gathered) -> Iterable[str]:
    return (f"yt-dlp was kept from this: {said}" for said in dict.fromkeys(gathered.refused))


def _metadata(gathered: Gathered, url: str, workdir: Path) -> list[HarvestedFile]:
    """What yt-dlp read, one file a video, and one on how each stream was served."""
    paths = [Path(video["metadata"]) for video in gathered.found["videos"]]
    if gathered.pieces:
        streams = workdir / "streams.json"
        facts = {"streams": [piece.facts() for piece in gathered.pieces]}
        streams.write_text(json.dumps(facts, ensure_ascii=False, indent=1), encoding="utf-8")
        paths.append(streams)
    return [_metadata_file(path, url) for path in paths]


def _metadata_file(path: Path, url: str) -> HarvestedFile:
    return describe(path, Role.METADATA, url, JSON_TYPE)


def _page_facts(declared: PageFacts, gathered: Gathered) -> PageFacts:
    """The page's own particulars, and where there is one video, what its host says of that."""
    paths = [Path(video["metadata"]) for video in gathered.found["videos"]]
    if len(paths) != 1 or paths[0].stat().st_size > METADATA_BYTES:
        return declared
    told = json.loads(paths[0].read_text(encoding="utf-8"))
    return replace(
        declared,
        title=_title(told) or declared.title or _text(told, "title"),
        author=declared.author or _text(told, "uploader") or _text(told, "channel"),
        published=declared.published or _day(told),
        language=declared.language or _text(told, "language"),
        text=declared.text or _text(told, "description") or "",
    )


def _title(told: dict[str, Any]) -> str | None:
    """What the host calls the video. For a page that yt-dlp does not know, it makes up titles from the page's."""
    return None if told.get("extractor") in UNKNOWN_SITES else _text(told, "title")


def _text(told: dict[str, Any], name: str) -> str | None:
    value = told.get(name)
    return value if isinstance(value, str) and value else None


def _day(told: dict[str, Any]) -> str | None:
    """The day of publication as ISO 8601. Not of unknown sites: there it is the file's last change."""
    day = _text(told, "upload_date") or ""
    is_told = told.get("extractor") not in UNKNOWN_SITES and len(day) == 8 and day.isdigit()
    return f"{day[:4]}-{day[4:6]}-{day[6:]}" if is_told else None


def _write_wacz(
    workdir: Path,
    exchanges: list[Exchange],
    document: Document,
    facts: PageFacts,
    pieces: Iterable[Piece],
    metadata: Iterable[HarvestedFile],
) -> HarvestedFile:
    main, now = document.exchange, datetime.now(UTC)
    page = Page(main.url, main.started, facts.title, facts.text)
    resources = [
        *(_stream_resource(piece, now) for piece in pieces if piece.is_download),
        *(
            Resource(f"urn:metadata:{number}:{file.url}", _body(file), now)
            for number, file in enumerate(metadata)
        ),
    ]
    return write_capture(workdir, exchanges, page, resources)


def _stream_resource(piece: Piece, now: datetime) -> Resource:
    """A stream put together from fragments is not what is at the address of its playlist: it gets a name."""
    url = piece.item["url"]
    is_whole_file = piece.item["is_plain"] and url.startswith(("http:", "https:"))
    return Resource(
        url if is_whole_file else f"urn:stream:{piece.item['name']}:{url}", _body(piece.file()), now
    )


def _body(file: HarvestedFile) -> Body:
    return Body(file.path, file.sha256, file.size, file.media_type)

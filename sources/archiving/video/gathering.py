"""Getting a video's files: whole ones by our own client, streams in pieces by the confined yt-dlp."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from ..collect import Collection, Collector, Fetched, Progress
from ..deadlines import ByteBudget, Deadline
from ..decoding import decoded_file
from ..errors import ArchivingError, DeadlineError
from ..exchange import Exchange
from ..policy import FetchPolicy
from ..requisites import Kind, Requisite
from ..signatures import media_type_of
from .conversation import Conversation, Event, ExtractorCrashedError
from .items import Found, Fragment, Item, Job, Problem
from .pieces import Piece, piece_of_download, remains

KINDS = {"video": Kind.VIDEO, "audio": Kind.AUDIO, "thumbnail": Kind.IMAGE, "subtitles": Kind.OTHER}
LONGEST_RUN = 3600.0  # seconds of processor time that no deadline of a capture comes near
OUT_OF_TIME = "time"
TOO_LARGE = "length"


@dataclass
class Gathered:
    """What there was and what was got. ``missed`` names items that are not to be had, and why."""

    found: Found
    pieces: list[Piece] = field(default_factory=list)
    missed: list[tuple[Item, Problem]] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    @property
    def items(self) -> list[Item]:
        """Every item of every video."""
        return [item for video in self.found["videos"] for item in video["items"]]


def gather(
    url: str,
    *,
    policy: FetchPolicy,
    workdir: Path,
    deadline: Deadline,
    budget: ByteBudget,
    progress: Progress,
) -> Gathered:
    """Find and fetch the videos at ``url``.

    What a deadline or a ceiling cuts off is kept and marked as truncated. Raises DeadlineError if the time
    was over before it was known what there is, ExtractorCrashedError, and what ``progress`` raises.
    """
    home = workdir / "yt-dlp"
    home.mkdir()
    with Conversation(home, deadline, progress) as talk:
        talk.send(_job(url, policy, home, deadline))
        *_, answer = talk.events("found")
        gathered = Gathered(answer["found"])
        collection = _fetch_plain(gathered.items, url, policy, workdir, deadline, budget, progress)
        gathered.exchanges = [exchange for item in collection.fetched for exchange in item.chain]
        _sort(gathered, collection, policy)
        _download_rest(gathered, talk, home)
    return gathered


def _job(url: str, policy: FetchPolicy, home: Path, deadline: Deadline) -> Job:
    if policy.egress is None:
        raise ArchivingError("expected a way out for yt-dlp, got none in the policy")
    return {
        "url": url,
        "proxy": policy.egress.url,
        "folder": str(home),
        "file_bytes": policy.body_bytes,
        "total_bytes": policy.capture_bytes,
        "idle_seconds": policy.idle_seconds,
        "cpu_seconds": int(deadline.remaining(LONGEST_RUN)) + 1,
    }


def _fetch_plain(
    items: Iterable[Item],
    page: str,
    policy: FetchPolicy,
    workdir: Path,
    deadline: Deadline,
    budget: ByteBudget,
    progress: Progress,
) -> Collection:
    """The whole files, and the playlists of the others, byte for byte; a video may take all the time there is."""
    unhurried = replace(policy, requisite_seconds=LONGEST_RUN)
    collector = Collector(unhurried, deadline, workdir / "exchanges", budget, progress)
    wanted = [
        Requisite(item["url"], KINDS[item["kind"]] if item["is_plain"] else Kind.OTHER)
        for item in items
        if item["url"].startswith(("http:", "https:"))
    ]
    return collector.collect(wanted, besides=page)


def _sort(gathered: Gathered, collection: Collection, policy: FetchPolicy) -> None:
    fetched = {item.requisite.url: item for item in collection.fetched}
    for item in gathered.items:
        answer = fetched.get(item["url"])
        if item["is_plain"] and answer and (piece := _piece(item, answer, policy)):
            gathered.pieces.append(piece)


def _piece(item: Item, fetched: Fetched, policy: FetchPolicy) -> Piece | None:
    """The file if the answer is one: some hosts answer with a page to all that is not their own player."""
    answer = fetched.answer
    if not 200 <= answer.status < 300 or not answer.body_length:
        return None
    try:
        path, sha256, size = decoded_file(answer, policy.decoded_bytes)
    except ArchivingError:
        return None
    media_type = media_type_of(path, answer.served_type)
    if item["kind"] != "subtitles" and not media_type.startswith(("video/", "audio/", "image/")):
        return None
    return Piece(item, path, sha256, size, media_type, truncated=answer.truncated)


def _download_rest(gathered: Gathered, talk: Conversation, home: Path) -> None:
    had = {piece.item["name"] for piece in gathered.pieces}
    waiting = {item["name"]: item for item in gathered.items if item["name"] not in had}
    talk.send({"download": list(waiting)})
    try:
        for event in talk.events("ended"):
            if event["event"] == "ended":
                gathered.refused = event["refused"]
            else:
                _settle(gathered, waiting.pop(event["name"]), event)
    except (DeadlineError, ExtractorCrashedError) as error:
        _give_up(gathered, waiting.values(), home, error)


def _settle(gathered: Gathered, item: Item, event: Event) -> None:
    problem: Problem | None = event.get("problem")
    truncated = _truncation(problem) if problem else None
    file = remains(Path(event["path"]))
    if file and (not problem or truncated == TOO_LARGE or event["fragments"]):
        piece = piece_of_download(
            item, file, event["fragments"], event["asked"], event["joined_sha256"], truncated
        )
        problem = problem or _disguise(piece)
        if not piece.is_disguised:
            gathered.pieces.append(piece)
    if problem:
        gathered.missed.append((item, problem))


def _truncation(problem: Problem) -> str:
    return TOO_LARGE if problem["kind"] == "size" else "unspecified"


def _disguise(piece: Piece) -> Problem | None:
    if not piece.is_disguised:
        return None
    said = f"expected {piece.item['kind']}, got {piece.media_type}"
    return {"kind": "disguised", "status": None, "code": None, "detail": said}


def _give_up(gathered: Gathered, waiting: Iterable[Item], home: Path, error: ArchivingError) -> None:
    """Keep what there is of the files that were waited for."""
    problem: Problem = {"kind": error.code, "status": None, "code": None, "detail": error.detail}
    none: list[Fragment] = []
    for item in waiting:
        if file := remains(home / item["name"]):
            reason = OUT_OF_TIME if isinstance(error, DeadlineError) else "unspecified"
            gathered.pieces.append(piece_of_download(item, file, none, 0, None, reason))
        gathered.missed.append((item, problem))


def streams(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """The pieces that are picture or sound."""
    return (piece for piece in pieces if piece.item["kind"] in ("video", "audio"))

"""What came of a media capture: a verdict, or the error that ends it."""

from __future__ import annotations

from collections.abc import Iterator

from ..errors import AddressRefusedError, ArchivingError, ConnectError
from ..phrases import LOGIN_WORDS, REMOVED_WORDS, mentions
from ..verdict import GONE, PASSING_TRUNCATIONS, TEMPORARY, Verdict, Word
from .gathering import Gathered, streams
from .items import Problem


class MediaUnsupportedError(ArchivingError):
    """There is no video or sound at the address, as far as yt-dlp can tell."""

    code = "media_unsupported"


class MediaFailedError(ArchivingError):
    """yt-dlp did not get on with the site; its next version may, or the next try."""

    code = "media_failed"
    permanent = False


def verdict_on(gathered: Gathered) -> Verdict:
    """The verdict on what was gathered.

    Raises MediaUnsupportedError, MediaFailedError, AddressRefusedError or ConnectError when there is nothing
    to give a verdict on.
    """
    kept = list(streams(gathered.pieces))
    if not kept:
        return _without_media(gathered)
    cut = [piece for piece in kept if piece.truncated]
    if cut:
        reasons = tuple(f"{piece.item['name']} was cut off: {piece.truncated}" for piece in cut)
        return Verdict(Word.TRUNCATED, reasons, all(piece.truncated in PASSING_TRUNCATIONS for piece in cut))
    serious, slight = list(_gaps(gathered)), list(_slight_gaps(gathered))
    return Verdict(Word.PARTIAL if serious else Word.COMPLETE, (*serious, *slight))


def _gaps(gathered: Gathered) -> Iterator[str]:
    for item, problem in gathered.missed:
        if item["kind"] in ("video", "audio"):
            yield f"{item['kind']} missing: {item['url']} ({problem['detail']})"
    for piece in streams(gathered.pieces):
        if piece.missing_fragments:
            yield f"{piece.missing_fragments} of {piece.asked} fragments missing: {piece.item['url']}"
    for problem in gathered.found["problems"]:
        yield f"another video could not be had: {problem['detail']}"
    if gathered.found["left_out"]:
        yield "further videos beyond the limit were not fetched"


def _slight_gaps(gathered: Gathered) -> Iterator[str]:
    for item, problem in gathered.missed:
        if item["kind"] not in ("video", "audio"):
            yield f"{item['kind']} missing: {item['url']} ({problem['detail']})"


def _without_media(gathered: Gathered) -> Verdict:
    problems = [*gathered.found["problems"], *(problem for _, problem in gathered.missed)]
    for problem in problems:
        if verdict := _verdict_from(problem):
            return verdict
    raise _error_from(problems)


def _verdict_from(problem: Problem) -> Verdict | None:
    said, status = problem["detail"], problem["status"]
    if problem["code"]:
        return None
    if status in GONE or mentions(said, REMOVED_WORDS):
        return Verdict(Word.GONE, (f"the host says: {said}",))
    if status == 401 or mentions(said, LOGIN_WORDS):
        return Verdict(Word.LOGIN_WALL, (f"the host says: {said}",))
    if problem["kind"] == "geo":
        return Verdict(Word.BLOCKED, (f"not shown in the country of this instance: {said}",))
    if status is not None:
        return Verdict(Word.BLOCKED, (f"the host says: {said}",), status >= 500 or status in TEMPORARY)
    return None


def _error_from(problems: list[Problem]) -> ArchivingError:
    first = problems[0] if problems else None
    if first is None or first["kind"] == "unsupported":
        return MediaUnsupportedError("expected a page with video or sound, got one without")
    said = f"expected a video, got: {first['detail']}"
    if any(problem["code"] == AddressRefusedError.code for problem in problems):
        return AddressRefusedError(said)
    return ConnectError(said) if first["kind"] == "network" else MediaFailedError(said)

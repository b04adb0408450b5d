"""What is made of the reasons for which a host gives no video."""

from __future__ import annotations

import errno

import pytest
from yt_dlp.utils import DownloadError, ExtractorError, GeoRestrictedError, UnsupportedError

from sources.archiving.errors import AddressRefusedError, ArchivingError, ConnectError
from sources.archiving.video.gathering import Gathered
from sources.archiving.video.items import Problem
from sources.archiving.video.outcomes import MediaFailedError, MediaUnsupportedError, verdict_on
from sources.archiving.video.problems import TooManyBytesError, problem_of


def problem(detail: str = "something", **changed: object) -> Problem:
    base: Problem = {"kind": "other", "status": None, "code": None, "detail": detail}
    return {**base, **changed}  # type: ignore[typeddict-item]  # fields as the tests give them


def gathered(*problems: Problem) -> Gathered:
    return Gathered({"videos": [], "problems": list(problems), "left_out": 0})


@pytest.mark.parametrize(
    ("found", "word", "may_retry"),
    [
        (problem("Private video. Sign in if you've been granted access"), "login wall", False),
        (problem("This video is only available for registered users."), "login wall", False),
        (problem("Sign in to confirm your age"), "login wall", False),
        (problem("Video unavailable"), "gone", False),
        (problem("This video has been removed by the uploader"), "gone", False),
        (problem("HTTP Error 404: Not Found", status=404, kind="status"), "gone", False),
        (problem("HTTP Error 410: Gone", status=410, kind="status"), "gone", False),
        (problem("HTTP Error 401", status=401, kind="status"), "login wall", False),
        (problem("not from your location", kind="geo"), "blocked", False),
        (problem("HTTP Error 403: Forbidden", status=403, kind="status"), "blocked", False),
        (problem("HTTP Error 429", status=429, kind="status"), "blocked", True),
        (problem("HTTP Error 502", status=502, kind="status"), "blocked", True),
    ],
)
def test_what_a_host_says_becomes_a_verdict(found: Problem, word: str, may_retry: bool) -> None:
    verdict = verdict_on(gathered(found))
    assert (verdict.word, verdict.may_retry) == (word, may_retry)
    assert found["detail"] in verdict.reasons[0]


@pytest.mark.parametrize(
    ("found", "error", "permanent"),
    [
        (problem("Unsupported URL", kind="unsupported"), MediaUnsupportedError, True),
        (problem("timed out", kind="network"), ConnectError, False),
        (problem("Unable to extract title"), MediaFailedError, False),
        (problem("refused", kind="status", status=403, code="address_refused"), AddressRefusedError, True),
    ],
)
def test_other_reasons_end_the_capture(found: Problem, error: type[ArchivingError], permanent: bool) -> None:
    with pytest.raises(error) as caught:
        verdict_on(gathered(found))
    assert caught.value.permanent is permanent


def test_nothing_at_all_is_unsupported() -> None:
    with pytest.raises(MediaUnsupportedError):
        verdict_on(gathered())


def failed(inner: Exception) -> DownloadError:
    """``inner`` as yt-dlp passes it on."""
    return DownloadError(f"ERROR: {inner}", (type(inner), inner, None))


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (UnsupportedError("https://example.org/"), "unsupported"),
        (GeoRestrictedError("not here"), "geo"),
        (ExtractorError("odd"), "other"),
        (TooManyBytesError("too many"), "size"),
        (OSError(errno.EFBIG, "File too large"), "size"),
        (OSError(errno.ENOSPC, "No space left"), "other"),
    ],
)
def test_the_class_of_an_exception_is_found_behind_others(error: Exception, kind: str) -> None:
    assert problem_of(failed(error), "password")["kind"] == kind


def test_advice_for_the_command_line_is_left_out() -> None:
    error = ExtractorError("Unable to extract title; please report this issue on example.org, confirming x")
    assert problem_of(failed(error), "password")["detail"] == "Unable to extract title"

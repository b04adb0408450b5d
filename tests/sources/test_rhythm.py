"""When originals are looked at next."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from sources.rhythm import JITTER, LAST_RETRY, LONGEST, SHORTEST, Rhythm, drifting

steps = st.lists(st.sampled_from(["quiet", "news", "silence"]), max_size=40)


def after(taken: list[str]) -> Rhythm:
    rhythm = Rhythm()
    for step in taken:
        rhythm = getattr(rhythm, step)()
    return rhythm


@given(steps)
def test_no_wait_is_shorter_than_an_hour_or_longer_than_the_longest(taken: list[str]) -> None:
    assert timedelta(hours=1) <= after(taken).wait <= LONGEST


@given(steps)
def test_quiet_never_shortens_the_wait(taken: list[str]) -> None:
    rhythm = after(taken)

    assert rhythm.quiet().wait >= rhythm.interval


@given(steps)
def test_news_bring_it_back_to_the_shortest(taken: list[str]) -> None:
    assert after([*taken, "news"]).wait == SHORTEST


@given(steps, st.integers(1, 60))
def test_silence_leaves_no_trace_once_there_is_an_answer(taken: list[str], times: int) -> None:
    rhythm = after(taken)
    silent = after([*taken, *["silence"] * times])

    assert silent.quiet() == rhythm.quiet()
    assert silent.wait <= LAST_RETRY


@given(st.timedeltas(min_value=timedelta(hours=1), max_value=LONGEST))
def test_drift_is_small(wait: timedelta) -> None:
    assert abs(drifting(wait) - wait) <= JITTER * wait + timedelta(microseconds=1)

"""The archiver's end of the talk with the process that runs yt-dlp."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ..collect import Progress
from ..deadlines import Deadline
from ..errors import ArchivingError

IMPORT_ROOT = Path(__file__).resolve().parents[3]
KEPT_VARIABLES = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "LANG")
GLANCE = 0.5  # how long a cancelled capture may go unnoticed, in seconds
STAGE = "video"
LINE_BYTES = 4 * 1024 * 1024

Event = dict[str, Any]


class ExtractorCrashedError(ArchivingError):
    """The process that ran yt-dlp ended before it had answered."""

    code = "extractor_crashed"
    permanent = False


class Conversation:
    """A child process for one job, at home in ``home``; leaving the context ends it and whatever it started."""

    def __init__(self, home: Path, deadline: Deadline, progress: Progress) -> None:
        self._deadline = deadline
        self._progress = progress
        self._last = (STAGE, 0, 1)
        self._events: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        self._complaints = (home / "complaints.txt").open("wb")
        self._child = subprocess.Popen(
            [sys.executable, "-B", "-m", "sources.archiving.video.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            cwd=IMPORT_ROOT,
            env=_environment(home),
            start_new_session=True,
        )
        self._listener = threading.Thread(target=self._listen, daemon=True, name="yt-dlp")
        self._listener.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._child.pid, signal.SIGKILL)
        self._child.wait()
        self._listener.join()
        for pipe in (self._child.stdin, self._child.stdout, self._complaints):
            with suppress(BrokenPipeError):  # what was still to be said nobody hears
                if pipe is not None:
                    pipe.close()

    def send(self, message: Mapping[str, Any]) -> None:
        """Send a job or an order. Raises ExtractorCrashedError if nobody is there."""
        assert self._child.stdin is not None  # noqa: S101 - for the type checker: it was asked for as a pipe
        try:
            self._child.stdin.write(json.dumps(message).encode() + b"\n")
            self._child.stdin.flush()
        except BrokenPipeError as error:
            raise ExtractorCrashedError("expected the extractor to listen, but it has ended") from error

    def events(self, until: str) -> Iterator[Event]:
        """The events as they come, to the one called ``until``; progress goes to the callback instead.

        Raises DeadlineError, ExtractorCrashedError, and what the callback raises.
        """
        while True:
            event = self._next()
            if event["event"] == "progress":
                self._last = (STAGE, event["done"], event["total"])
                continue
            yield event
            if event["event"] == until:
                return

    def _next(self) -> Event:
        while True:
            self._progress(*self._last)
            try:
                event = self._events.get(timeout=self._deadline.remaining(GLANCE))
            except queue.Empty:
                continue
            if event is None:
                raise ExtractorCrashedError("expected the extractor to finish, but it ended without a word")
            return event

    def _listen(self) -> None:
        assert self._child.stdout is not None  # noqa: S101 - for the type checker: it was asked for as a pipe
        # What it says is made of what strangers wrote: neither its length nor its sense is certain.
        with suppress(ValueError):
            while line := self._child.stdout.readline(LINE_BYTES):
                self._events.put(json.loads(line))
        self._events.put(None)


def _environment(home: Path) -> dict[str, str]:
    """What it takes to start, and a home of its own; the rest of the parent's environment may hold passwords."""
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    own = dict.fromkeys(("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"), str(home))
    return {**kept, **own, "YTDLP_NO_PLUGINS": "1", "PYTHONNOUSERSITE": "1", "PYTHONUTF8": "1"}

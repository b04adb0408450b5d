"""One visit: go there, wait until it is quiet, scroll through it, read and draw what is shown. Every step has its end.

A page may be endless, busy or hostile. What a step does not get within its time is left out, with a note; only
a browser that is gone ends the visit.
"""

from __future__ import annotations

import time
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]  # ships no types

from sources.archiving.collect import Progress
from sources.archiving.deadlines import Deadline
from sources.archiving.errors import DeadlineError

from . import consent
from .errors import BrowserCrashedError, BrowserError, NoAnswerError
from .pipe import Message
from .recording import Recorder
from .scripts import READ, SCROLL
from .tab import HEIGHT, WIDTH, Tab

LOAD_SECONDS = 30.0
QUIET_AFTER_SECONDS = 0.15
QUIET_SECONDS = 5.0
STEP_SECONDS = 10.0
DRAW_SECONDS = 20.0
SCROLL_STEPS = 12
SCROLL_STRIDE = 2 * HEIGHT
SCROLL_PAUSE_MS = 10
READ_CHARACTERS = 20_000_000
#: Beyond this Chromium's own surfaces end, and a picture would repeat its beginning.
SCREENSHOT_HEIGHT = 16_384
#: How much more memory the browser may take for bodies that it has not handed over yet.
SWELLING_BYTES = 192 * 1024 * 1024
BUSY = "the page's scripts kept it busy and were stopped"
LATE = "the time for the capture had passed before the page was done"


@dataclass
class Sight:
    """What was seen. ``error`` is the browser's word for why the page did not open; ``height`` in pixels.

    ``gaps`` say what the capture lacks because the page did not let itself be captured, ``notes`` what else is
    worth knowing.
    """

    error: str | None = None
    html: str = ""
    text: str = ""
    title: str = ""
    height: int = 0
    screenshot: Path | None = None
    pdf: Path | None = None
    gaps: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class Visitor:
    """Visits one address with ``tab``; pictures go into ``workdir``. ``pid`` is the browser's."""

    def __init__(
        self, tab: Tab, recorder: Recorder, workdir: Path, deadline: Deadline, progress: Progress, pid: int
    ) -> None:
        self._tab = tab
        self._recorder = recorder
        self._workdir = workdir
        self._deadline = deadline
        self._progress = progress
        self._process = psutil.Process(pid)
        self._usual_memory = self._process.memory_info().rss
        self._sight = Sight()

    def visit(self, url: str) -> Sight:
        """What there is to see. Raises BrowserCrashedError, and what the progress callback raises."""
        self._open(url)
        if self._sight.error is None:
            for step in (self._settle, self._scroll, self._read, self._draw, self._print):
                self._try(step)
            self._tell()
        return self._sight

    # --- arriving ----------------------------------------------------------------------------------------

    def _open(self, url: str) -> None:
        answers: list[Message] = []
        self._tab.connection.send(
            "Page.navigate", {"url": url}, session=self._tab.session, then=answers.append
        )
        self._wait(lambda: bool(answers), LOAD_SECONDS)
        if not answers:
            self._give_up("the page did not answer in time")
            self._wait(lambda: bool(answers), 1.0)
        result = answers[0].get("result", {}) if answers else {"errorText": "net::ERR_TIMED_OUT"}
        self._sight.error = result.get("errorText")

    def _settle(self) -> None:
        if not self._wait(lambda: self._tab.load_events > 0, LOAD_SECONDS):
            self._give_up("the page was still loading when it was captured")
        if not self._wait_for_quiet(QUIET_SECONDS):
            self._give_up("the page was still fetching when it was captured")

    def _wait_for_quiet(self, seconds: float) -> bool:
        """Whether nothing happened for a moment with nothing under way, within ``seconds``."""
        end = time.monotonic() + self._left(seconds)
        while time.monotonic() < end:
            if not self._wait(self._recorder.has_news(), QUIET_AFTER_SECONDS) and self._recorder.is_quiet:
                return True
        return self._recorder.is_quiet

    def _wait(self, until: Callable[[], bool], seconds: float) -> bool:
        """Pump until it holds, with an eye on memory and on who waits for us."""
        end = time.monotonic() + self._left(seconds)
        while (left := end - time.monotonic()) > 0:
            if self._tab.connection.pump(until, min(left, 0.25)):
                return True
            self._progress("page", len(self._recorder.answers), len(self._recorder.answers) + 1)
            self._refuse_bombs()
        return until()

    def _refuse_bombs(self) -> None:
        """A body grows in the browser, out of sight, until it is whole: watch what it costs."""
        if self._recorder.slow_bodies:
            swelling = self._process.memory_info().rss - self._usual_memory
            if swelling > SWELLING_BYTES:
                self._recorder.give_up_reading("length")

    def _give_up(self, gap: str) -> None:
        self._sight.gaps.append(gap)
        self._recorder.give_up_reading("time")
        self._tab.send("Page.stopLoading")

    # --- looking -----------------------------------------------------------------------------------------

    def _scroll(self) -> None:
        seconds = self._left(STEP_SECONDS)
        if self._tab.evaluate(SCROLL, SCROLL_STRIDE, SCROLL_STEPS, SCROLL_PAUSE_MS, timeout=seconds):
            self._wait_for_quiet(QUIET_SECONDS)

    def _read(self) -> None:
        seen: Any = self._tab.evaluate(
            READ, READ_CHARACTERS, consent.SELECTORS, consent.WORDS, timeout=self._left(STEP_SECONDS)
        )
        sight = self._sight
        sight.html, sight.text, sight.title = seen["html"], seen["text"].strip(), seen["title"].strip()
        sight.height = int(seen["height"])
        if seen["banner"]:
            sight.notes.append(f"A banner about cookies or consent was left as it was: “{seen['banner']}”")

    def _draw(self) -> None:
        height = max(min(self._sight.height, SCREENSHOT_HEIGHT), HEIGHT)
        picture = {
            "format": "png",
            "optimizeForSpeed": True,
            "captureBeyondViewport": True,
            "clip": {"x": 0, "y": 0, "width": WIDTH, "height": height, "scale": 1},
        }
        self._sight.screenshot = self._kept("screenshot.png", "Page.captureScreenshot", picture)
        if self._sight.height > height:
            cut = f"The screenshot shows the first {height} of {self._sight.height} pixels of the page's height."
            self._sight.notes.append(cut)

    def _print(self) -> None:
        self._sight.pdf = self._kept("page.pdf", "Page.printToPDF", {"printBackground": True})

    def _kept(self, name: str, method: str, params: dict[str, Any]) -> Path:
        self._progress("page", 1, 1)
        data = self._tab.call(method, params, timeout=self._left(DRAW_SECONDS))["data"]
        path = self._workdir / name
        path.write_bytes(b64decode(data))
        return path

    # --- keeping one's time ------------------------------------------------------------------------------

    def _try(self, step: Callable[[], None]) -> None:
        """Once, and again without scripts if these kept the page busy; what then fails is a gap."""
        if self._attempt(step) and self._attempt(step):
            self._sight.gaps.append(f"the page did not let itself be captured ({step.__name__.strip('_')})")

    def _attempt(self, step: Callable[[], None]) -> bool:
        """Whether the page was too busy for the step."""
        try:
            step()
        except BrowserCrashedError:
            raise
        except NoAnswerError:
            self._tab.stop_scripts()
            if BUSY not in self._sight.gaps:
                self._sight.gaps.append(BUSY)
            return True
        except DeadlineError:
            if LATE not in self._sight.gaps:
                self._sight.gaps.append(LATE)
        except BrowserError as error:
            self._sight.gaps.append(error.detail)
        return False

    def _left(self, at_most: float) -> float:
        return self._deadline.remaining(at_most)

    def _tell(self) -> None:
        if self._tab.dialogs:
            self._sight.notes.append(f"{self._tab.dialogs} dialogs of the page were closed unread.")
        if self._tab.popups:
            self._sight.notes.append(f"{self._tab.popups} windows that the page opened were closed.")

"""What the person at the keyboard sees while an instance starts."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

BAR_WIDTH = 24
CLEAR_LINE = "\r\x1b[K"


class Progress:
    """Writes lines to `out`; on a terminal the line of what is going on is replaced by its result."""

    def __init__(self, out: TextIO = sys.stdout) -> None:
        self._out = out
        self._terminal = out.isatty()
        self._passing = ""

    def say(self, text: str) -> None:
        """Write a line that stays."""
        self._write((CLEAR_LINE if self._terminal else "") + text + "\n")
        self._passing = ""

    def pass_by(self, text: str) -> None:
        """Show a line that the next one replaces; without a terminal it stays, but is not repeated."""
        if self._terminal:
            self._write(CLEAR_LINE + text)
        elif text != self._passing:
            self._write(text + "\n")
        self._passing = text

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Say how long what happens inside took, or that it failed."""
        begun = time.monotonic()
        if self._terminal:
            self.pass_by(f"… {name}")
        try:
            yield
        except BaseException:
            self.say(f"✗ {name}")
            raise
        self.say(f"✓ {name:<48} {time.monotonic() - begun:5.1f} s")

    def bar(self, name: str, done: int, total: int) -> None:
        """Show how many of `total` are done."""
        filled = BAR_WIDTH * done // total if total else BAR_WIDTH
        self.pass_by(f"  {name} [{'█' * filled}{'·' * (BAR_WIDTH - filled)}] {done}/{total}")

    def _write(self, text: str) -> None:
        self._out.write(text)
        self._out.flush()

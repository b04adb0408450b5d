"""One Chromium for a worker: started when first wanted, kept from capture to capture, replaced when it is worn."""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sources.archiving.policy import BrowserProgram

from .errors import BrowserError, BrowserUnavailableError
from .program import BrowserProcess
from .protocol import Connection

CAPTURES = 100
START_SECONDS = 30.0


class Browser:
    """A running Chromium and the conversation with it. Raises BrowserUnavailableError if it does not start."""

    def __init__(self, program: BrowserProgram, proxy_host: str) -> None:
        self.made_for = (program, proxy_host)
        self.captures = 0
        self.is_worn = False
        self._owner = os.getpid()
        self._process = BrowserProcess(program, proxy_host=proxy_host)
        self.connection = Connection(self._process.pipe)
        try:
            self.version = self._begin()
        except BrowserError as error:
            words = self._process.last_words()
            self.end()
            raise BrowserUnavailableError(f"{error.detail}; it said: {words or 'nothing'}") from error

    @property
    def pid(self) -> int:
        """The process id of Chromium's main process."""
        return self._process.pid

    @property
    def is_fit(self) -> bool:
        """Whether another capture may be entrusted to it."""
        is_ours = self._owner == os.getpid()
        return is_ours and not self.is_worn and self.captures < CAPTURES and self._process.is_alive

    def end(self) -> None:
        """End it, and all it started."""
        if self._owner == os.getpid():  # a forked child only inherited it
            self._process.end()

    def _begin(self) -> str:
        product = self.connection.call("Browser.getVersion", timeout=START_SECONDS)["product"]
        return str(product)


class BrowserKeeper:
    """Lends its browser to one capture at a time."""

    def __init__(self) -> None:
        self.browser: Browser | None = None
        self._lock = threading.Lock()

    @contextmanager
    def lent(self, program: BrowserProgram, proxy_host: str) -> Iterator[Browser]:
        """A browser that is well. One whose borrower failed is ended, whatever the reason: the next gets another."""
        with self._lock:
            browser = self._fit_for(program, proxy_host)
            browser.captures += 1
            try:
                yield browser
            except BaseException:
                self.end()
                raise

    def end(self) -> None:
        """End the browser, if there is one."""
        browser, self.browser = self.browser, None
        if browser is not None:
            browser.end()

    def _fit_for(self, program: BrowserProgram, proxy_host: str) -> Browser:
        browser = self.browser
        if browser is not None and browser.is_fit and browser.made_for == (program, proxy_host):
            return browser
        self.end()
        self.browser = Browser(program, proxy_host)
        return self.browser


KEEPER = BrowserKeeper()
atexit.register(KEEPER.end)

"""What can go wrong with the browser. All of it may pass: the page is asked for again with another browser."""

from __future__ import annotations

from sources.archiving.errors import ArchivingError


class BrowserError(ArchivingError):
    """The browser could not do what was asked."""

    code = "browser_failed"
    permanent = False


class BrowserCrashedError(BrowserError):
    """The browser, or the tab, is gone."""

    code = "browser_crashed"


class BrowserUnavailableError(BrowserError):
    """No browser could be started."""

    code = "browser_unavailable"


class CommandRefusedError(BrowserError):
    """The browser answered a command with an error."""

    code = "browser_command_refused"


class NoAnswerError(BrowserError):
    """A command was not answered in the time allowed: the page keeps its process busy."""

    code = "browser_no_answer"

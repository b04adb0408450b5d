"""One page in a context of its own: nothing is shared with the capture before, and all of it goes in the end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sources.archiving.policy import Egress

from .browsers import Browser
from .errors import BrowserCrashedError, BrowserError
from .protocol import Connection, Params

WIDTH = 1280
HEIGHT = 800
DIALOGS = 5
CLOSE_SECONDS = 5.0
WORLD = "sightline"


class Tab:
    """The page of one capture. ``connection`` may be used beside it; ``frame`` is its main frame's id."""

    def __init__(self, connection: Connection, context: str, target: str, session: str) -> None:
        self.connection = connection
        self.context = context
        self.session = session
        self.frame = target  # Chromium gives the page and its main frame one id
        self.load_events = 0
        self.dialogs = 0
        self.popups = 0
        self._target = target
        self._world: int | None = None

    def call(self, method: str, params: Params | None = None, *, timeout: float = 10.0) -> Params:
        """A command to the page. Raises BrowserError."""
        return self.connection.call(method, params, session=self.session, timeout=timeout)

    def send(self, method: str, params: Params | None = None) -> None:
        """A command to the page whose result does not matter."""
        self.connection.send(method, params, session=self.session)

    def evaluate(self, function: str, *arguments: object, timeout: float) -> object:
        """What the JavaScript ``function`` returns, a promise awaited, in a world that the page cannot touch.

        Raises BrowserError.
        """
        answer = self.call(
            "Runtime.callFunctionOn",
            {
                "functionDeclaration": function,
                "arguments": [{"value": value} for value in arguments],
                "executionContextId": self._own_world(timeout),
                "returnByValue": True,
                "awaitPromise": True,
            },
            timeout=timeout,
        )
        if "exceptionDetails" in answer:
            raise BrowserError(f"expected a value, got: {answer['exceptionDetails'].get('text')}")
        return answer["result"].get("value")

    def stop_scripts(self) -> None:
        """End what the page's scripts are doing, and let them do no more."""
        self.send("Emulation.setScriptExecutionDisabled", {"value": True})
        self.send("Runtime.terminateExecution")
        self._world = None

    def watch(self) -> None:
        """Keep the page to itself: no dialogs, windows, downloads or workers that outlive it."""
        on = self.connection.on
        on("Page.loadEventFired", self._loaded)
        on("Page.javascriptDialogOpening", self._dismiss)
        on("Target.targetCreated", self._close_popup)
        on("Target.targetCrashed", self._crashed)
        on("Inspector.targetCrashed", self._crashed)
        on("Target.attachedToTarget", self._attached)
        self._enable(self.session)
        self.send("Network.setBypassServiceWorker", {"bypass": True})
        self.connection.send("Target.setDiscoverTargets", {"discover": True})
        self.connection.send(
            "Browser.setDownloadBehavior", {"behavior": "deny", "browserContextId": self.context}
        )
        self.call(
            "Page.enable"
        )  # awaited: a quick page would be there before the page's process had heard of all this

    def _enable(self, session: str) -> None:
        """Have word of what the page, a frame of it or a worker does on the network."""
        attach = {"autoAttach": True, "waitForDebuggerOnStart": False, "flatten": True}
        self.connection.send("Network.enable", session=session)
        self.connection.send("Target.setAutoAttach", attach, session=session)

    def _own_world(self, timeout: float) -> int:
        if self._world is None:
            made = self.call(
                "Page.createIsolatedWorld", {"frameId": self.frame, "worldName": WORLD}, timeout=timeout
            )
            self._world = int(made["executionContextId"])
        return self._world

    def _loaded(self, params: Params, session: str) -> None:
        if session == self.session:
            self.load_events += 1

    def _dismiss(self, params: Params, session: str) -> None:
        self.dialogs += 1
        if self.dialogs >= DIALOGS:
            self.stop_scripts()  # before the script goes on, so that it does not
        is_leaving = params.get("type") == "beforeunload"
        self.connection.send("Page.handleJavaScriptDialog", {"accept": is_leaving}, session=session)

    def _close_popup(self, params: Params, session: str) -> None:
        info = params["targetInfo"]
        is_ours = info.get("browserContextId") == self.context and info["targetId"] != self._target
        if is_ours and info["type"] == "page":
            self.popups += 1
            self.connection.send("Target.closeTarget", {"targetId": info["targetId"]})

    def _crashed(self, params: Params, session: str) -> None:
        if session == self.session or params.get("targetId") == self._target:
            raise BrowserCrashedError("expected the page to live, but its process died")

    def _attached(self, params: Params, session: str) -> None:
        self._enable(params["sessionId"])


@contextmanager
def opened_tab(browser: Browser, egress: Egress) -> Iterator[Tab]:
    """A blank page that reaches the network through ``egress`` alone. Raises BrowserError."""
    connection = browser.connection
    context = connection.call("Target.createBrowserContext", proxy_of(egress))["browserContextId"]
    try:
        yield _tab(connection, context)
    finally:
        connection.forget()
        try:
            connection.call(
                "Target.disposeBrowserContext", {"browserContextId": context}, timeout=CLOSE_SECONDS
            )
        except BrowserError:
            browser.is_worn = True  # what was captured is good all the same


def proxy_of(egress: Egress) -> dict[str, str]:
    """The proxy for everything: by default Chromium would go round it to loopback addresses."""
    return {"proxyServer": egress.address, "proxyBypassList": "<-loopback>"}


def _tab(connection: Connection, context: str) -> Tab:
    page = {"url": "about:blank", "browserContextId": context, "width": WIDTH, "height": HEIGHT}
    target = connection.call("Target.createTarget", page)["targetId"]
    attached = connection.call("Target.attachToTarget", {"targetId": target, "flatten": True})
    return Tab(connection, context, target, attached["sessionId"])

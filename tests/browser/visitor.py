"""A browser's tab with somebody at it, and everything that went wrong on the way."""

from __future__ import annotations

from playwright.sync_api import ConsoleMessage, Error, Page, Request

from .stage import Stage

INLINE = ("data:", "blob:")


class Watch:
    """Collects what a tab complains of: script errors, refusals of the content policy, requests to others."""

    def __init__(self, page: Page, origin: str) -> None:
        self.complaints: list[str] = []
        self._origin = f"{origin}/"
        self._page = page
        page.on("console", self._heard)
        page.on("pageerror", self._failed)
        page.on("request", self._requested)

    def stop(self) -> None:
        """Look away."""
        self._page.remove_listener("console", self._heard)
        self._page.remove_listener("pageerror", self._failed)
        self._page.remove_listener("request", self._requested)

    def _heard(self, message: ConsoleMessage) -> None:
        """The content policy, too, speaks through the console."""
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.type}: {message.text} {message.location.get('url', '')}")

    def _failed(self, error: Error) -> None:
        self.complaints.append(f"script: {error}")

    def _requested(self, request: Request) -> None:
        if not request.url.startswith((self._origin, *INLINE)):
            self.complaints.append(f"request to {request.url}")


def log_in(page: Page, stage: Stage, role: str, password: str | None = None) -> None:
    """Fill the form of the log-in page in and send it."""
    person = stage.users[role]
    page.goto(f"{stage.url}/login/")
    page.fill("#id_username", person["username"])
    page.fill("#id_password", person["password"] if password is None else password)
    page.click("main button[type=submit]")

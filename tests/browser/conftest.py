"""One product and one Chromium for all browser tests, a fresh tab for each."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, StorageState, sync_playwright

from config.embedded.browser import chromium_arguments, chromium_executable

from .stage import Stage, running_stage
from .visitor import log_in

PATIENCE_MS = 15_000
HERE = Path(__file__).parent

Visit = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package")
def stage() -> Iterator[Stage]:
    """The running product. Of the package: nothing of it may still run beside the tests that follow."""
    with running_stage(Path(settings.VAR_DIR) / "browser") as running:
        yield running


@pytest.fixture(scope="package")
def archived(stage: Stage) -> Stage:
    """The same, once every publication of the demonstration case has been preserved."""
    stage.wait_for_captures()
    return stage


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """A headless Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_executable(), args=chromium_arguments())
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def session_of(stage: Stage, chromium: Browser) -> Callable[[str], StorageState]:
    """Logs a role in, once, and remembers its cookies."""

    @functools.cache
    def session(role: str) -> StorageState:
        with chromium.new_context() as context:
            page = context.new_page()
            log_in(page, stage, role)
            page.wait_for_url(f"{stage.url}/")
            return context.storage_state()

    return session


@pytest.fixture
def visit(chromium: Browser, session_of: Callable[[str], StorageState]) -> Iterator[Visit]:
    """Opens a tab, logged in where a role is given; `options` are those of a browser's context."""
    contexts = []

    def open_tab(role: str | None = None, **options: Any) -> Page:
        contexts.append(chromium.new_context(storage_state=session_of(role) if role else None, **options))
        contexts[-1].set_default_timeout(PATIENCE_MS)
        return contexts[-1].new_page()

    yield open_tab
    for context in contexts:
        context.close()

"""Handing in a large file through the page: progress, a broken line, a reload in between."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, Route, expect

from .conftest import Visit
from .stage import Stage

SIZE = 20 * 1024 * 1024 + 17
PLACE = "**/uploads/*/"
ENDED_MS = 60_000


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """A file of three pieces."""
    path = tmp_path / "roof.mp4"
    path.write_bytes(b"\x00\x00\x00\x18ftypisom" + os.urandom(SIZE - 12))
    return path


def open_form(visit: Visit, stage: Stage, number: int) -> Page:
    publication = stage.rows("publications")[number]["id"]
    page = visit("researcher")
    page.goto(stage.page(f"publications/{publication}/"))
    return page


def choose(page: Page, film: Path) -> None:
    page.get_by_text("Hand in a file you hold").click()
    page.set_input_files("#upload-file", film)


def press(page: Page) -> None:
    page.locator("form[data-upload] button").click()


def arrived(page: Page, stage: Stage) -> None:
    """The list on the page says so, and so does the API."""
    line = page.locator("section[aria-labelledby=uploads] .rows li").first
    expect(line).to_contain_text("roof.mp4", timeout=ENDED_MS)
    expect(line.get_by_role("link")).to_be_visible(timeout=ENDED_MS)  # its capture
    newest = stage.rows("uploads")[0]
    assert (newest["received"], newest["capture"] is not None) == (SIZE, True)


def heard(page: Page) -> list[str]:
    """The requests about uploads from now on."""
    requests: list[str] = []

    def note(request: Request) -> None:
        if "/uploads/" in request.url:
            requests.append(request.method)

    page.on("request", note)
    return requests


def test_file_is_sent_in_pieces(stage: Stage, visit: Visit, film: Path) -> None:
    page = open_form(visit, stage, 0)
    requests = heard(page)
    choose(page, film)

    press(page)

    arrived(page, stage)
    assert requests == ["POST", "PATCH", "PATCH", "PATCH"]


def test_broken_line_is_gone_on_with(stage: Stage, visit: Visit, film: Path) -> None:
    page = open_form(visit, stage, 1)
    requests = heard(page)
    breaks = iter([False, True])

    def break_second(route: Route) -> None:
        if route.request.method == "PATCH" and next(breaks, False):
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route(PLACE, break_second)
    choose(page, film)

    press(page)

    arrived(page, stage)
    assert requests == ["POST", "PATCH", "PATCH", "HEAD", "PATCH", "PATCH"]


def test_reload_is_survived(stage: Stage, visit: Visit, film: Path) -> None:
    page = open_form(visit, stage, 2)
    holds = iter([False, True])

    def hold_second(route: Route) -> None:
        if route.request.method == "PATCH" and next(holds, False):
            return  # never sent on: the reload ends it
        route.continue_()

    page.route(PLACE, hold_second)
    choose(page, film)
    press(page)
    expect(page.locator("[data-upload-words]")).to_contain_text("8.4 MB of 21 MB sent")

    page.reload()
    requests = heard(page)
    choose(page, film)
    press(page)

    arrived(page, stage)
    assert requests == ["HEAD", "PATCH", "PATCH"]


def test_without_script_the_form_sends_it_whole(stage: Stage, visit: Visit, tmp_path: Path) -> None:
    small = tmp_path / "note.pdf"
    small.write_bytes(b"%PDF-1.7 a small one")
    publication = stage.rows("publications")[3]["id"]
    page = visit("researcher", java_script_enabled=False)
    page.goto(stage.page(f"publications/{publication}/"))
    choose(page, small)

    press(page)

    expect(page.locator(".notice-success")).to_contain_text("has arrived")
    assert stage.rows("uploads")[0]["filename"] == "note.pdf"

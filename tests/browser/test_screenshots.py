"""Screenshots of the demonstration case: beside the test's other files, and into docs/ when asked for."""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from PIL import Image
from playwright.sync_api import Page, expect

from tests.processes import ROOT

from .conftest import Visit
from .stage import Stage

SIGHTING = "Air defence on the president's residence (headline)"  # with support and refutation
ARTICLE = "Launcher seen on a ministry roof in Moscow (stand-in)"
VIDEO = "Видео: что гудит за забором (условная копия)"
WIDTH, TALLEST = 1280, 1600
MARGIN = 24
LARGEST = 600_000
SHOWN_MS = 40_000
#: Where pictures may end: after a card, a row or the footer, never in the middle of one.
ENDS = """limit => Math.max(...[...document.querySelectorAll(".evidence, tr, footer")]
  .map(element => element.getBoundingClientRect().bottom)
  .filter(bottom => bottom <= limit))"""
FOLDERS = [Path(settings.VAR_DIR) / "screenshots"]
if os.environ.get("SIGHTLINE_SCREENSHOTS") == "1":
    FOLDERS.append(ROOT / "docs" / "screenshots")


def address(stage: Stage, name: str) -> str:
    """The address of the page that a picture shows."""
    if name == "sighting":
        return stage.page(f"sightings/{stage.one('sightings', title=SIGHTING)['id']}/")
    if name == "capture":
        video = stage.one("publications", title=VIDEO)["id"]
        return stage.page(f"captures/{stage.one('captures', publication=video)['id']}/")
    if name == "replay":
        article = stage.one("publications", title=ARTICLE)["id"]
        return stage.page(f"captures/{stage.one('captures', publication=article)['id']}/replay/")
    return stage.page("" if name == "overview" else f"{name}/")


def picture_of(page: Page) -> bytes:
    """The page from its top to the last thing that fits whole."""
    height = page.evaluate(ENDS, TALLEST - MARGIN) + MARGIN
    taken = page.screenshot(clip={"x": 0, "y": 0, "width": WIDTH, "height": height})
    held = BytesIO()
    Image.open(BytesIO(taken)).convert("RGB").save(held, "PNG", optimize=True)
    return held.getvalue()


@pytest.mark.parametrize("name", ["overview", "sightings", "sighting", "capture"])
def test_a_screenshot_shows_the_page_with_its_pictures(archived: Stage, visit: Visit, name: str) -> None:
    page = visit("researcher", viewport={"width": WIDTH, "height": TALLEST})
    page.goto(address(archived, name), wait_until="networkidle")
    page.wait_for_function("[...document.images].every(image => image.complete && image.naturalWidth)")
    keep(name, picture_of(page))


def test_a_screenshot_shows_a_replayed_page(archived: Stage, visit: Visit) -> None:
    page = visit("researcher", viewport={"width": WIDTH, "height": TALLEST}, locale="en-GB")
    page.goto(address(archived, "replay"))
    page.wait_for_selector("[data-replay][data-state=shown]", timeout=SHOWN_MS)
    replayed = page.frame_locator("iframe.replay-frame").frame_locator("iframe").frame_locator("iframe")
    expect(replayed.locator("img").first).to_be_visible(timeout=SHOWN_MS)
    page.wait_for_load_state("networkidle")
    keep("replay", picture_of(page))


def keep(name: str, picture: bytes) -> None:
    """Write a picture to where pictures go."""
    assert len(picture) < LARGEST
    for folder in FOLDERS:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.png").write_bytes(picture)

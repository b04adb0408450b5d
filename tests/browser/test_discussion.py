"""Two people of a case talk about a sighting: one mentions the other, who is told and follows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Page, ViewportSize, expect

from .conftest import Visit
from .stage import Stage
from .visitor import Watch

CONTRAST = (Path(__file__).parent / "contrast.js").read_text(encoding="utf-8")
PHONE: ViewportSize = {"width": 390, "height": 844}
HOSTILE = "<img src=x onerror=alert(1)> https://herald.example/snow \N{RIGHT-TO-LEFT OVERRIDE}\n\tlook"


def sighting_page(stage: Stage) -> str:
    return stage.page(f"sightings/{stage.rows('sightings')[0]['id']}/")


def fits_and_is_readable(page: Page, name: str) -> None:
    """Whether a page holds on a phone, by day and by night; a picture of it is kept beside the test's other files."""
    page.set_viewport_size(PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate(CONTRAST) == []
        page.screenshot(path=Path(settings.VAR_DIR) / "screenshots" / f"{name}-{scheme}.png", full_page=True)
    page.set_viewport_size({"width": 1280, "height": 800})


@pytest.mark.parametrize("has_script", [True, False], ids=["with script", "without script"])
def test_a_mention_reaches_whom_it_names(stage: Stage, visit: Visit, has_script: bool) -> None:
    reviewer = visit("reviewer", java_script_enabled=has_script)
    author = visit("researcher", java_script_enabled=has_script)
    watch = Watch(author, stage.url)
    author.goto(sighting_page(stage))
    name = str(stage.users["reviewer"]["username"])

    author.get_by_label("Comment", exact=True).fill(f"@{name} {HOSTILE}")
    author.get_by_role("button", name="Comment", exact=True).click()

    comment = author.locator("li.comment").last
    expect(comment.locator(".said")).to_have_text(f"@{name} {HOSTILE}", use_inner_text=False)
    expect(comment.locator(".mention")).to_have_text(f"@{name}")
    expect(comment.locator(".said a")).to_have_attribute("rel", re.compile("noreferrer"))
    author.get_by_label("Who is to see to it").select_option(name)
    author.get_by_role("button", name="Assign").click()
    expect(author.locator(".discussion")).to_contain_text("is to see to this")
    watch.stop()
    assert watch.complaints == []

    reviewer.goto(stage.url)
    reviewer.get_by_role("link", name="Notices").click()
    expect(reviewer.locator(".notices .unread").first).to_be_visible()
    if has_script:
        fits_and_is_readable(reviewer, "notices")
    reviewer.locator(".notices .unread", has_text="mentions you").locator("a").first.click()
    expect(reviewer.locator("li.comment:target .said")).to_contain_text("look")
    if has_script:
        fits_and_is_readable(reviewer, "discussion")
    reviewer.get_by_role("link", name="Notices").click()
    reviewer.get_by_role("button", name="Mark all as read").click()
    expect(reviewer.locator(".bell-count")).to_have_count(0)
    author.get_by_label("Who is to see to it").select_option("")
    author.get_by_role("button", name="Assign").click()
    expect(author.locator(".discussion")).to_contain_text("Nobody is asked")

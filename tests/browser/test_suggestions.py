"""Suggested derivations are decided on by one key each, and what rests on them is weighed anew."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from tests.processes import wait_until

from .conftest import Visit
from .stage import CASE, DATABASE, Stage, manage

ITEMS = "[data-suggestions] [data-suggestion]"
PAGE = "social/zarechye-video.html"
#: Two sources of the demonstration case that are usually reliable, each under an owner of its own.
INDEPENDENT = ("The Guardian", "Meduza")


@pytest.fixture(scope="module")
def suggesting(archived: Stage) -> Stage:
    """The product once derivations have been suggested by what was read of the demonstration case."""
    wait_until(lambda: len(waiting(archived)) >= 3, "derivations are suggested")
    return archived


def waiting(stage: Stage) -> list[str]:
    """The ids of the suggestions that nobody has decided on."""
    return [row["id"] for row in stage.rows("derivation-suggestions") if row["state"] == "open"]


def between(stage: Stage, *ends: str) -> list[str]:
    """The ids of those about these two publications."""
    asked = f"investigations/{CASE}/derivation-suggestions/?state=open&publication={ends[0]}"
    rows = stage.ask(asked)["results"]
    return [row["id"] for row in rows if {row["publication"]["id"], row["derives_from"]["id"]} == set(ends)]


@pytest.fixture
def listed(suggesting: Stage, visit: Visit) -> Page:
    """The list of suggestions, as a researcher sees it."""
    page = visit("researcher")
    page.goto(suggesting.page("suggestions/"))
    return page


def test_the_keys_lead_from_one_suggestion_to_the_next_and_back(listed: Page) -> None:
    items = listed.locator(ITEMS)
    expect(items.first).to_be_focused()
    listed.keyboard.press("k")  # no further than the first
    expect(items.first).to_be_focused()
    listed.keyboard.press("j")
    expect(items.nth(1)).to_be_focused()
    listed.keyboard.press("k")
    expect(items.first).to_be_focused()


def test_x_rejects_the_one_that_has_the_focus(suggesting: Stage, listed: Page) -> None:
    before = waiting(suggesting)
    listed.keyboard.press("j")
    listed.keyboard.press("x")
    expect(listed.get_by_role("status")).to_contain_text("It does not come back")
    assert waiting(suggesting) == [before[0], *before[2:]]
    expect(listed.locator(ITEMS).first).to_be_focused()  # ready for the next


def test_keys_typed_in_a_field_decide_nothing(suggesting: Stage, listed: Page) -> None:
    before = waiting(suggesting)
    for name in ("kind", "ground"):
        listed.locator(f"select[name={name}]").first.focus()
        listed.keyboard.press("a")
        listed.keyboard.press("x")
    listed.locator(ITEMS).first.focus()
    listed.keyboard.press("Control+a")
    listed.reload()
    assert waiting(suggesting) == before


def test_without_script_the_buttons_decide(suggesting: Stage, visit: Visit) -> None:
    before = waiting(suggesting)
    page = visit("researcher", java_script_enabled=False)
    page.goto(suggesting.page("suggestions/"))
    page.get_by_role("button", name="Reject").first.click()
    expect(page.get_by_role("status")).to_contain_text("It does not come back")
    assert waiting(suggesting) == before[1:]


def test_the_word_changes_when_an_analyst_accepts_a_suggestion(suggesting: Stage, visit: Visit) -> None:
    publications = [
        one_that_shows_the_same(suggesting, number, name) for number, name in enumerate(INDEPENDENT)
    ]
    claim = suggesting.ask(f"investigations/{CASE}/sightings/", {"title": "A launcher behind a fence"})["id"]
    for publication in publications:
        cited = {"sighting": claim, "publication": publication, "stance": "supports", "credibility": "2"}
        suggesting.ask(f"investigations/{CASE}/evidence/", cited)
    wait_until(lambda: bool(between(suggesting, *publications)), "the derivation is suggested")
    page = visit("researcher")
    assert word_on(page, suggesting, claim) == "Very likely"
    page.goto(suggesting.page(f"suggestions/?publication={publications[0]}"))
    page.locator(f"#suggestion-{between(suggesting, *publications)[0]}").focus()
    page.keyboard.press("a")
    expect(page.get_by_role("status")).to_contain_text("Recorded:")
    assert word_on(page, suggesting, claim) == "Likely"


def one_that_shows_the_same(stage: Stage, number: int, source: str) -> str:
    """A preserved publication of a source of the demonstration case, with the same content each time."""
    named = next(row["id"] for row in stage.ask("sources/")["results"] if row["name"] == source)
    address = f"{stage.site}/{PAGE}?copy={number}"
    given = {"url": address, "source": named, "published": f"2023-01-{15 + number}"}
    publication: str = stage.ask(f"investigations/{CASE}/publications/", given)["id"]
    stage.archive(address)
    return publication


def word_on(page: Page, stage: Stage, claim: str) -> str:
    """The word on a sighting's page once it is recomputed, which in an instance the clock rings for."""
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{DATABASE}").geturl()
    log = Path(settings.VAR_DIR) / "browser" / "recompute.log"
    manage({**os.environ, "DATABASE_URL": database}, log, "recompute_assessments")
    page.goto(stage.page(f"sightings/{claim}/"))
    return page.locator(".assessment-word strong").inner_text()

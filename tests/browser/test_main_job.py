"""The main job, as a researcher does it: log a sighting, attach a publication, see it preserved."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from .conftest import Visit
from .stage import Stage
from .visitor import log_in

CASE = "moscow-air-defence"
ENDED_MS = 40_000


def log_a_sighting(page: Page, stage: Stage) -> None:
    page.goto(f"{stage.url}/cases/{CASE}/sightings/")
    page.get_by_role("link", name="Log a sighting").first.click()
    page.fill("#id_title", "A launcher by the pond in Zarechye")
    page.fill("#id_equipment", "Панцирь-С1")
    page.fill("#id_when", "2023-01-06~")
    page.select_option("#id_place", label="Zarechye, Odintsovo district")
    page.click(".form-end button")
    # The demonstration case has one there already: what is like it is shown before anything is saved.
    expect(page.get_by_role("alert")).to_contain_text("It is not logged yet")
    expect(page.locator("#duplicates")).to_contain_text("the same place, Zarechye")
    page.get_by_role("button", name="It is another one: log it").click()


def attach(page: Page, url: str) -> None:
    page.get_by_role("link", name="Attach evidence").click()
    page.fill("#id_url", url)
    page.fill("#id_new_source", "A witness in Zarechye")
    page.get_by_label("supports").check()
    page.get_by_label("3: ").check()
    page.click(".form-end button")


def test_a_sighting_gets_evidence_whose_picture_is_preserved_and_shown(stage: Stage, visit: Visit) -> None:
    page = visit()
    log_in(page, stage, "researcher")
    log_a_sighting(page, stage)
    expect(page.locator("main")).to_contain_text("around 6 January 2023")
    expect(page.locator(".facts")).to_contain_text("Pantsir-S1")
    attach(page, f"{stage.site}/social/zarechye-video.html?seen=again")  # an address new to the case
    # No reload: the page asks for itself until the worker is done.
    thumbnail = page.locator(".capture-status .media img").first
    expect(thumbnail).to_be_visible(timeout=ENDED_MS)
    expect(page.locator(".capture-status")).to_contain_text("Complete")
    thumbnail.scroll_into_view_if_needed()
    page.wait_for_function(
        "image => image.complete && image.naturalWidth > 0", arg=thumbnail.element_handle()
    )

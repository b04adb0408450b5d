"""Forms say what is wrong, keep what was typed, and need no mouse."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from .conftest import Visit
from .stage import Stage
from .visitor import log_in

FOCUSED = (
    "document.activeElement.id || document.activeElement.name || document.activeElement.textContent.trim()"
)
PRESSES = 60


def test_a_wrong_password_is_said_and_the_name_is_kept(stage: Stage, visit: Visit) -> None:
    page = visit()
    log_in(page, stage, "viewer", password="not the password")
    expect(page.get_by_role("alert")).to_contain_text("correct username and password")
    expect(page.locator("#id_username")).to_have_value("viewer")
    expect(page.locator("#id_password")).to_have_value("")


def test_a_wrong_date_is_explained_beside_the_text_that_was_typed(stage: Stage, visit: Visit) -> None:
    page = visit("researcher")
    page.goto(stage.page("sightings/new/"))
    page.fill("#id_title", "A launcher on a roof")
    page.fill("#id_when", "6th of January")
    page.click(".form-end button")
    expect(page.locator("#id_when_error")).to_contain_text("6th of January", use_inner_text=True)
    expect(page.locator("#id_when")).to_have_value("6th of January")
    expect(page.locator("#id_title")).to_have_value("A launcher on a roof")


def test_the_list_of_problems_is_read_first_and_leads_to_the_field(stage: Stage, visit: Visit) -> None:
    page = visit("researcher")
    page.goto(stage.page("sightings/new/"))
    page.click(".form-end button")
    expect(page.locator(".problems")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#id_title")).to_be_focused()


def tabbed_through(page: Page) -> list[str]:
    """What takes the focus one after the other, from the top of the page round to it again."""
    reached: list[str] = []
    for _ in range(PRESSES):
        page.keyboard.press("Tab")
        reached.append(page.evaluate(FOCUSED))
        if reached[-1] == "Cancel":
            break
    return reached


def test_a_sighting_can_be_logged_without_a_mouse(stage: Stage, visit: Visit) -> None:
    page = visit("researcher")
    page.goto(stage.page("sightings/new/"))
    reached = tabbed_through(page)
    fields = page.locator(".record :is(input:not([type=hidden], [type=radio]), select, textarea)")
    wanted = [field.get_attribute("id") for field in fields.all()]
    assert [name for name in reached if name in wanted] == wanted  # all, in the order of reading
    assert reached[0] == "Skip to content"
    assert any(name.startswith("id_status_") for name in reached)
    assert reached[-2:] == ["Log the sighting", "Cancel"]


@pytest.mark.parametrize("typed", ["Панцирь", "pantsir", "SA-22"])
def test_equipment_is_offered_by_any_of_its_names(stage: Stage, visit: Visit, typed: str) -> None:
    page = visit("researcher")
    page.goto(stage.page("sightings/new/"))
    page.locator("#id_equipment").press_sequentially(typed)
    offered = page.locator("#equipment-names option", has_text=f"{typed} · Pantsir-S1").first
    expect(offered).to_be_attached()

"""What a page offers depends on who looks."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .conftest import Visit
from .stage import Stage

WRITING = "main form[method=post], main a.button"
PATHS = ["", "sightings/", "sightings/{sighting}/", "publications/{publication}/", "captures/{capture}/"]
FORM_PATHS = ["sightings/new/", "sightings/{sighting}/evidence/new/"]


@pytest.fixture(scope="module")
def names(archived: Stage) -> dict[str, str]:
    found = {name: archived.rows(f"{name}s")[0]["id"] for name in ("sighting", "publication", "capture")}
    return {**found, "sighting": archived.rows("evidence")[0]["sighting"]}  # one with evidence to withdraw


@pytest.mark.parametrize("path", PATHS)
def test_a_viewer_sees_no_way_to_write(stage: Stage, visit: Visit, names: dict[str, str], path: str) -> None:
    page = visit("viewer")
    page.goto(stage.page(path.format_map(names)))
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator(WRITING)).to_have_count(0)
    expect(page.get_by_role("link", name="Log a sighting")).to_have_count(0)


@pytest.mark.parametrize("path", PATHS[1:])
def test_a_researcher_sees_the_ways_to_write(
    stage: Stage, visit: Visit, names: dict[str, str], path: str
) -> None:
    page = visit("researcher")
    page.goto(stage.page(path.format_map(names)))
    expect(page.locator(WRITING)).not_to_have_count(0)


@pytest.mark.parametrize("path", FORM_PATHS)
def test_a_form_tells_a_viewer_that_it_is_not_theirs(
    stage: Stage, visit: Visit, names: dict[str, str], path: str
) -> None:
    page = visit("viewer")
    page.goto(stage.page(path.format_map(names)))
    expect(page.locator("h1")).to_have_text("Your role does not allow this")


@pytest.fixture
def foreign_case(stage: Stage, visit: Visit) -> str:
    """The address of a case of the admin's alone, opened over REST with a browser's session."""
    admin = visit("admin")
    admin.goto(stage.url)
    cookies = {str(cookie.get("name")): str(cookie.get("value")) for cookie in admin.context.cookies()}
    answer = admin.request.post(
        f"{stage.url}/api/v1/investigations/",
        data={"slug": "foreign", "title": "Foreign"},
        headers={"X-CSRFToken": cookies["csrftoken"]},
    )
    assert answer.ok, answer.text()
    return f"{stage.url}/cases/foreign/"


def test_an_outsider_is_told_nothing(stage: Stage, visit: Visit, foreign_case: str) -> None:
    page = visit("viewer")
    seen = []
    for address in (foreign_case, f"{stage.url}/cases/nobody-has-this-case/"):
        answer = page.goto(address)
        assert answer is not None
        seen.append((answer.status, page.title(), page.locator("main").inner_text()))
    assert seen[0] == seen[1]
    assert seen[0][0] == 404


def test_a_stranger_is_asked_to_log_in_and_led_back(stage: Stage, visit: Visit) -> None:
    page = visit()
    page.goto(stage.page("sightings/"))
    expect(page).to_have_url(f"{stage.url}/login/?next=/cases/moscow-air-defence/sightings/")
    page.fill("#id_username", stage.users["viewer"]["username"])
    page.fill("#id_password", stage.users["viewer"]["password"])
    page.click("main button[type=submit]")
    expect(page).to_have_url(stage.page("sightings/"))

"""Every main page opens without a complaint, on a screen, on a phone, by day and by night."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, StorageState, ViewportSize, expect

from .conftest import Visit
from .stage import CASE, Stage
from .visitor import Watch

CONTRAST = (Path(__file__).parent / "contrast.js").read_text(encoding="utf-8")
GROUND = "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)"
#: Once the page has been drawn, so that it has had its say.
SETTLED = "new Promise(done => requestAnimationFrame(() => setTimeout(done)))"
PHONE: ViewportSize = {"width": 390, "height": 844}
SCREEN: ViewportSize = {"width": 1280, "height": 800}
NOBODY = "00000000-0000-7000-8000-000000000000"

#: Our own pages by name, as addresses in which `{names}` stand for things of the demonstration case.
PAGES = {
    "home": "/",
    "overview": "/cases/{case}/",
    "sightings": "/cases/{case}/sightings/",
    "sightings, narrowed": "/cases/{case}/sightings/?status=proposed&first=2023-01-01&last=2023-01-31",
    "sightings, none": "/cases/{case}/sightings/?title=nothing+is+called+this",
    "sighting": "/cases/{case}/sightings/{sighting}/",
    "new sighting": "/cases/{case}/sightings/new/",
    "evidence form": "/cases/{case}/sightings/{sighting}/evidence/new/",
    "matrix": "/cases/{case}/sightings/{sighting}/matrix/",
    "relation form": "/cases/{case}/sightings/{sighting}/relate/",
    "withdrawal": "/cases/{case}/evidence/{evidence}/withdraw/",
    "review queue": "/cases/{case}/reviews/",
    "review": "/cases/{case}/sightings/{sighting}/review/",
    "reopening": "/cases/{case}/sightings/{sighting}/review/reopen/",
    "invalidation form": "/cases/{case}/publications/{publication}/invalidate/",
    "sources": "/cases/{case}/sources/",
    "source": "/cases/{case}/sources/{source}/",
    "source record": "/cases/{case}/sources/{source}/record/",
    "rating preview": "/cases/{case}/sources/{source}/rating-preview/?reliability=D",
    "who controls a source": "/cases/{case}/sources/{source}/control/",
    "owners": "/cases/{case}/owners/",
    "owner": "/cases/{case}/owners/{owner}/",
    "publications": "/cases/{case}/publications/",
    "publication": "/cases/{case}/publications/{publication}/",
    "derivation form": "/cases/{case}/publications/{publication}/origin/",
    "suggestions": "/cases/{case}/suggestions/",
    "captures": "/cases/{case}/captures/",
    "capture": "/cases/{case}/captures/{capture}/",
    "media search": "/cases/{case}/pictures/",
    "media search, with a file": "/cases/{case}/pictures/?file={file}",
    "changes": "/cases/{case}/changes/",
    "discussion": "/cases/{case}/discussion/evidence/{evidence}/",
    "notices": "/notices/",
    "not found": f"/cases/{{case}}/sightings/{NOBODY}/",
}
#: Pages that libraries draw.
LIBRARY_PAGES = {
    "admin": "/admin/",
    "admin, people": "/admin/osint/user/",
    "admin, a person": "/admin/osint/user/add/",
    "admin, changes": "/admin/osint/change/",
    "admin, a capture": "/admin/sources/capture/{capture}/change/",
    "admin, sightings": "/admin/sightings/sighting/",
    "admin, new place": "/admin/sightings/place/add/",
    "admin, evidence": "/admin/sightings/evidence/{evidence}/change/",
}
ours = pytest.mark.parametrize("name", PAGES)


@pytest.fixture(scope="module")
def names(archived: Stage) -> dict[str, str]:
    """One of each thing."""
    lists = {
        "sighting": "sightings",
        "publication": "publications",
        "capture": "captures",
        "evidence": "evidence",
    }
    found = {name: archived.rows(path)[0]["id"] for name, path in lists.items()}
    found["owner"] = archived.ask("owners/")["results"][0]["id"]
    found["file"] = next(row["id"] for row in archived.rows("files") if row["thumbnail"])
    return {"case": CASE, "source": archived.ask("sources/")["results"][0]["id"], **found}


@pytest.fixture(scope="module")
def tab(chromium: Browser, session_of: Callable[[str], StorageState]) -> Iterator[Page]:
    """One tab for all pages, of the admin, who may see them all."""
    with chromium.new_context(storage_state=session_of("admin"), viewport=SCREEN) as context:
        yield context.new_page()


def complaints_about(tab: Page, url: str, origin: str, expected: str = "") -> list[str]:
    """What went wrong at this address, but for the complaint that is expected."""
    watch = Watch(tab, origin)
    tab.goto(url)
    tab.evaluate(SETTLED)
    watch.stop()
    return [complaint for complaint in watch.complaints if not expected or expected not in complaint]


@pytest.mark.parametrize("path", [*PAGES.values(), *LIBRARY_PAGES.values()], ids=[*PAGES, *LIBRARY_PAGES])
def test_a_page_opens_without_a_complaint(tab: Page, stage: Stage, names: dict[str, str], path: str) -> None:
    expected = "status of 404" if NOBODY in path else ""
    assert complaints_about(tab, stage.url + path.format_map(names), stage.url, expected) == []


def test_the_api_documentation_lists_what_can_be_done(tab: Page, stage: Stage) -> None:
    watch = Watch(tab, stage.url)
    tab.goto(f"{stage.url}/api/v1/docs/")
    expect(tab.locator(".opblock").first).to_be_visible()
    watch.stop()
    assert watch.complaints == []


def test_the_log_in_page_opens_without_a_complaint(stage: Stage, visit: Visit) -> None:
    assert complaints_about(visit(), f"{stage.url}/login/", stage.url) == []


def test_the_log_in_page_fits_a_phone_and_is_readable(stage: Stage, visit: Visit) -> None:
    page = visit(viewport=PHONE)
    page.goto(f"{stage.url}/login/")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert by_day_and_by_night(page, CONTRAST) == ([], [])


@ours
def test_a_page_fits_a_phone(tab: Page, stage: Stage, names: dict[str, str], name: str) -> None:
    tab.set_viewport_size(PHONE)
    tab.goto(stage.url + PAGES[name].format_map(names))
    assert tab.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


@ours
def test_a_page_is_readable_by_day_and_by_night(
    tab: Page, stage: Stage, names: dict[str, str], name: str
) -> None:
    tab.goto(stage.url + PAGES[name].format_map(names))
    assert by_day_and_by_night(tab, CONTRAST) == ([], [])


def test_day_is_light_and_night_is_dark(tab: Page, stage: Stage) -> None:
    tab.goto(stage.url)
    day, night = by_day_and_by_night(tab, GROUND)
    assert max(night) < 64 < 192 < min(day)


def by_day_and_by_night(tab: Page, expression: str) -> tuple[list[Any], list[Any]]:
    """What a script finds on the page when the reader's system is light, and when it is dark."""
    tab.emulate_media(color_scheme="light")
    day = tab.evaluate(expression)
    tab.emulate_media(color_scheme="dark")
    return day, tab.evaluate(expression)

"""Preserved pages are seen as they were, and their script reaches nothing: not us, not each other, not the live web."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Frame, Page, expect

from tests.processes import wait_until

from .canary import Canary, listening
from .conftest import Visit
from .stage import CASE, Stage

HOSTILE = Path(__file__).parent / "hostile"
SHOWN = "[data-replay][data-state=shown]"
PATIENCE_MS = 40_000
SECRET = "known to the application alone"
LOCALE = "en-GB"  # a headless browser may otherwise name one that the reader cannot parse
#: Answers that hold nothing of the application's: the attempt was refused, or led nowhere.
HARMLESS = ("refused: ", "no answer")
READING = {
    *(
        "cookies of the top",
        "text of the top",
        "script in the top",
        "opener",
        "storage of the top",
        "api",
        "page",
    ),
    *("log-out", "navigation of the top", "top to the web", "fetch", "service worker", "font"),
}


@pytest.fixture(scope="module")
def canary() -> Iterator[Canary]:
    """Somebody on the live web."""
    with listening() as bird:
        yield bird


@pytest.fixture(scope="module")
def site(stage: Stage, canary: Canary) -> str:
    """The pages of this test on the site that is archived; returns the address of their folder."""
    folder = stage.site_folder / "hostile"
    shutil.copytree(HOSTILE, folder, dirs_exist_ok=True)
    Image.new("RGB", (40, 30), "red").save(folder / "picture.png")
    places = {"CANARY": canary.url, "STUN": canary.datagrams, "APP": stage.url}
    attempts = filled((folder / "attempts.js").read_text(encoding="utf-8"), places)
    for name in ("page.html", "drawing.svg"):
        text = filled((folder / name).read_text(encoding="utf-8"), places)
        quoted = json.dumps(attempts).replace("</", "<\\/")
        (folder / name).write_text(text.replace("ATTEMPTS", quoted), encoding="utf-8")
    return f"{stage.site}/hostile"


@pytest.fixture(scope="module")
def lively(stage: Stage, site: str) -> str:
    """A capture of a page whose script changes it."""
    return stage.archive(f"{site}/lively.html")


@pytest.fixture(scope="module")
def hostile(stage: Stage, site: str) -> str:
    """A capture of a page that means harm."""
    return stage.archive(f"{site}/page.html")


def filled(text: str, places: Mapping[str, str]) -> str:
    for name, place in places.items():
        text = text.replace(name, place)
    return text


def open_replay(page: Page, stage: Stage, capture: str) -> None:
    page.goto(stage.page(f"captures/{capture}/replay/"))
    page.wait_for_selector(SHOWN, timeout=PATIENCE_MS)


def archived(page: Page, name: str) -> Frame:
    """The frame that shows the archived page."""
    found: list[Frame] = []

    def look() -> bool:
        page.wait_for_timeout(50)  # lets the browser tell of its frames
        found[:] = [frame for frame in page.frames if frame.url.endswith(f"mp_/{name}")]
        return bool(found)

    wait_until(look, f"{name} is replayed")
    return found[0]


def test_an_archived_page_is_shown_with_its_picture_and_its_script(
    stage: Stage, visit: Visit, site: str, lively: str
) -> None:
    page = visit("viewer", locale=LOCALE)
    open_replay(page, stage, lively)
    frame = archived(page, f"{site}/lively.html")
    expect(frame.locator("h1")).to_have_text("After its script ran")
    frame.wait_for_function("document.getElementById('picture').naturalWidth === 40")


def test_where_and_when_it_was_taken_stays_in_sight(
    stage: Stage, visit: Visit, site: str, lively: str
) -> None:
    page = visit("viewer", locale=LOCALE)
    open_replay(page, stage, lively)
    facts = page.locator(".replay-facts")
    for fact in (f"{site}/lively.html", "UTC", "HTTP client", "SHA-256"):
        expect(facts).to_contain_text(fact)


def test_a_replay_fits_a_phone(stage: Stage, visit: Visit, lively: str) -> None:
    page = visit("viewer", locale=LOCALE, viewport={"width": 390, "height": 844})
    open_replay(page, stage, lively)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    frame = page.locator("iframe.replay-frame").bounding_box()
    assert frame is not None
    assert frame["width"] > 300


def test_a_renewed_link_is_what_the_archive_is_asked_with(stage: Stage, visit: Visit, lively: str) -> None:
    page = visit("viewer", locale=LOCALE)
    open_replay(page, stage, lively)
    viewer = next(frame for frame in page.frames if "/view/" in frame.url)
    kept = "caches.open('links').then(c => c.match(document.body.dataset.archive)).then(r => r.text())"
    page.evaluate(
        "() => { const figure = document.querySelector('[data-replay]');"
        " figure.querySelector('iframe').contentWindow.postMessage({ link: 'renewed' }, figure.dataset.origin); }"
    )
    wait_until(lambda: viewer.evaluate(kept) == "renewed", "the worker has the renewed link")


def test_nobody_but_the_page_around_it_can_renew_a_link(stage: Stage, visit: Visit, lively: str) -> None:
    page = visit("viewer", locale=LOCALE)
    open_replay(page, stage, lively)
    viewer = next(frame for frame in page.frames if "/view/" in frame.url)
    kept = "caches.open('links').then(c => c.match(document.body.dataset.archive)).then(r => r.text())"
    before = viewer.evaluate(kept)
    viewer.evaluate("window.postMessage({ link: 'forged' }, '*')")
    page.wait_for_timeout(500)  # nothing happens, so there is nothing to wait for
    assert viewer.evaluate(kept) == before


def learnt_by(page: Page, stage: Stage, site: str, hostile: str) -> dict[str, str]:
    """What the hostile page has found out when it has tried everything."""
    page.goto(stage.page())
    page.evaluate(f"localStorage.setItem('secret', {json.dumps(SECRET)})")
    open_replay(page, stage, hostile)
    frame = archived(page, f"{site}/page.html")
    assert "native code" in frame.evaluate(
        "document.documentElement.dataset.bare"
    )  # it has escaped all wrapping
    bare = frame.child_frames[0]
    bare.wait_for_selector("[data-learnt]", state="attached", timeout=60_000)
    learnt: dict[str, str] = json.loads(bare.evaluate("document.documentElement.dataset.learnt"))
    return learnt


def test_a_hostile_archived_page_learns_nothing_and_changes_nothing(
    stage: Stage, visit: Visit, site: str, hostile: str, canary: Canary
) -> None:
    page = visit("researcher", locale=LOCALE)
    canary.heard.clear()
    learnt = learnt_by(page, stage, site, hostile)
    address, title = page.url, page.title()
    assert {
        name: said for name, said in learnt.items() if name in READING and not said.startswith(HARMLESS)
    } == {}
    assert learnt["cookies"] == ""
    assert learnt["window"] == learnt["window of the web"] == "null"
    assert learnt["worker"] == "refused"
    assert all(SECRET not in said and "moscow" not in said for said in learnt.values())
    assert address == stage.page(f"captures/{hostile}/replay/")
    assert "taken over" not in title
    page.goto(stage.page())
    expect(page.get_by_role("button", name="Log out")).to_be_visible()  # still logged in
    assert page.evaluate("localStorage.getItem('secret')") == SECRET


def test_nobody_on_the_live_web_hears_of_a_replay(
    stage: Stage, visit: Visit, site: str, hostile: str, canary: Canary
) -> None:
    page = visit("researcher", locale=LOCALE)
    canary.heard.clear()
    learnt_by(page, stage, site, hostile)
    frame = archived(page, f"{site}/page.html")
    assert frame.evaluate("document.documentElement.dataset.peer") == "ReferenceError"
    page.wait_for_timeout(1000)  # for what comes late
    assert canary.heard == []


def test_opened_alive_the_same_page_is_heard(visit: Visit, site: str, canary: Canary) -> None:
    page = visit()
    canary.heard.clear()
    page.goto(f"{site}/page.html")
    wait_until(lambda: {"connection", "datagram"} <= set(canary.heard), "the canary hears the page")


def test_a_drawing_of_an_archive_runs_no_script(stage: Stage, visit: Visit, site: str, hostile: str) -> None:
    page = visit("viewer", locale=LOCALE)
    open_replay(page, stage, hostile)
    frame = archived(page, f"{site}/page.html")
    drawing = frame.child_frames[1]
    drawing.wait_for_load_state()
    assert drawing.url.endswith("drawing.svg")
    assert drawing.evaluate("document.documentElement.dataset.ran ?? 'no'") == "no"


def test_two_captures_share_no_storage(stage: Stage, visit: Visit, lively: str, hostile: str) -> None:
    page = visit("viewer", locale=LOCALE)
    open_replay(page, stage, lively)
    first = next(frame for frame in page.frames if "/view/" in frame.url)
    assert first.evaluate("indexedDB.databases().then(all => all.length)") > 0
    first_origin = first.evaluate("origin")
    open_replay(page, stage, hostile)
    second = next(frame for frame in page.frames if "/view/" in frame.url)
    assert second.evaluate("origin") != first_origin
    names = second.evaluate("indexedDB.databases().then(all => all.map(each => each.name).join(' '))")
    assert lively not in names


def test_two_captures_are_replayed_side_by_side(stage: Stage, visit: Visit, site: str, lively: str) -> None:
    again = stage.archive(f"{site}/lively.html")
    publication = stage.ask(f"investigations/{CASE}/captures/{again}/")["publication"]
    page = visit("viewer", locale=LOCALE)
    page.goto(stage.page(f"publications/{publication}/"))
    page.get_by_role("button", name="Compare the two").click()
    expect(page.locator(SHOWN)).to_have_count(2, timeout=PATIENCE_MS)
    for number in range(2):
        replay = page.frame_locator(".replay-frame").nth(number)
        inner = replay.frame_locator("iframe").frame_locator("iframe")
        expect(inner.locator("h1")).to_have_text("After its script ran", timeout=PATIENCE_MS)


def test_an_outsider_s_link_is_a_stranger_s(stage: Stage, visit: Visit, lively: str) -> None:
    page = visit()
    page.goto(stage.page(f"captures/{lively}/replay/"))
    assert "/login/" in page.url

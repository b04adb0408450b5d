"""A reviewer at work: by keyboard alone, with the keys explained, and without script."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from .conftest import Visit
from .stage import CASE, Stage
from .visitor import Watch

METHODS = {"place": "Geo", "date": "Sha", "equipment": "Comp", "media": "Rev"}


def claims(stage: Stage, about: str, count: int) -> list[str]:
    """Log sightings that no other test is about; their titles, the longest waiting first."""
    titles = [f"{about}, number {number}" for number in range(1, count + 1)]
    for title in titles:
        stage.ask(f"investigations/{CASE}/sightings/", {"title": title, "when": "2023-01-19"})
    return titles


def queue(stage: Stage, about: str) -> str:
    return stage.page(f"reviews/?{urlencode({'title': about})}")


def decisions(stage: Stage, titles: list[str]) -> list[tuple[str, str]]:
    """What stands on each of the sightings, with its reason."""
    by_id = {row["id"]: row["title"] for row in stage.rows("sightings")}
    found = {by_id[row["sighting"]]: row for row in stage.rows("reviews") if row["sighting"] in by_id}
    return [(found[title]["decision"], found[title]["reason"]) for title in titles]


@pytest.fixture
def reviewer(stage: Stage, visit: Visit) -> Iterator[Page]:
    """A reviewer's tab that has nothing to complain of."""
    page = visit("reviewer")
    watch = Watch(page, stage.url)
    yield page
    watch.stop()
    assert watch.complaints == []


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def opened(page: Page, title: str) -> None:
    """Wait until the screen of the sighting is there, and its keys are."""
    expect(page.locator("h1")).to_have_text(title)
    expect(page.locator("#keys")).to_be_visible()


def begun(page: Page, stage: Stage, about: str) -> None:
    """Walk from the queue to its first sighting."""
    page.goto(queue(stage, about))
    expect(page.locator("#keys")).to_be_visible()
    press(page, "j", "Enter")
    opened(page, f"{about}, number 1")


def answer_all(page: Page) -> None:
    """Say yes to each question of the checklist, and how; the keys go from one field to the next."""
    press(page, "1")
    for method in METHODS.values():
        page.keyboard.type("Yes")
        press(page, "Tab")
        page.keyboard.type(method)
        press(page, "Tab", "Tab", "Tab")  # past the note and the person, to the next question


def test_a_reviewer_works_through_three_items_by_keyboard_alone(stage: Stage, reviewer: Page) -> None:
    titles = claims(stage, "Reviewed by keyboard", 3)
    begun(reviewer, stage, "Reviewed by keyboard")

    press(reviewer, "c")
    expect(reviewer.locator(".turn")).to_contain_text("Yours until")
    opened(reviewer, titles[0])
    answer_all(reviewer)
    press(reviewer, "Escape", "v")
    reviewer.keyboard.type("Seen from two sides, 19 January.")
    press(reviewer, "Control+Enter")

    opened(reviewer, titles[1])
    press(reviewer, "n")
    opened(reviewer, titles[2])
    press(reviewer, "p")
    opened(reviewer, titles[1])
    press(reviewer, "d")
    reviewer.keyboard.type("The shadows do not fit.")
    press(reviewer, "Control+Enter")

    opened(reviewer, titles[2])
    press(reviewer, "r")
    reviewer.keyboard.type("A drawing.")
    press(reviewer, "Control+Enter")

    expect(reviewer.locator("main")).to_contain_text("Nothing further waits here")
    assert decisions(stage, titles) == [
        ("verified", "Seen from two sides, 19 January."),
        ("disputed", "The shadows do not fit."),
        ("rejected", "A drawing."),
    ]
    checks = next(row for row in stage.rows("reviews") if row["decision"] == "verified")["checks"]
    assert {check["question"]: (check["answer"], check["method"]) for check in checks} == {
        "place": ("yes", "geolocation"),
        "date": ("yes", "chronolocation"),
        "equipment": ("yes", "comparison"),
        "media": ("yes", "reverse image search"),
    }


def test_what_is_missing_is_said_and_what_was_typed_stays(stage: Stage, visit: Visit) -> None:
    claims(stage, "Verified in haste", 1)
    page = visit("reviewer")
    begun(page, stage, "Verified in haste")
    press(page, "v")
    page.keyboard.type("I am in a hurry.")
    press(page, "Control+Enter")
    expect(page.locator(".problems")).to_be_focused()
    expect(page.locator(".problems li")).to_have_count(4)
    expect(page.locator("#id_reason")).to_have_value("I am in a hurry.")


def test_the_keys_are_explained_and_can_be_switched_off(stage: Stage, reviewer: Page) -> None:
    claims(stage, "Without keys", 1)
    begun(reviewer, stage, "Without keys")
    press(reviewer, "?")
    expect(reviewer.locator("#keys dl")).to_be_visible()
    reviewer.get_by_label("Single keys do something in this browser").press("Space")
    reviewer.reload()
    opened(reviewer, "Without keys, number 1")
    press(reviewer, "d")
    expect(reviewer.get_by_role("radio", name="Disputed")).not_to_be_checked()
    reviewer.locator("#keys summary").press("Enter")
    reviewer.get_by_label("Single keys do something in this browser").press("Space")
    press(reviewer, "d")
    expect(reviewer.get_by_role("radio", name="Disputed")).to_be_checked()


def test_letters_in_a_field_are_letters(stage: Stage, reviewer: Page) -> None:
    claims(stage, "Letters", 1)
    begun(reviewer, stage, "Letters")
    press(reviewer, "w")
    reviewer.keyboard.type("cdrvjk?")
    expect(reviewer.locator("#id_reason")).to_have_value("cdrvjk?")
    expect(reviewer.get_by_role("radio", name="Rejected")).not_to_be_checked()


def test_all_of_it_works_without_script(stage: Stage, visit: Visit) -> None:
    titles = claims(stage, "Without script", 1)
    page = visit("reviewer", java_script_enabled=False)
    page.goto(queue(stage, "Without script"))
    page.get_by_role("link", name=titles[0]).click()
    expect(page.locator("#keys")).to_be_hidden()
    page.get_by_role("button", name="Claim it").click()
    page.get_by_label("Rejected").check()
    page.locator("#id_reason").fill("A drawing.")
    page.get_by_role("button", name="Decide").click()
    expect(page.locator("main")).to_contain_text("Nothing further waits here")
    assert decisions(stage, titles) == [("rejected", "A drawing.")]

"""The front page: running stories, and changes as they come in."""

import json
import re
import statistics

import pytest
from msgspec.structs import replace
from playwright.async_api import expect

from gateway_world import JANE, spoken
from page_world import PageWorld, Reader, Readers

pytestmark = pytest.mark.asyncio(loop_scope="session")

WITHIN_MS = 1000
FOCUSED = """(() => {
    const { className, name, dataset, tagName } = document.activeElement;
    return className || name || dataset.key || tagName;
})()"""


async def test_a_story_shows_its_actors_with_stance_and_confidence(
    gateway: PageWorld, reader: Reader
) -> None:
    await gateway.track(
        *spoken("hhhwww"), *spoken("sss", actor="max-moe"), *spoken("n", actor="a-n-other")
    )
    page = await reader.visit()
    card = page.locator(".card")
    await expect(card.locator("h3")).to_have_text("The talks")
    (chip,) = await reader.texts(".chip.warning")
    assert re.fullmatch(r"! Jane Doe (\d\d%) ?, warning, confidence \1", chip), chip
    assert await card.locator(".chip.skeptical .name").inner_text() == "Max Moe"
    assert await card.locator(".chip.open .name").inner_text() == "A N Other"
    label = await card.locator(".balance").get_attribute("aria-label")
    assert label == "1 skeptical, 1 warning, 1 open"
    await expect(card.locator(".latest")).to_contain_text("Last change Jane Doe")
    await expect(card.locator(".latest .transition")).to_contain_text("hopeful")


async def test_a_change_is_on_the_page_within_a_second(gateway: PageWorld, reader: Reader) -> None:
    page = await reader.visit()
    await expect(page.locator(".feed .empty")).to_be_visible()
    await page.evaluate(
        """() => {
            window.seen = {};
            new MutationObserver(() => {
                for (const { dataset } of document.querySelectorAll(".change"))
                    window.seen[dataset.id] ??= Date.now();
            }).observe(document.querySelector(".changes"), { childList: true });
        }"""
    )
    told = []
    for actor in ("jane-doe", "max-moe", "a-n-other"):
        told += await gateway.track(*spoken("hhh", actor=actor))
        await expect(page.locator(".change")).to_have_count(len(told))
    await expect(page.locator(".card .chip.hopeful")).to_have_count(3)
    seen = await page.evaluate("window.seen")
    recorded = await gateway.world.parts.index.changes()
    # A position is the time of recording, as Redis tells it.
    waits = [seen[change.change_id] - int(at.partition("-")[0]) for at, change in recorded]
    assert statistics.median(waits) < WITHIN_MS, waits
    await expect(page.locator("#spoken")).to_contain_text("hopeful (first stance)")


async def test_what_was_taken_back_is_struck_through(gateway: PageWorld, reader: Reader) -> None:
    page = await reader.visit()
    told = list(spoken("hhhwww"))
    await gateway.track(*told)
    await expect(page.locator(".change.changed")).to_have_count(1)
    await gateway.track(withdrawn(told[4]))
    await expect(page.locator(".change.retracted del")).to_contain_text("warning")
    await expect(page.locator(".change.changed.is-retracted")).to_have_count(1)
    line = await page.locator(".is-retracted .moved").evaluate(
        "node => getComputedStyle(node).textDecorationLine"
    )
    assert line == "line-through"


async def test_filters_stand_in_the_address(gateway: PageWorld, reader: Reader) -> None:
    await gateway.track(
        *spoken("hhh", story="hope"),
        *spoken("www", story="fear", actor="max-moe", start=9),
    )
    page = await reader.visit()
    await expect(page.locator(".card")).to_have_count(2)
    await page.get_by_role("radio", name="warning").check()
    await expect(page.locator(".card")).to_have_count(1)
    await expect(page.locator(".change")).to_have_count(1)
    assert page.url.endswith("/?stance=warning")
    await page.reload()
    await expect(page.locator(".card h3")).to_have_text(["The fear"])
    await page.get_by_role("button", name="Clear filters").click()
    await expect(page.locator(".card")).to_have_count(2)
    await page.get_by_label("Actor").fill("Jane Doe")
    await page.get_by_label("Actor").press("Enter")
    await expect(page.locator(".card h3")).to_have_text(["The hope"])
    assert page.url.endswith(f"/?actor={JANE.replace(':', '%3A')}")
    await page.go_back()
    await expect(page.locator(".card")).to_have_count(2)
    await page.get_by_label("Language").select_option("de")
    await expect(page.get_by_text("No story fits these filters.")).to_be_visible()


async def test_what_is_shown_can_be_saved(gateway: PageWorld, reader: Reader) -> None:
    await gateway.track(*spoken("hhh"), *spoken("sss", actor="max-moe", start=5))
    page = await reader.visit("/?stance=hopeful")
    await expect(page.locator(".card")).to_have_count(1)
    async with page.expect_download() as saving:
        await page.get_by_role("button", name="CSV").click()
    csv = (await (await saving.value).path()).read_text("utf-8-sig").splitlines()
    assert csv[0].startswith("story_id,story,actor_id,actor,kind,stance,confidence,since")
    assert len(csv) == 2
    assert csv[1].startswith(f"talks,The talks,{JANE},Jane Doe,person,hopeful,0.")
    async with page.expect_download() as saving:
        await page.get_by_role("button", name="JSON").click()
    (story,) = json.loads((await (await saving.value).path()).read_text())
    assert [actor["actor"]["id"] for actor in story["actors"]] == [JANE]


async def test_the_language_is_the_browsers_until_the_reader_chooses(
    gateway: PageWorld, readers: Readers
) -> None:
    await gateway.track(*spoken("hhh"))
    async with readers(locale="de-AT") as reader:
        page = await reader.visit()
        await expect(page.get_by_role("heading", name="Laufende Themen")).to_be_visible()
        assert await page.locator("html").get_attribute("lang") == "de"
        await expect(page.locator(".chip .unseen")).to_contain_text("hoffnungsvoll")
        await page.get_by_role("button", name="English").click()
        await expect(page.get_by_role("heading", name="Running stories")).to_be_visible()
        await reader.visit("/stories/talks")
        await expect(page.get_by_role("columnheader", name="Votes")).to_be_visible()
        keys = await page.evaluate(
            """async () => {
                const source = document.querySelector('script[type=module]').src;
                return (await import(source.replace('main.js', 'words.js'))).keys;
            }"""
        )
        assert set(keys["de"]) == set(keys["en"])


async def test_the_colours_are_the_systems_until_the_reader_chooses(
    gateway: PageWorld, readers: Readers
) -> None:
    async with readers(color_scheme="dark") as reader:
        page = await reader.visit()
        paper = "getComputedStyle(document.body).backgroundColor"
        dark = await page.evaluate(paper)
        await page.get_by_role("button", name="Light").click()
        light = await page.evaluate(paper)
        assert dark != light
        await page.reload()
        assert await page.evaluate(paper) == light
        await page.emulate_media(color_scheme="light")
        await page.get_by_role("button", name="Dark").click()
        assert await page.evaluate(paper) == dark


@pytest.mark.parametrize(
    ("zone", "expected"), [("Asia/Tokyo", "19:00"), ("America/New_York", "05:00")]
)
async def test_times_are_the_readers(
    gateway: PageWorld, readers: Readers, zone: str, expected: str
) -> None:
    await gateway.track(*spoken("hhh"))
    async with readers(timezone_id=zone) as reader:
        page = await reader.visit()
        shown = page.locator(".card .meta time")
        await expect(shown).to_have_attribute("datetime", "2026-03-01T10:00:00Z")
        await expect(shown).to_contain_text(expected)
        await expect(page.locator("#foot")).to_contain_text(zone)


async def test_the_keyboard_reaches_all_of_it(gateway: PageWorld, reader: Reader) -> None:
    await gateway.track(*spoken("hhh"))
    page = await reader.visit()
    await expect(page.locator(".card")).to_have_count(1)
    await page.keyboard.press("Tab")
    await expect(page.locator(".skip")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("#content")).to_be_focused()
    reached = []
    for _ in range(12):
        await page.keyboard.press("Tab")
        reached.append(await page.evaluate(FOCUSED))
    assert reached[0] == "stance"
    assert reached[1] == "actor"
    assert any("chip" in each for each in reached)


def withdrawn(told):
    return replace(told, status="withdrawn", statements=())

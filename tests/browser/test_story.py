"""The page of a story: its actors over time, and the evidence for each."""

import json

import pytest
from msgspec.structs import replace
from playwright.async_api import expect

from gateway_world import JANE, spoken
from page_world import PageWorld, Reader
from stancewire.events import Passage
from track_builders import observation

pytestmark = pytest.mark.asyncio(loop_scope="session")

STORY = "/stories/talks"


async def test_an_actor_is_a_row_over_time(gateway: PageWorld, reader: Reader) -> None:
    told = list(spoken("hhhwww"))
    await gateway.track(*told, *spoken("hhhw", actor="max-moe"))
    await gateway.track(replace(told[4], status="withdrawn", statements=()))
    page = await reader.visit(STORY)
    jane, moe = page.locator(".track", has_text="Jane Doe"), page.locator(".track", has_text="Max")
    await expect(jane.locator(".segment.hopeful")).to_have_text("+ hopeful")
    await expect(jane.locator("s.taken-back")).to_have_text("!")
    await expect(moe.locator(".strip .segment.pending.warning")).to_have_count(1)
    hatch = "node => getComputedStyle(node).backgroundImage"
    pending = moe.locator(".strip .segment.pending")
    assert "repeating-linear-gradient" in await pending.evaluate(hatch)
    await expect(moe.locator(".now")).to_contain_text("warning pending")
    assert await moe.locator(".number .wide").all_inner_texts() == ["4", "4"]
    await expect(moe.locator(".band .area.hopeful")).to_have_count(1)
    label = await jane.locator(".graph").get_attribute("aria-label")
    assert label is not None
    assert label.startswith("hopeful since")
    assert "warning of" in label
    assert label.endswith("taken back")


async def test_a_click_shows_the_quotes_in_their_sentences(
    gateway: PageWorld, reader: Reader
) -> None:
    (said,) = observation("a").statements
    sentence = "“𝔄n agreement is near”, said Doe 🙂 on Monday."
    quote = "𝔄n agreement is near"
    spoken_so = replace(said, text=quote, sentence=Passage(text=sentence, start=0, end=44), start=1)
    first = observation("a", version=3, statements=(spoken_so,))
    linked = replace(first.article, url="https://outlet.example/a")
    await gateway.track(replace(first, article=linked), *spoken("hhh", start=4))
    page = await reader.visit(STORY)
    opener = page.get_by_role("button", name="Jane Doe")
    assert await opener.get_attribute("aria-expanded") == "false"
    await opener.click()
    await expect(opener).to_have_attribute("aria-expanded", "true")
    proof = page.locator(".proof", has_text="Title of a").last
    await expect(proof.locator("mark.hopeful")).to_have_text(quote)
    await expect(proof.locator("blockquote")).to_have_text(sentence)
    await expect(proof.locator(".meta").first).to_contain_text("version 3")
    await expect(proof.locator(".meta").first).to_contain_text("The a")
    link = proof.get_by_role("link")
    assert await link.get_attribute("href") == "https://outlet.example/a"
    assert "noopener" in (await link.get_attribute("rel") or "")
    assert f"open={JANE.replace(':', '%3A')}" in page.url
    await page.reload()
    await expect(page.locator(".proof mark").first).to_be_visible()
    await page.get_by_role("button", name="Jane Doe").press("Enter")
    await expect(page.locator(".proof")).to_have_count(0)
    assert "open=" not in page.url


async def test_published_changes_are_listed_with_what_became_of_them(
    gateway: PageWorld, reader: Reader
) -> None:
    told = list(spoken("hhhwww"))
    await gateway.track(*told)
    await gateway.track(replace(told[4], status="withdrawn", statements=()))
    page = await reader.visit(f"{STORY}?open={JANE}")
    await expect(page.locator(".history > li")).to_have_count(3)
    await expect(page.locator(".history del")).to_contain_text("warning")
    await expect(page.locator(".spread dd")).to_have_count(3)


async def test_the_row_follows_what_comes_in(gateway: PageWorld, reader: Reader) -> None:
    await gateway.track(*spoken("hhh"))
    page = await reader.visit(f"{STORY}?open={JANE}")
    row = page.locator(".track", has_text="Jane Doe")
    await expect(row.locator(".now")).to_contain_text("hopeful")
    await expect(page.locator(".proof")).to_have_count(3)
    await page.get_by_role("button", name="Jane Doe").focus()
    await gateway.track(*spoken("www", start=5, prefix="b"))
    await expect(row.locator(".now .stated")).to_contain_text("warning")
    await expect(page.locator(".proof")).to_have_count(6)
    await expect(page.locator("#spoken")).to_have_text("Jane Doe: warning (changed)")
    await expect(page.get_by_role("button", name="Jane Doe")).to_be_focused()
    await gateway.track(*spoken("sss", actor="max-moe", start=9))
    await expect(page.locator(".track").first).to_contain_text("Max Moe")
    await expect(page.locator("#spoken")).to_contain_text("Max Moe: skeptical")


async def test_actors_can_be_filtered_and_saved(gateway: PageWorld, reader: Reader) -> None:
    await gateway.track(*spoken("hhh"), *spoken("www", actor="max-moe", start=1))
    page = await reader.visit(f"{STORY}?stance=warning")
    await expect(page.locator(".opener")).to_have_text(["Max Moe"])
    async with page.expect_download() as saving:
        await page.get_by_role("button", name="JSON").click()
    saved = await saving.value
    assert saved.suggested_filename == "stancewire-The-talks.json"
    (timeline,) = json.loads((await saved.path()).read_text())
    assert timeline["now"]["actor"]["name"] == "Max Moe"
    async with page.expect_download() as saving:
        await page.get_by_role("button", name="CSV").click()
    header, row = (await (await saving.value).path()).read_text("utf-8-sig").splitlines()
    assert dict(zip(header.split(","), row.split(","), strict=True))["stance"] == "warning"
    await page.get_by_role("radio", name="all").check()
    await expect(page.locator(".opener")).to_have_count(2)


async def test_a_story_that_is_not_there_is_said_to_be_missing(reader: Reader) -> None:
    page = await reader.visit("/stories/none")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("no such story")

"""Thousands of stories, hundreds of actors: the page shows what is in sight and stays fluid."""

import pytest
from playwright.async_api import Page, expect

from gateway_world import spoken
from page_world import PageWorld, Reader

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(900)]

FRAME_MS = 50
"""Processor time that a frame may take on average while a reader scrolls."""
SCROLL = """async (frames) => {
    const step = (document.documentElement.scrollHeight - innerHeight) / frames;
    for (let frame = 1; frame <= frames; frame += 1) {
        await new Promise(requestAnimationFrame);
        window.scrollTo(0, frame * step);
    }
}"""
TO_THE_END = """async ([selector, count]) => {
    while (document.querySelectorAll(selector).length < count) {
        window.scrollTo(0, document.documentElement.scrollHeight);
        await new Promise(requestAnimationFrame);
    }
}"""


async def test_two_thousand_stories_stay_fluid(gateway: PageWorld, reader: Reader) -> None:
    for number in range(2000):
        labels = "hhh" if number % 20 == 0 else "n"
        await gateway.track(*spoken(labels, story=f"s{number}", start=number / 10))
    page = await reader.visit()
    await expect(page.locator(".card")).to_have_count(40)
    await page.evaluate(TO_THE_END, [".card", 2000])
    assert await frame_ms(page) < FRAME_MS
    await page.evaluate("window.scrollTo(0, 0)")
    await gateway.track(*spoken("www", story="new", start=900))
    await expect(page.locator(".card").first).to_contain_text("The new")


async def test_two_hundred_actors_stay_fluid(gateway: PageWorld, reader: Reader) -> None:
    for number in range(200):
        labels = "hhhhwwwwsss"[: 1 + number % 11]
        await gateway.track(*spoken(labels, actor=f"a-{number}", start=number / 10))
    page = await reader.visit("/stories/talks")
    await expect(page.locator(".track")).to_have_count(20)
    await page.evaluate(TO_THE_END, [".track", 200])
    assert len(set(await page.locator(".opener").all_text_contents())) == 200
    assert await frame_ms(page) < FRAME_MS


async def frame_ms(page: Page, frames: int = 120) -> float:
    """Processor time of the page's main thread for a frame while all of it is scrolled through.

    Not the time on the clock, which says more of how busy the machine is.
    """
    session = await page.context.new_cdp_session(page)
    await session.send("Performance.enable", {"timeDomain": "threadTicks"})
    before = await task_seconds(session)
    await page.evaluate(SCROLL, frames)
    return (await task_seconds(session) - before) / frames * 1000


async def task_seconds(session) -> float:
    metrics = (await session.send("Performance.getMetrics"))["metrics"]
    return next(each["value"] for each in metrics if each["name"] == "TaskDuration")

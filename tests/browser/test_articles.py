"""The whole way: articles to Kafka while somebody looks at the page."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from news import news
from page_world import reading
from patience import wait_for
from ports import stable_port
from stancewire.plumbing.embedded import embedded_kafka
from worker_world import WorkerWorld, changes_in

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(600)]

WITHIN_MS = 1000


async def test_changes_appear_while_articles_come_in(
    browser: Browser, redis_url: str, tmp_path: Path
) -> None:
    port = stable_port()
    with (
        embedded_kafka() as broker,
        WorkerWorld(broker, redis_url, tmp_path, partitions=1) as world,
    ):
        world.environment |= {
            "STANCEWIRE_GATEWAY__PORT": str(port),
            "STANCEWIRE_GATEWAY__ACCESS": "open",
        }
        gateway = world.start("gateway")
        wait_for(lambda: gateway.problems() == {}, what="the gateway is ready", seconds=120)
        world.start("reader")
        world.start("tracker")
        async with reading(browser, f"http://127.0.0.1:{port}") as reader:
            page = await reader.visit()
            await expect(page.locator(".card")).to_have_count(0)
            await page.evaluate(
                """() => {
                    window.seen = {};
                    new MutationObserver(() => {
                        for (const { dataset } of document.querySelectorAll(".change"))
                            window.seen[dataset.id] ??= Date.now();
                    }).observe(document.querySelector(".changes"), { childList: true });
                }"""
            )
            for one in news(60, topics=1):
                world.send_article(one.uri, **one.fields)
            world.flush()
            await page.locator(".change").first.wait_for(timeout=200_000)
            await expect(page.locator(".card")).to_have_count(1)
            await page.locator(".change.changed").first.wait_for(timeout=200_000)
            changed = world.topic(world.topics.changes)
            seen = await page.evaluate("window.seen")
            first = changes_in(changed.look())[0]
            told_at = changed.seen[0].timestamp
            assert seen[first.change_id] - told_at < WITHIN_MS
            await page.locator(".card h3 a").click()
            await expect(page.locator(".track .segment").first).to_be_visible()

"""The stream of changes breaks, the gateway is away, a key is needed."""

import pytest
from playwright.async_api import Browser, expect
from redis.asyncio import Redis

from gateway_world import spoken
from page_world import PageWorld, Reader, reading

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_page_comes_back_after_the_gateway_was_away(
    gateway: PageWorld, reader: Reader
) -> None:
    await gateway.track(*spoken("hhh"))
    page = await reader.visit()
    await expect(page.locator(".change")).to_have_count(1)
    mark = page.locator("#live")
    await gateway.stop()
    await expect(mark).to_contain_text("Reconnecting")
    await expect(mark).to_contain_text("Down")
    await gateway.track(*spoken("www", start=5, prefix="b"))
    await gateway.start()
    await page.get_by_role("button", name="Try now").click()
    await expect(mark).to_have_text("Live")
    await expect(page.locator(".change")).to_have_count(2)
    await expect(page.locator(".card .chip.warning")).to_have_count(1)
    await gateway.track(*spoken("sss", start=9, prefix="c"))
    await expect(page.locator(".change")).to_have_count(3)


async def test_a_tab_that_nobody_sees_lets_go_of_its_stream(
    gateway: PageWorld, reader: Reader
) -> None:
    page = await reader.visit()
    hub = gateway.world.parts.hub
    assert len(hub) == 1
    hide = """(hidden) => {
        Object.defineProperty(document, "hidden", { get: () => hidden, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
    }"""
    await page.evaluate(hide, True)
    await gateway.track(*spoken("hhh"))
    await expect(page.locator(".change")).to_have_count(0)
    await page.evaluate(hide, False)
    await expect(page.locator(".change")).to_have_count(1)
    assert len(hub) == 1


async def test_a_gateway_with_keys_asks_for_one(browser: Browser, client: Redis) -> None:
    async with (
        PageWorld(client, access="keys") as gateway,
        reading(browser, gateway.address) as reader,
    ):
        await gateway.track(*spoken("hhh"))
        key = (await gateway.world.key("read"))["authorization"].removeprefix("Bearer ")
        page = reader.page
        await page.goto(gateway.address)
        field = page.get_by_label("API key")
        await field.fill("wrong")
        await field.press("Enter")
        await expect(page.locator(".sign-in [role=alert]")).to_contain_text("not known")
        await field.fill(key)
        await field.press("Enter")
        await expect(page.locator(".card")).to_have_count(1)
        await expect(page.locator("#live")).to_have_text("Live")
        assert key not in await page.evaluate("document.cookie")
        await page.get_by_role("button", name="Sign out").click()
        await expect(field).to_be_visible()

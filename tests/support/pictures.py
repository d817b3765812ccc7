"""`python tests/support/pictures.py URL`: the pictures of docs/images, of a page that runs.

URL is that of a gateway without keys on the demo's coverage (`make demo KEEP=1`).
"""

import asyncio
import sys
from pathlib import Path
from shutil import which

from playwright.async_api import Browser, async_playwright

from page_world import Reader, reading

IMAGES = Path(__file__).parents[2] / "docs" / "images"


async def main(address: str) -> None:
    IMAGES.mkdir(exist_ok=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=which("chromium"), args=["--disable-gpu"], timeout=180_000
        )
        desk = {"width": 1180, "height": 760}
        phone = {"width": 360, "height": 720}
        await front(browser, address, "front-light", **desk)
        await front(browser, address, "front-phone", color_scheme="dark", **phone)
        await story(browser, address, "story-dark", color_scheme="dark", **desk)
        await story(browser, address, "story-phone", locale="de-DE", **phone)
        await browser.close()


async def front(browser: Browser, address: str, name: str, **options: object) -> None:
    async with reading(browser, address, **options) as reader:
        page = await reader.visit()
        await page.locator(".card").first.wait_for()
        await page.locator(".change").first.wait_for()
        await picture(reader, name)


async def story(browser: Browser, address: str, name: str, **options: object) -> None:
    """The story with the most actors, the row of the actor who turned last open."""
    async with reading(browser, address, **options) as reader:
        page = await reader.visit()
        stories = (await (await page.request.get(f"{address}/api/v1/stories")).json())["items"]
        most = max(stories, key=lambda each: each["actors_total"])
        await reader.visit(f"/stories/{most['id']}?stance=hopeful")
        await page.locator(".track").first.wait_for()
        await page.locator(".opener").nth(1).click()
        await page.locator(".proof").first.wait_for()
        await page.evaluate("scrollTo(0, document.querySelector('.tracks').offsetTop - 12)")
        await picture(reader, name)


async def picture(reader: Reader, name: str) -> None:
    await reader.page.evaluate("document.fonts.ready")
    await reader.page.screenshot(path=IMAGES / f"{name}.png")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))

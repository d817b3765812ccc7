"""One Chromium for all tests; a gateway and readers for each. All share one event loop."""

import os
import shutil
from collections.abc import AsyncIterator
from functools import partial

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect
from redis.asyncio import Redis

from page_world import WAIT_MS, PageWorld, Reader, Readers, reading

CHROMIUM = "STANCEWIRE_TEST_CHROMIUM"


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's path: named by the environment, or on PATH."""
    found = os.environ.get(CHROMIUM) or shutil.which("chromium") or shutil.which("google-chrome")
    assert found, f"install chromium (apt install chromium), or name one in {CHROMIUM}"
    return found


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    expect.set_options(timeout=WAIT_MS)
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(
            executable_path=chromium, args=["--disable-gpu"], timeout=180_000
        )
        yield launched
        await launched.close()


@pytest_asyncio.fixture(loop_scope="session")
async def client(redis_url: str) -> AsyncIterator[Redis]:
    client = Redis.from_url(redis_url)
    yield client
    await client.aclose()


@pytest_asyncio.fixture(loop_scope="session")
async def gateway(client: Redis) -> AsyncIterator[PageWorld]:
    """A gateway that is served."""
    async with PageWorld(client) as gateway:
        yield gateway


@pytest.fixture
def readers(browser: Browser, gateway: PageWorld) -> Readers:
    """Makes readers of the gateway's page, each with the options of its browser."""
    return partial(reading, browser, gateway.address)


@pytest_asyncio.fixture(loop_scope="session")
async def reader(readers: Readers) -> AsyncIterator[Reader]:
    """A reader with an English browser on a desk."""
    async with readers() as reader:
        yield reader

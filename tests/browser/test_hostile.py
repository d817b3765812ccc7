"""Articles that mean harm: nothing in them runs, leads astray or breaks the page."""

import pytest
from msgspec.structs import replace
from playwright.async_api import expect

from gateway_world import spoken
from page_world import PageWorld, Reader, Readers
from stancewire.events import Actor, Observation, Passage, Source, StoryRef
from stancewire.stories.fingerprint import fingerprint
from track_builders import own_words

pytestmark = pytest.mark.asyncio(loop_scope="session")

ATTACK = "<script>window.harm = 1</script><img src=x onerror='window.harm = 1'>{{7*7}}"
TURNED = "\u202eliame ruoy tneS\u202c \u2067hidden\u2069 \u0007"
LONG = "Donaudampfschifffahrtsgesellschaft" * 20
STORY = 'talks"><svg onload=alert(1)>?#%2e%2e&'
ACTOR = "person:'\"><b>&"
ADDRESSES = [
    "javascript:window.harm=1",
    "JaVaScRiPt:window.harm=1",
    "data:text/html,<script>window.harm=1</script>",
    "https://user:word@outlet.example/",
    "//outlet.example/",
    "https://",
    "\u0001javascript:window.harm=1",
    "vbscript:harm",
]
MARKUP = ("script", "img", "iframe", "b:not(.pending b)", "svg[onload]")
"""What the attacks would make, were they taken for markup."""


def hostile(labels: str) -> list[Observation]:
    """Observations with harm in every text that comes from outside."""
    found = []
    for i, each in enumerate(spoken(labels)):
        (said,) = each.statements
        # Words of its own, or it would count as a copy of the one before.
        own = " ".join(own_words(f"{i} {number}") for number in range(8))
        text = f"{own} {ATTACK}{TURNED}{LONG}"
        quote = replace(said, text=text, sentence=Passage(text=text, start=0, end=len(text)))
        article = replace(
            each.article,
            uri=f"javascript:window.harm={i}",
            title=text,
            url=ADDRESSES[i % len(ADDRESSES)],
            source=Source(name=f"{i}{ATTACK}{LONG}", owner=f"owner {i}"),
        )
        story = StoryRef(id=STORY, label=f"{ATTACK} {TURNED} {LONG}")
        actor = Actor(id=ACTOR, name=f"{ATTACK}{TURNED}{LONG}", kind="person")
        changed = replace(each, article=article, story=story, actor=actor)
        found.append(replace(changed, statements=(replace(quote, fingerprint=fingerprint(own)),)))
    return found


async def assert_unharmed(reader: Reader) -> None:
    page = reader.page
    assert await page.evaluate("window.harm") is None
    assert (
        await page.locator("main script, main img, main iframe, main b, main svg[onload]").count()
        == 0
    )
    for address in await page.eval_on_selector_all("a", "links => links.map((link) => link.href)"):
        assert address.startswith(reader.address), address
    text = await page.locator("body").inner_text()
    assert not set(text) & set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u202c\u2069\u0007")
    assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


@pytest.mark.parametrize("width", [1280, 360])
async def test_nothing_in_an_article_can_harm_the_page(
    gateway: PageWorld, readers: Readers, width: int
) -> None:
    async with readers(width=width) as reader:
        page = await reader.visit()
        await gateway.track(*hostile("hhhhwwww"))
        await expect(page.locator(".card .chip.warning")).to_be_visible()
        await expect(page.locator(".change")).to_have_count(2)
        await expect(page.locator(".card h3")).to_contain_text("<script>")
        await assert_unharmed(reader)
        await page.locator(".card h3 a").click()
        await page.locator("#live[data-state=live]").wait_for()
        await page.locator(".opener").click()
        await expect(page.locator(".proof")).to_have_count(8)
        await assert_unharmed(reader)
        await page.locator(".opener").focus()
        assert page.url.startswith(reader.address)


async def test_a_spreadsheet_gets_no_formula(gateway: PageWorld, reader: Reader) -> None:
    formula = Actor(id="person:f", name='=HYPERLINK("http://harm.example")', kind="person")
    await gateway.track(*(replace(each, actor=formula) for each in spoken("hhh")))
    page = await reader.visit()
    await expect(page.locator(".chip")).to_have_count(1)
    async with page.expect_download() as saving:
        await page.get_by_role("button", name="CSV").click()
    text = (await (await saving.value).path()).read_text("utf-8-sig")
    assert "\"'=HYPERLINK(" in text


async def test_the_policy_lets_no_script_of_a_page_make_markup(reader: Reader) -> None:
    page = await reader.visit()
    outcome = await page.evaluate(
        """() => {
            try { document.body.innerHTML = "<p>"; return "taken"; }
            catch (error) { return error.name; }
        }"""
    )
    assert outcome == "TypeError"
    answer = await reader.context.request.get(reader.address + "/")
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    reader.faults.clear()  # The browser says that it has refused it.

"""Whether everybody can use it: axe's rules, both themes, a phone, and any colour vision."""

import math
from itertools import combinations

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import expect

from gateway_world import JANE, spoken
from page_world import PageWorld, Reader, Readers

pytestmark = pytest.mark.asyncio(loop_scope="session")

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
STANCES = ("hopeful", "skeptical", "warning")
# Machado, Oliveira, Fernandes, "A physiologically-based model for simulation of color vision
# deficiency", IEEE TVCG 2009: severity 1.0, on linear RGB.
VISION = {
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
async def test_axe_finds_nothing_and_nothing_overflows(
    gateway: PageWorld, readers: Readers, theme: str, width: int
) -> None:
    await gateway.track(
        *spoken("hhhwww"), *spoken("ssshn", actor="max-moe"), *spoken("n", actor="a-n-other")
    )
    # axe itself is a script that the page's policy would refuse.
    async with readers(color_scheme=theme, width=width, bypass_csp=True) as reader:
        for path, wanted in (("/", ".change"), (f"/stories/talks?open={JANE}", ".proof")):
            page = await reader.visit(path)
            await expect(page.locator(wanted).first).to_be_visible()
            found = await Axe().run(page, options=RULES)
            assert found.violations_count == 0, found.generate_report()
            over = "document.documentElement.scrollWidth - innerWidth"
            assert await page.evaluate(over) <= 0


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_stances_differ_for_any_colour_vision(readers: Readers, theme: str) -> None:
    async with readers(color_scheme=theme) as reader:
        await reader.visit()
        colours = {stance: await colour(reader, f"--{stance}") for stance in STANCES}
        for stance in STANCES:
            on = await colour(reader, f"--on-{stance}")
            assert contrast(colours[stance], on) >= 4.5, stance
        for vision, matrix in VISION.items():
            for one, other in combinations(STANCES, 2):
                apart = distance(seen(colours[one], matrix), seen(colours[other], matrix))
                assert apart > 20, (vision, one, other, apart)


async def colour(reader: Reader, name: str) -> tuple[float, ...]:
    """A colour of the theme that holds, as linear RGB."""
    text = await reader.page.evaluate(
        """(name) => {
            const probe = document.createElement("span");
            probe.style.setProperty("color", `var(${name})`);
            document.body.append(probe);
            const found = getComputedStyle(probe).color;
            probe.remove();
            return found;
        }""",
        name,
    )
    parts = text.removeprefix("rgb(").removesuffix(")").split(",")
    return tuple(linear(int(part) / 255) for part in parts)


def linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """WCAG 2.2: from 1 to 21."""
    low, high = sorted(luminance(each) + 0.05 for each in (one, other))
    return high / low


def luminance(rgb: tuple[float, ...]) -> float:
    return 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2]


def seen(rgb: tuple[float, ...], matrix: tuple[tuple[float, ...], ...]) -> tuple[float, ...]:
    return tuple(
        min(1.0, max(0.0, sum(a * b for a, b in zip(row, rgb, strict=True)))) for row in matrix
    )


def distance(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """CIE76: about 2 can just be told apart side by side."""
    return math.dist(lab(one), lab(other))


def lab(rgb: tuple[float, ...]) -> tuple[float, ...]:
    """CIELAB for D65."""
    r, g, b = rgb
    x = (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047
    y = luminance(rgb)
    z = (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883
    fx, fy, fz = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)

from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from stancewire.reading.scoring.diagram import SIDE, reliability_svg
from stancewire.reading.scoring.report import ReliabilityBin

SVG = "{http://www.w3.org/2000/svg}"


def bins(*of: tuple[int, float, float]) -> list[ReliabilityBin]:
    return [ReliabilityBin(actors=n, confidence=c, accuracy=a) for n, c, a in of]


def bars(svg: str) -> list[ElementTree.Element]:
    """All rectangles but the background."""
    return ElementTree.fromstring(svg).findall(f"{SVG}rect")[1:]


def test_a_bar_is_as_high_as_the_share_that_is_right() -> None:
    svg = reliability_svg(bins((0, 0, 0), (25, 0.4, 0.25), (100, 0.9, 1.0)), title="t")
    low, high = bars(svg)
    assert float(low.get("height", "")) == SIDE * 0.25
    assert float(high.get("height", "")) == SIDE
    assert float(high.get("width", "")) == 2 * float(low.get("width", ""))
    assert svg.count('stroke="#d1495b"') == 2


def test_the_title_is_text_and_no_markup() -> None:
    svg = reliability_svg([], title="<a> & b")
    assert ElementTree.fromstring(svg).findtext(f"{SVG}title") == "<a> & b"
    assert bars(svg) == []


@given(
    st.lists(
        st.tuples(st.integers(0, 10_000), st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=10
    )
)
def test_whatever_was_measured_gives_a_picture_that_stays_in_its_frame(
    of: list[tuple[int, float, float]],
) -> None:
    root = ElementTree.fromstring(reliability_svg(bins(*of), title="t"))
    width, height = (float(root.get(side, "")) for side in ("width", "height"))
    for bar in bars(ElementTree.tostring(root, encoding="unicode")):
        left, top, across, down = (float(bar.get(k, "")) for k in ("x", "y", "width", "height"))
        assert left >= 0
        assert left + across <= width
        assert top >= 0
        assert top + down <= height

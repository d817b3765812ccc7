"""The reliability diagram of a report as an SVG: how sure the reader is, and how often it is right.

A bar for each range of confidence: its height is the share that is right, its width goes with how
many actors lie in it, and the mark is the mean confidence. Where bars end at the marks, scores are
what they say (DeGroot & Fienberg, "The comparison and evaluation of forecasters", 1983).
"""

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

from stancewire.reading.scoring.report import ReliabilityBin

SIDE = 320
"""Length of the axes in pixels."""
_LEFT, _TOP, _RIGHT, _BOTTOM = 56, 40, 20, 52
_WIDTH, _HEIGHT = _LEFT + SIDE + _RIGHT, _TOP + SIDE + _BOTTOM


def reliability_svg(bins: Sequence[ReliabilityBin], *, title: str) -> str:
    """The text of an SVG file; `bins` are ranges of equal width from 0 to 1."""
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}"'
            f' width="{_WIDTH}" height="{_HEIGHT}" font-family="sans-serif" font-size="11"'
            ' fill="#333">',
            f"<title>{escape(title)}</title>",
            f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
            _text(_LEFT, 22, title, size=13),
            *_axes(),
            *(part for i, each in enumerate(bins) for part in _bar(each, i, bins)),
            "</svg>\n",
        )
    )


def _axes() -> Iterator[str]:
    for tenth in range(0, 11, 2):
        value = tenth / 10
        yield _line(0, value, 1, value, "#ddd")
        yield _text(_LEFT - 8, _y(value) + 4, f"{value:.1f}", anchor="end")
        yield _text(_x(value), _y(0) + 16, f"{value:.1f}", anchor="middle")
    yield _line(0, 0, 1, 1, "#999", dashes="4 4")
    yield _text(_x(0.5), _HEIGHT - 14, "confidence", anchor="middle")
    middle = _y(0.5)
    yield (
        f'<text x="16" y="{middle:g}" text-anchor="middle"'
        f' transform="rotate(-90 16 {middle:g})">share that is right</text>'
    )


def _bar(each: ReliabilityBin, i: int, bins: Sequence[ReliabilityBin]) -> Iterator[str]:
    if not each.actors:
        return
    step = 1 / len(bins)
    share = (each.actors / max(b.actors for b in bins)) ** 0.5
    width, middle = 0.9 * step * share * SIDE, _x((i + 0.5) * step)
    top = _y(each.accuracy)
    yield (
        f'<rect x="{middle - width / 2:.1f}" y="{top:.1f}" width="{width:.1f}"'
        f' height="{_y(0) - top:.1f}" fill="#4a78a8"/>'
    )
    mark = _y(each.confidence)
    yield (
        f'<line x1="{middle - 12:.1f}" y1="{mark:.1f}" x2="{middle + 12:.1f}" y2="{mark:.1f}"'
        ' stroke="#d1495b" stroke-width="2"/>'
    )
    yield _text(middle, min(top, mark) - 5, str(each.actors), anchor="middle")


def _x(value: float) -> float:
    return _LEFT + value * SIDE


def _y(value: float) -> float:
    return _TOP + (1 - value) * SIDE


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, *, dashes: str = "none") -> str:
    return (
        f'<line x1="{_x(x1):g}" y1="{_y(y1):g}" x2="{_x(x2):g}" y2="{_y(y2):g}"'
        f' stroke="{colour}" stroke-dasharray="{dashes}"/>'
    )


def _text(x: float, y: float, text: str, *, anchor: str = "start", size: int = 11) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}">'
        f"{escape(text)}</text>"
    )

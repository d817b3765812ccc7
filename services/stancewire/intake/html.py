"""HTML bodies as plain text: what comes out is the text that is read, and offsets refer to it.

Block elements become paragraphs, entities characters; scripts, styles, forms, captions and what
else is no running text are left out.
"""

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from stancewire.intake.html_tags import BLOCKS, CELLS, LEFT_OUT, RENAMED, simplify

_TAG = re.compile(
    r"</?(?:a|article|b|blockquote|br|div|em|figure|h[1-6]|i|img|li|ol|p|section|span|strong|table"
    r"|ul)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:[a-zA-Z][a-zA-Z0-9]{1,31}|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});")
_SPACE = re.compile(r"[ \t\n\f\r]+")
_BREAK = "\v"
"""Marks a line break in a paragraph until white space is collapsed."""


def has_markup(text: str) -> bool:
    """Whether a text of unknown kind holds tags of HTML."""
    return _TAG.search(text) is not None


def has_entities(text: str) -> bool:
    """Whether a text holds character references of HTML."""
    return _ENTITY.search(text) is not None


def to_text(html: str, *, at: str) -> str:
    """The running text of an HTML body, its paragraphs set apart by empty lines.

    Raises InvalidInput(stage="article") where it has too many elements to be an article; `at` is
    the JSON pointer of the field for the message.
    """
    body = LexborHTMLParser(simplify(html, at=at)).body
    return "\n\n".join(_paragraphs(body)) if body is not None else ""


def _paragraphs(body: LexborNode) -> Iterator[str]:
    pieces: list[str] = []
    for piece in _pieces(body):
        if piece is not None:
            pieces.append(piece)
            continue
        if paragraph := _collapse("".join(pieces)):
            yield paragraph
        pieces = []


def _pieces(body: LexborNode) -> Iterator[str | None]:
    """The texts in document order, None wherever a paragraph ends."""
    # Nodes still to be visited; an element stands there a second time, as its end.
    pending: list[tuple[LexborNode, bool]] = [(body, False)]
    while pending:
        node, is_end = pending.pop()
        tag = node.tag or ""
        if is_end:
            yield _boundary(tag)
        elif tag == "-text":
            yield (node.text_content or "").replace(_BREAK, " ")
        elif tag == "br":
            yield _BREAK
        elif tag not in LEFT_OUT and not tag.startswith(("-", RENAMED)):
            yield _boundary(tag)
            pending.append((node, True))
            pending.extend((child, False) for child in reversed(_children(node)))


def _boundary(tag: str) -> str | None:
    """What stands where an element begins or ends: a paragraph's end, a space, or nothing."""
    if tag in BLOCKS:
        return None
    return " " if tag in CELLS else ""


def _children(node: LexborNode) -> list[LexborNode]:
    children = []
    child = node.first_child
    while child is not None:
        children.append(child)
        child = child.next
    return children


def _collapse(text: str) -> str:
    lines = (_SPACE.sub(" ", line).strip() for line in text.split(_BREAK))
    return "\n".join(lines).strip()

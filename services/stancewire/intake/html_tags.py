"""HTML cut down to the tags that matter for its running text, in one pass.

An HTML parser takes quadratic time for deep nesting, for thousands of attributes and for some
elements. What it is given here has none of them: no attributes, no comments, no scripts, no inline
elements, and elements that are left out of the text under names without costly rules of their own.
Source: WHATWG, "HTML Living Standard", section 13.2.5 (tokenization).
"""

import re

from stancewire.errors import InvalidInput

MOST_ELEMENTS = 10_000
"""Block elements that a body may have: so many, nested, take the parser a fraction of a second."""
RENAMED = "x-"
"""Begins the new name of elements whose own has costly rules; all of them are left out."""

_BLOCK_NAMES = """
address article aside blockquote body caption center dd details div dl dt fieldset figure footer h1
h2 h3 h4 h5 h6 header hgroup hr legend li main menu ol p pre section summary table tbody tfoot thead
tr ul
"""
_RENAMED_NAMES = """
applet audio canvas datalist frameset label map math meter object output progress select svg video
"""
_RAW_NAMES = "iframe noembed noframes noscript script style textarea title xmp"

BLOCKS = frozenset(_BLOCK_NAMES.split())
CELLS = frozenset(("td", "th"))
LEFT_OUT = frozenset(("button", "figcaption", "form", "nav", "template"))
"""Elements that keep their names, since those say what else they close, and are left out."""
_KEPT = BLOCKS | CELLS | LEFT_OUT | {"br"}
_RENAMED = frozenset(_RENAMED_NAMES.split())
_RAW = frozenset(_RAW_NAMES.split())

_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)")
_REST_OF_TAG = re.compile(
    r"""(?:[\s/]*+(?:=?[^\s/>=]++|=)            # an attribute's name
        (?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+|(?=>)))?+  # and its value
        )*+[\s/]*+>""",
    re.VERBOSE,
)
_COMMENT = re.compile(
    r"<!--(?:-?>|.*?(?:--!?>|\Z))|<(?:[!?]|/(?![a-zA-Z]))[^>]*+(?:>|\Z)", re.DOTALL
)


def simplify(html: str, *, at: str) -> str:
    """The same running text in simpler HTML; linear in the length of `html`.

    Raises InvalidInput(stage="article") where there are too many elements; `at` is the JSON pointer
    of the field for the message.
    """
    pieces: list[str] = []
    position = elements = 0
    while (start := html.find("<", position)) >= 0:
        pieces.append(html[position:start])
        tag = _TAG.match(html, start)
        if tag is None:
            text, position = _no_tag(html, start)
        else:
            text, position = _tag(html, tag)
            elements += bool(text) and not tag[1]
        pieces.append(text)
        if elements > MOST_ELEMENTS:
            raise InvalidInput(
                f"{at} has more than {MOST_ELEMENTS} block elements; send simpler HTML or "
                "plain text",
                stage="article",
            )
    pieces.append(html[position:])
    return "".join(pieces)


def _no_tag(html: str, start: int) -> tuple[str, int]:
    """What stands for a `<` that begins no tag, and where the rest goes on."""
    comment = _COMMENT.match(html, start)
    return ("", comment.end()) if comment else ("&lt;", start + 1)


def _tag(html: str, tag: re.Match[str]) -> tuple[str, int]:
    """What stands for a tag, and where the rest goes on; one that never ends swallows the rest."""
    rest = _REST_OF_TAG.match(html, tag.end())
    if rest is None:
        return "", len(html)
    slash, name = tag[1], tag[2].lower()
    if name in _RAW and not slash:
        return "", _after_raw(html, name, rest.end())
    if name in _KEPT:
        return f"<{slash}{name}>", rest.end()
    if name in _RENAMED:
        return f"<{slash}{RENAMED}{name}>", rest.end()
    return "", rest.end()


def _after_raw(html: str, name: str, position: int) -> int:
    """Where the end tag of an element begins whose content is no HTML, or the document's end."""
    end = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(html, position)
    return end.start() if end else len(html)

"""Article files of any kind, as the records that Kafka would carry.

`.jsonl` holds an article a line, `.json` one or an array of them, in any accepted shape. `.txt` is
one plain article, its first line the title where a blank line follows. `.html` is one page. What
comes from standard input is told apart by how it begins.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
from selectolax.lexbor import LexborHTMLParser

from stancewire.errors import InvalidInput

STDIN = Path("-")
_JSON_LINES = {".jsonl", ".ndjson"}
_HTML = {".html", ".htm"}
_TITLE = re.compile(r"\s*(\S[^\n]*)\n[ \t]*\n")


class Input(msgspec.Struct, frozen=True, kw_only=True):
    """One record: where it stands, for messages to people, and its bytes."""

    where: str
    """`FILE:LINE`, or `FILE` for a file that is one article."""
    value: bytes


def read_inputs(path: Path) -> Iterator[Input]:
    """The records of a file, or of standard input for `-`, in order.

    Lines are passed on as they are: whether they are articles is for intake to say. A `.json` file
    that is no JSON is one record, too. Raises OSError where the file cannot be read, InvalidInput
    where a `.txt` is not UTF-8.
    """
    if path == STDIN:
        data = sys.stdin.buffer.read()
        yield from _split("-", "stdin:", data, _kind_by_content(data))
    elif path.suffix in _JSON_LINES:
        with path.open("rb") as lines:
            yield from _lines(str(path), lines)
    else:
        yield from _split(str(path), path.resolve().as_uri(), path.read_bytes(), path.suffix)


def _split(where: str, uri: str, data: bytes, kind: str) -> Iterator[Input]:
    if kind in _JSON_LINES:
        yield from _lines(where, data.splitlines())
    elif kind == ".json":
        yield from _json(where, data)
    elif kind in _HTML:
        yield Input(where=where, value=_from_html(uri, data))
    else:
        yield Input(where=where, value=_from_text(uri, data))


def _lines(where: str, lines: Iterator[bytes] | list[bytes]) -> Iterator[Input]:
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield Input(where=f"{where}:{number}", value=line.strip())


def _json(where: str, data: bytes) -> Iterator[Input]:
    try:
        items = msgspec.json.decode(data, type=list[msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError):
        yield Input(where=where, value=data.strip())
        return
    for number, item in enumerate(items, start=1):
        yield Input(where=f"{where}[{number}]", value=bytes(item))


def _kind_by_content(data: bytes) -> str:
    start = data.lstrip()[:1]
    if start == b"[":
        return ".json"
    if start == b"{":
        return ".json" if _is_json(data) else ".jsonl"
    return ".html" if start == b"<" else ".txt"


def _is_json(data: bytes) -> bool:
    try:
        msgspec.json.decode(data, type=msgspec.Raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
    return True


def _from_text(uri: str, data: bytes) -> bytes:
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise InvalidInput(f"the text is not UTF-8: {error}", stage="decode") from error
    title = _TITLE.match(text)
    article = {"uri": uri, "body": text[title.end() :] if title else text}
    if title:
        article["headline"] = title[1].strip()
    return msgspec.json.encode(article)


def _from_html(uri: str, data: bytes) -> bytes:
    tree = LexborHTMLParser(data)
    heading = tree.css_first("h1") or tree.css_first("title")
    title = heading.text(strip=True) if heading else ""
    if heading:
        heading.decompose()
    page = tree.css_first("article") or tree.css_first("main") or tree.body
    article = {"uri": uri, "body": page.html if page else "", "content_type": "text/html"}
    if title:
        article["headline"] = title
    language = tree.root.attributes.get("lang") if tree.root else None
    if language:
        article["language"] = language
    return msgspec.json.encode(article)

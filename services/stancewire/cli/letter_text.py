"""A dead letter for a person's eyes: whatever is in it, nothing of it steers the terminal."""

from collections.abc import Iterator

from stancewire.cli.letter_file import Filed
from stancewire.cli.render import plain
from stancewire.workers.dead_letters import PREFIX, UNEXPECTED
from stancewire.workers.records import Incoming

SHOWN_BYTES = 2_000
_HEX_WIDTH = 16
_HEX_BYTES = 256
_BINARY_SHARE = 0.1

_MEND = (
    "To mend it by hand: `stancewire dlq show {id} --raw > article.json`, edit the file,"
    " `stancewire publish article.json`, then `stancewire dlq discard {id}`."
)
_ADVICE = {
    "decode": "The bytes are no article. Have the sender send one JSON object in UTF-8; see"
    " docs/articles.md for the shapes. ",
    "schema": "A field is missing or of a wrong type; the reason names it. Have the sender mend"
    " it; see docs/articles.md. ",
    "article": "The fields are there, but one of them cannot be; the reason names it. ",
    "key": "Key and uri do not belong together. Have the sender key each article by its uri. ",
    "read": "The text could not be read; the reason says why. ",
    "publish": "What follows from the record is larger than a topic takes. Shorten the article, or"
    " see `stancewire topics show` for topics that take less than they should. ",
    "track": "The observation cannot be tracked; the reason says why. Where the article's time is"
    " wrong, have the sender correct it. ",
}
_OURS = (
    "Nobody foresaw this error, so it is likely the service's fault: look for it in the log"
    " at that time. After an update or a mended configuration: `stancewire dlq replay {id}`."
)


def advice_on(letter: Filed) -> str:
    """How to mend a letter."""
    if letter.stage == UNEXPECTED:
        advice = _OURS
    else:
        advice = _ADVICE.get(letter.stage, "The reason says what is wrong. ") + _MEND
    return advice.format(id=letter.short_id)


def described(letter: Filed, record: Incoming, *, whole: bool = False) -> Iterator[str]:
    """The lines that show a letter; its value clipped unless it is to be `whole`."""
    place = f"{letter.topic or 'unknown'}[{letter.partition}] at {letter.offset}"
    model = f", model {letter.model_version}" if letter.model_version else ""
    yield f"id         {letter.id}  ({letter.state})"
    yield f"given up   {letter.at:%Y-%m-%d %H:%M:%S} UTC, {letter.attempts} times{model}"
    yield f"came from  {plain(place)}"
    yield f"key        {plain(letter.key) if letter.key is not None else '(none)'}"
    yield f"stage      {plain(letter.stage)}"
    yield f"reason     {plain(letter.reason)}"
    yield f"exception  {plain(letter.exception)}"
    yield f"advice     {advice_on(letter)}"
    for name, value in record.headers:
        if not name.startswith(PREFIX):
            yield f"header     {plain(name)}: {plain(value.decode(errors='backslashreplace'))}"
    yield f"value      {'(null)' if record.value is None else f'{letter.size:,} bytes'}"
    yield from _value_lines(record.value or b"", whole=whole)


def _value_lines(value: bytes, *, whole: bool) -> Iterator[str]:
    shown = value if whole else value[:SHOWN_BYTES]
    if _is_binary(value):
        shown = value if whole else value[:_HEX_BYTES]
        yield from _hex_lines(shown)
    else:
        text = shown.decode(errors="backslashreplace")
        yield from (f"  {_visible(line)}" for line in text.split("\n") if value)
    if len(shown) < len(value):
        yield f"  … {len(value) - len(shown):,} bytes more; --whole shows them, --raw gives them"


def _is_binary(value: bytes) -> bool:
    text = value[:SHOWN_BYTES].decode(errors="replace")
    strange = sum(1 for c in text if c == "\N{REPLACEMENT CHARACTER}" or not _is_visible(c))
    return strange > _BINARY_SHARE * max(1, len(text))


def _is_visible(character: str) -> bool:
    return character.isprintable() or character in "\t\r\n"


def _visible(line: str) -> str:
    """A line with what a terminal would act on written out."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in line)


def _hex_lines(value: bytes) -> Iterator[str]:
    for start in range(0, len(value), _HEX_WIDTH):
        row = value[start : start + _HEX_WIDTH]
        letters = "".join(chr(b) if 32 <= b < 127 else "." for b in row)
        yield f"  {start:08x}  {row.hex(' '):{3 * _HEX_WIDTH - 1}}  {letters}"

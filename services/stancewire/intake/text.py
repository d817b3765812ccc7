"""Plain text made uniform before it is read, so that the offsets of a reading refer to it.

Only what cannot be seen or would split words is changed; a text that is uniform already comes out
as it went in.
"""

import re
import unicodedata

from stancewire.errors import InvalidInput

_LINE_END = re.compile("\r\n|[\r\u0085\u2028\u2029]")
_INVISIBLE = re.compile("[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b\u2060\ufeff]")
"""Control characters other than tab and line feed, soft hyphens, zero-width spaces and marks."""
_SURROGATE = re.compile("[\ud800-\udfff]")


def normalise(text: str, *, at: str) -> str:
    """`text` in Unicode form NFC, with line feeds as line ends and nothing invisible in its words.

    Doing it again changes nothing. Raises InvalidInput(stage="article") for a lone surrogate, which
    is no character; `at` is the JSON pointer of the field for the message.
    """
    if lone := _SURROGATE.search(text):
        raise InvalidInput(
            f"{at} has a lone surrogate (U+{ord(lone[0]):04X}) at character {lone.start()}; "
            "send whole characters in UTF-8",
            stage="article",
        )
    text = _INVISIBLE.sub("", _LINE_END.sub("\n", text))
    return unicodedata.normalize("NFC", text)


def normalise_line(text: str, *, at: str) -> str:
    """`text` normalised and on one line, its white space single and trimmed; see `normalise`."""
    return " ".join(normalise(text, at=at).split())

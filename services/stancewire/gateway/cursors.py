"""Cursors: where the next page begins, as opaque text."""

import base64
import binascii
import re
from typing import NoReturn

from stancewire.gateway.problems import Fault, Problem
from stancewire.stores.track_index import Place, Position

_POSITION = re.compile(r"[0-9]{1,20}-[0-9]{1,20}")
_MILLISECONDS = re.compile(r"-?[0-9]{1,15}")


def of_place(place: Place) -> str:
    """The cursor that leads on from an entry of a list in event time.

    >>> to_place(of_place(Place(1_772_352_000_000, "talks")))
    Place(milliseconds=1772352000000, id='talks')
    """
    return _packed(f"p{place.milliseconds}|{place.id}")


def to_place(cursor: str | None) -> Place | None:
    """What `of_place` packed; None for no cursor. Raises Problem for any other text."""
    if cursor is None:
        return None
    milliseconds, _, name = _unpacked(cursor, "p").partition("|")
    if not _MILLISECONDS.fullmatch(milliseconds) or not name:
        _refuse()
    return Place(int(milliseconds), name)


def of_position(position: Position) -> str:
    """The cursor that leads on from a change."""
    return _packed(f"c{position}")


def to_position(cursor: str | None) -> Position | None:
    """What `of_position` packed; None for no cursor. Raises Problem for any other text."""
    if cursor is None:
        return None
    position = _unpacked(cursor, "c")
    if not is_position(position):
        _refuse()
    return position


def is_position(text: str) -> bool:
    """Whether this may be the position of a change: a stream id of Redis, of two 64-bit numbers."""
    return _POSITION.fullmatch(text) is not None and all(
        int(number) < 2**64 for number in text.split("-")
    )


def _packed(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _unpacked(cursor: str, kind: str) -> str:
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        text = base64.b64decode(padded, altchars=b"-_", validate=True).decode()
    except (UnicodeError, binascii.Error):
        _refuse()
    if not text.startswith(kind):
        _refuse()
    return text.removeprefix(kind)


def _refuse() -> NoReturn:
    detail = "this is no cursor of this list; take `next` of its last page, or leave it out"
    raise Problem(
        422,
        "invalid-request",
        f"query.cursor: {detail}",
        errors=(Fault(at="query.cursor", detail=detail),),
    )

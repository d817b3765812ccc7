"""What an erasure leaves in a state: nothing by which the article could be known again.

An erasure comes as the withdrawal of a version that no other can follow, so the log alone says what
was erased, and folding it anew gives the same bytes. The withdrawal does its usual work first, with
its usual events; then every mention of the article's uri that is left, in what was folded away and
in the tombstone that keeps it from coming back, is replaced by a token made of its hash.
"""

from typing import Any

import msgspec
from msgspec.structs import replace

from stancewire.acts import erasure_digest
from stancewire.baseline import Baseline
from stancewire.events import Observation
from stancewire.tracking.codec import from_bytes, to_bytes
from stancewire.tracking.state import State

FINAL_VERSION = 2**53 - 1
"""The version of an erasing withdrawal: the largest whole number that every JSON reader keeps."""
WHOLE_ACTOR = "urn:stancewire:erasure:actor"
"""The article of the withdrawal that erases the actor itself, and with it the whole key."""


def erases(event: Observation | Baseline) -> bool:
    """Whether an event is an erasure, of its article or of its actor."""
    return (
        isinstance(event, Observation)
        and event.status == "withdrawn"
        and event.article.version == FINAL_VERSION
    )


def erases_actor(event: Observation | Baseline) -> bool:
    """Whether nothing of the key may be left."""
    return isinstance(event, Observation) and erases(event) and event.article.uri == WHOLE_ACTOR


def token_of(uri: str) -> str:
    """What stands for an erased uri.

    It sorts behind every uri of ASCII letters, so what was folded away at its time stays so.
    """
    return f"~erased:{erasure_digest(uri)}"


def without_traces(state: State, uri: str) -> State:
    """The state after the article was withdrawn, its uri replaced and its folded words gone."""
    token = token_of(uri)
    plain: Any = msgspec.msgpack.decode(to_bytes(state))
    renamed = from_bytes(msgspec.msgpack.encode(_renamed(plain, uri, token)))
    return replace(
        renamed,
        folded=tuple(f for f in renamed.folded if token not in (f.uri, *f.votes)),
    )


def _renamed(node: Any, uri: str, token: str) -> Any:
    """A decoded state with one text in place of another, wherever it stands alone."""
    if isinstance(node, list):
        return [_renamed(each, uri, token) for each in node]
    return token if node == uri else node

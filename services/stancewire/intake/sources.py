"""Who owns an outlet: the tracker counts owners, so that one newsroom is not several voices."""

import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files

from stancewire.events import Source

UNKNOWN = "unknown"


def source(name: str | None, owner: str | None = None) -> Source:
    """The source of that name; its owner is the given one, else the table's, else the name."""
    shown = " ".join((name or "").split()) or UNKNOWN
    declared = " ".join((owner or "").split())
    return Source(name=shown, owner=_key(declared) if declared else owner_of(shown))


def owner_of(outlet: str) -> str:
    """The owner of an outlet in lower case; the outlet itself where the table does not know it."""
    key = _key(outlet)
    return owners().get(key, key)


@lru_cache(maxsize=1)
def owners() -> Mapping[str, str]:
    """Owner by outlet, both in lower case, from the table that ships with the package."""
    table = tomllib.loads(files(__package__).joinpath("sources.toml").read_text("utf-8"))
    return {
        _key(outlet): _key(owner)
        for owner, outlets in table["owners"].items()
        for outlet in outlets
    }


def _key(name: str) -> str:
    """The name as it is compared: case, space and a web address's decoration do not matter."""
    return (
        re.sub(r"^(?:https?://)?(?:www\.)?", "", " ".join(name.split()).casefold()).rstrip("/")
        or UNKNOWN
    )

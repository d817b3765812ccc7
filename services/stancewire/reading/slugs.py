"""Names as parts of ids: ASCII, lower case, the same for every spelling of one name."""

import re
from functools import cache

from stancewire.reading.institutions import QUANTITIES
from stancewire.reading.nominative import nominative
from stancewire.reading.organizations import plain_name
from stancewire.reading.tables import parts, table
from stancewire.reading.wordforms import LINKS, folded, stem

_ADJECTIVE = re.compile(r"^(\w+(?:isch|lich|tsch|onal|tral|eral)|frei|rot|gross)(?:e|en|er|es|em)$")
_SLAVIC = re.compile(
    r"(?:ow|ov|ew|ev|off|owa|ova|ewa|eva|skij|skiy|skyj|sky|ski|skyy|skaja|skaya|ska|enko|tschuk|"
    r"chuk|idse|idze|wili|vili|jan|yan|zin|sin|hin|tin|alny|w[iy]tsch|v[iy]t?ch)$"
)
_TRANSCRIBED = (
    *(("schtsch", "shch"), ("tsch", "ch"), ("sch", "sh"), ("kh", "ch"), ("zh", "sh"), ("ts", "s")),
    *(("z", "s"), ("w", "v"), ("ff", "v"), ("ck", "k"), ("ks", "x"), ("j", "i"), ("y", "i")),
    *(("iie", "ie"), ("ii", "i"), ("chov", "chev"), ("shov", "shev"), ("iev", "ev")),
)
_MIDDLE = re.compile(r"(?:\w\.?|\w\.\w\.?)")


def person_slug(name: str) -> str:
    """A person's name without middle initials, given name and transcription made one.

    "Donald J. Trump" is Donald Trump, "Wladimir Putin" is Vladimir Putin, "Lawrow" is Lavrov. The
    transcription counts only where the surname looks East European; "Meyer" is never "Meier".
    """
    words = name.split()
    inner = [w for w in words[1:-1] if not _MIDDLE.fullmatch(w)]
    kept = [*words[:1], *inner, *words[1:][-1:]]
    plain = [folded(part) for word in kept for part in parts(word)] or ["unknown"]
    given = _given_names()
    plain = [given.get(w, w) if i < len(plain) - 1 else w for i, w in enumerate(plain)]
    if _SLAVIC.search(plain[-1]):
        plain[-1] = _transcribed(plain[-1])
    return "-".join(plain)


def institution_slug(name: str) -> str:
    """An organisation's own name without legal form, brackets and German endings of case."""
    words = [folded(w) for w in parts(nominative(plain_name(name)))]
    return "-".join(_ADJECTIVE.sub(r"\1", w) for w in words) or "unknown"


def group_slug(name: str) -> str:
    """A group's words by their stems, without "viele", "several" and the like."""
    words = [w for w in parts(name) if stem(w) not in QUANTITIES] or parts(name)
    return "-".join(folded(w) if folded(w) in LINKS else stem(w) for w in words) or "unknown"


def _transcribed(word: str) -> str:
    """One spelling for what German and English transcribe differently, for comparing only."""
    word = re.sub(r"(?:skij|skiy|skyj|skyy|sky|ski)$", "ski", word)
    for spelling, other in _TRANSCRIBED:
        word = word.replace(spelling, other)
    return word


@cache
def _given_names() -> dict[str, str]:
    return {
        folded(form): folded(name) for name, forms in table("given_names").items() for form in forms
    }

"""The proper name of a person inside a mention: "US-Präsident Donald Trump" -> "Donald Trump"."""

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

_PARTICLES = frozenset(
    "von van de der den del della di da dos du la le al el bin ibn ben ter zu zur".split()
)
_TOKEN = re.compile(r"[^\W\d_][\w'’.\-]*")
_SEGMENT = re.compile(r"[,;:()\[\]„“”»«\"/]| – | — | - ")
_FULL_NAME_WORDS = 4


def is_role(word: str) -> bool:
    """Whether a word names an office or occupation ("Außenministerin", "spokesman")."""
    plain = word.casefold().rstrip(".").rpartition("-")[2]
    return any(plain == r or (len(r) > 4 and plain.endswith((r, f"{r}s"))) for r in _roles())


@cache
def _roles() -> tuple[str, ...]:
    lines = files(__package__).joinpath("roles.txt").read_text("utf-8").splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))


def person_name(forms: Sequence[str]) -> str | None:
    """The fullest proper name in the mentions of one person; None where there are only roles.

    What other forms end in is the name; what they put before it is an occupation.
    """
    names = [n for form in dict.fromkeys(forms) for n in _names(form)]
    full = [n for n in names if 1 < len(n.split()) <= _FULL_NAME_WORDS]

    def shared(name: str) -> tuple[int, int]:
        return sum(
            other.endswith(f" {name}") or name.endswith(f" {other}") for other in names
        ), -len(name)

    return max(full, key=shared, default=None) or next(iter(names), None)


def surname(name: str) -> str:
    """The last word of a name."""
    return name.rsplit(maxsplit=1)[-1]


def _names(form: str) -> list[str]:
    found = []
    for segment in _SEGMENT.split(form):
        tokens = _TOKEN.findall(segment)
        roles = [i for i, t in enumerate(tokens) if is_role(t)]
        after = _run(tokens[roles[-1] + 1 :]) if roles else _run(tokens)
        name = after or (_run(tokens[: roles[0]]) if roles else None)
        if name:
            found.append(name)
    return found


def _run(tokens: Sequence[str]) -> str | None:
    """The capitalised words at the beginning, with particles between them; articles are skipped."""
    words = list(tokens)
    while words and words[0].casefold() in (
        "the",
        "der",
        "die",
        "das",
        "den",
        "dem",
        "ein",
        "eine",
        "a",
        "an",
    ):
        # "the Trump administration" begins with an article too, but so does no name.
        words = words[1:]
        if words and not words[0][:1].isupper():
            return None
    run: list[str] = []
    for i, word in enumerate(words):
        following = words[i + 1] if i + 1 < len(words) else ""
        if word.split("-")[-1][:1].isupper() or (
            run
            and word in _PARTICLES
            and following[:1].isupper()
            and not _genitive(word, words[i + 1 :])
        ):
            run.append(word)
        else:
            break
    return " ".join(_unpossessive(w) for w in run) or None


def _genitive(particle: str, rest: Sequence[str]) -> bool:
    """Whether the name has ended: in "Meyer von der Universität" a place of work follows."""
    return particle in ("der", "den", "zur") or (particle in ("von", "de") and is_role(rest[0]))


def _unpossessive(word: str) -> str:
    return re.sub(r"(?:['’]s|[’'.])$", "", word) if len(word) > 2 else word

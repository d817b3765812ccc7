"""The language of an article: declared, else detected, else `und`."""

import re
from functools import lru_cache

from babel.core import get_global
from py3langid.langid import MODEL_FILE, LanguageIdentifier

UNDETERMINED = "und"

_TAG = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]{1,8})*")
_NO_LANGUAGE = frozenset(("und", "mul", "mis", "zxx"))
_SAMPLE = 2_000
"""Characters from the beginning that are looked at: more change no answer."""
_FEWEST_LETTERS = 20
_LEAST_CERTAIN = 0.5
_CANDIDATES = """
af am ar az be bg bn bs ca cs cy da de el en es et eu fa fi fr fy ga gl gu ha he hi hr hu hy id
is it ja ka kk km kn ko ku ky lb lo lt lv mk ml mn mr ms mt my ne nl nn no or pa pl ps pt ro ru
rw si sk sl so sq sr sv sw ta te tg th tk tl tr uk ur uz vi yo zh zu
"""
"""Languages with a daily press, so that a short text is not taken for a rare or dead one."""


def language_of(declared: str | None, text: str) -> str:
    """The BCP 47 primary subtag: of the declared tag, else of what the text is written in.

    `und` where neither is possible: too few letters, or no language is more likely than all others.
    The same text always gives the same answer.
    """
    return primary_subtag(declared) or detect(text)


def primary_subtag(tag: str | None) -> str | None:
    """`de` of `de-AT`, `deu` and `DE`; None for what is no language tag or names no language."""
    match = _TAG.fullmatch((tag or "").strip())
    if match is None:
        return None
    subtag = match[1].lower()
    subtag = str(_aliases().get(subtag, subtag)).partition("_")[0].lower()
    return None if subtag in _NO_LANGUAGE else subtag


def detect(text: str) -> str:
    """The language that a text is written in, from its first 2,000 characters, or `und`."""
    sample = text[:_SAMPLE]
    if sum(character.isalpha() for character in sample) < _FEWEST_LETTERS:
        return UNDETERMINED
    language, probability = _identifier().classify(sample)
    return str(language) if probability >= _LEAST_CERTAIN else UNDETERMINED


@lru_cache(maxsize=1)
def _identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(_CANDIDATES.split())
    return identifier


@lru_cache(maxsize=1)
def _aliases() -> dict[str, str]:
    """CLDR's table of subtags that stand for others, such as three-letter codes."""
    return dict(get_global("language_aliases"))

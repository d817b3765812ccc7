"""Names of German institutions in the nominative.

A mention says "des russischen Außenministeriums"; the actor is "russisches Außenministerium".
"""

import re

_HEADS = {
    "er": "verband verein bund rat gerichtshof rechnungshof wetterdienst städtetag bundestag club "
    "konzern kongress senat",
    "es": "ministerium institut gericht amt haus parlament komitee präsidium werk kabinett",
    "e": "bank union regierung kommission organisation partei gesellschaft agentur stiftung "
    "behörde polizei gewerkschaft staatsanwaltschaft armee küstenwache botschaft börse akademie",
}
"""The ending of a strong adjective -> nouns of that gender; a compound is what it ends in."""

_ENDING = {noun: ending for ending, nouns in _HEADS.items() for noun in nouns.split()}
_HEAD = re.compile(f"(?:{'|'.join(_ENDING)})$")
_ADJECTIVE = re.compile(
    r"\w*(?:isch|lich|ig|tsch|al|ell|iv|weiß|groß|neu|rot|frei)(?=e[nm]?$)", re.I
)


def nominative(name: str) -> str:
    """The name with its head noun and the adjectives before it in the nominative, if it is known.

    English names and German ones of unknown gender stay as they are.
    """
    words = name.split()
    for at, word in enumerate(words):
        bare, ending = _head(word)
        if ending:
            before = [_inflect(w, ending) for w in words[:at]]
            return " ".join([*before, bare, *words[at + 1 :]])
        if not _ADJECTIVE.match(word):
            return name
    return name


def _head(word: str) -> tuple[str, str | None]:
    for bare in (word, word.removesuffix("s"), word.removesuffix("es")):
        plain = bare.casefold().rpartition("-")[2]
        noun = _HEAD.search(plain)
        found = _ENDING[noun[0]] if noun else None
        if found and (bare == word or found != "e"):
            return bare, found
    return word, None


def _inflect(adjective: str, ending: str) -> str:
    found = _ADJECTIVE.match(adjective)
    return found[0] + ending if found else adjective

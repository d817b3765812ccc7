#!/usr/bin/env python3
"""Turn hand-labelled news texts (compact inline markup) into statements_<lang>.jsonl.

Usage:  author.py de            read de/*.txt, check, write statements_de.jsonl
        author.py en --check    check only
        author.py de --show ID  print the documents whose id contains ID, readably

The output has the fields of the project's labelled data (one document a line; offsets are
code points into ``text``). Nothing is written unless every document is valid.

Source files
------------
A file holds many documents. A document starts with a header line, then come its actors, an
empty line, and the text (its lines and empty lines are kept)::

    ### sw-de-0001 | Bahnhof wird gesperrt | 2026-03-04
    @ k = Karla Thode | person | Deutsche Bahn | Bahnchefin, Managerin
    @ f = Fahrgäste | group

    Der Bahnhof schließt. {k.h „Das wird gut“}, <sagte> [k|Bahnchefin Karla Thode].
    {k.n Es gebe Busse.} [f|Viele Fahrgäste] {f.w <fürchten> lange Wege}.

Header: id, title, and a date or nothing. Actor line: a key, the actor's name as it stands in
the text, its kind (person, organization, government, group, unnamed), then optionally on whose
behalf it speaks, more aliases (comma between), and its stance over the document. Empty fields
may be "-". Without a given stance it is the most frequent non-neutral stance of the actor's
statements; where two are equally frequent one has to be given.

Inline markup
-------------
``{key.S words}``    a statement of actor *key*; S is its stance: h hopeful, s skeptical,
                     w warning, n neutral. ``{key.S/AB words}`` adds the labels A, B that can
                     be defended as well. Statements may be nested in one another.
                     Flags after that: ``>`` cue and speaker are those of this actor's next
                     statement (first sentences of a longer quote); ``<`` they are those of
                     its last one (later sentences of a quote introduced before it);
                     ``^`` its cue is the cue outside of spans next before it, in an earlier
                     sentence ("She put it like this:" on a line of its own), ``$`` next
                     after it ("That was announced by ..."); its speaker stands next to it;
                     ``_`` no speaker mention at all.
``{&key words}``     a further span of that actor's latest statement (a split quote);
                     ``{& words}`` of the latest statement of all.
``<word>``           the cue. Inside a span it belongs to the innermost statement there;
                     elsewhere to the statements of its sentence that hold no cue of their
                     own (each takes the nearest). ``<key:word>`` restricts it to the
                     statements of that actor.
``[key|words]``      a mention of an actor: an alias and a candidate for the speaker. The
                     speaker of a statement is the mention next to its cue (without cue: to
                     its span) in the same sentence, else the latest mention before it.
``[~key|words]``     a mention that is only an alias, never the speaker.
``||``               forces a sentence border; ``##`` forbids one at this place. A line
                     break always ends a sentence.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

KINDS = ("person", "organization", "government", "group", "unnamed")
STANCES = {"h": "hopeful", "s": "skeptical", "w": "warning", "n": "neutral"}
FIELDS = [
    "id",
    "lang",
    "source",
    "license",
    "src_id",
    "title",
    "date",
    "text",
    "sentences",
    "statements",
    "aliases",
    "stance_by_actor",
]

PRONOUNS = {
    "de": "er sie es man dieser diese dieses der die das ihm ihr ihnen ihn wir ich",
    "en": "he she it they we i this that who him her them one",
}
# Words whose full stop ends no sentence.
ABBREVIATIONS = {
    "de": "dr prof nr st bzw ca z u a b d h vgl usw evtl art abs str mio mrd tel hl jr sog",
    "en": "dr mr mrs ms prof no st sen rep gov gen capt adm col lt sgt rev hon jr sr inc corp co "
    "ltd vs u.s u.k u.n d.c a.m p.m e.g i.e jan feb aug sept oct nov dec approx",
}
OPENING = "„“\"»«‚‘'([–—-"
CLOSING = "“”\"«»’‘')]"

TOKEN = re.compile(
    r"\{&(?P<more>\w*) "
    r"|\{(?P<key>\w+)\.(?P<stance>[hswn])(?:/(?P<alt>[hswn]+))?(?P<flags>[<>^$_]*) "
    r"|(?P<close>\})"
    r"|\[(?P<quiet>~?)(?P<actor>\w+)\|(?P<mention>[^\]\[{}<>]+)\]"
    r"|<(?:(?P<owner>\w+):)?(?P<cue>[^\]\[{}<>|:]+)>"
    r"|(?P<split>\|\|)|(?P<join>##)"
)
BORDER = re.compile(rf"[.!?…]+[{re.escape(CLOSING)}]*(?=\s)")

Span = tuple[int, int]


class MarkupError(ValueError):
    """A document whose markup cannot be resolved."""


@dataclass
class Actor:
    """An actor as declared in the head of a document."""

    name: str
    kind: str
    on_behalf_of: str | None = None
    aliases: list[str] = field(default_factory=list)
    stance: str | None = None


@dataclass
class Mention:
    """A place in the text that names an actor."""

    key: str
    span: Span
    speaker: bool


@dataclass
class Cue:
    """An attributing word; `within` is the statement around it, `owner` the actor it is for."""

    span: Span
    within: int | None
    owner: str | None


@dataclass
class Statement:
    """A statement while it is being resolved."""

    key: str
    stance: str
    alt: list[str]
    flags: str
    spans: list[Span] = field(default_factory=list)
    sentence: int = 0
    cue: Span | None = None
    speaker: Span | None = None


@dataclass
class Source:
    """One document of a source file, before its text is read."""

    id: str
    title: str
    date: str | None
    actors: dict[str, Actor]
    body: str


def read_sources(path: Path) -> Iterator[Source]:
    """Split a source file into its documents."""
    for block in re.split(r"(?m)^### ", path.read_text(encoding="utf-8"))[1:]:
        head, _, body = block.partition("\n\n")
        lines = head.split("\n")
        parts = [part.strip() for part in lines[0].split("|")]
        if len(parts) not in (2, 3):
            raise MarkupError(f"{lines[0]}: header needs id | title | date")
        actors: dict[str, Actor] = {}
        for line in lines[1:]:
            key, actor = _read_actor(line, parts[0])
            if key in actors:
                raise MarkupError(f"{parts[0]}: actor key {key} used twice")
            actors[key] = actor
        date = parts[2] if len(parts) == 3 and parts[2] else None
        yield Source(parts[0], parts[1], date, actors, body.strip())


def _read_actor(line: str, doc: str) -> tuple[str, Actor]:
    found = re.fullmatch(r"@ (\w+) = (.+)", line.strip())
    if not found:
        raise MarkupError(f"{doc}: not an actor line: {line!r}")
    parts = [part.strip() for part in found[2].split("|")]
    name, kind, behalf, aliases, stance = (parts + [""] * 5)[:5]
    if kind not in KINDS:
        raise MarkupError(f"{doc}: kind {kind!r} of {name}")
    if stance and stance not in STANCES.values():
        raise MarkupError(f"{doc}: stance {stance!r} of {name}")
    return found[1], Actor(
        name,
        kind,
        behalf if behalf not in ("", "-") else None,
        [alias.strip() for alias in aliases.split(",") if alias.strip() not in ("", "-")],
        stance or None,
    )


def split_sentences(
    text: str, lang: str, forced: Set[int] = frozenset(), joined: Set[int] = frozenset()
) -> list[Span]:
    """Sentence offsets: line breaks and sentence ends; closing quotes stay with their sentence."""
    stops = set(ABBREVIATIONS[lang].split())
    out: list[Span] = []
    for line in re.finditer(r"[^\n]+", text):
        start = line.start()
        ends = sorted(
            {match.end() for match in BORDER.finditer(text, line.start(), line.end())}
            | {place for place in forced if line.start() < place < line.end()}
        )
        for end in ends:
            if any(end <= place <= end + 1 for place in joined):
                continue
            if end not in forced and not _ends_sentence(
                text, start, end, line.end(), stops, lang == "de"
            ):
                continue
            out.append((start, end))
            start = end
        out.append((start, line.end()))
    return [trimmed for span in out if (trimmed := _trim(text, span))[0] < trimmed[1]]


def _ends_sentence(
    text: str, start: int, end: int, limit: int, stops: set[str], ordinals: bool
) -> bool:
    after = text[end:limit].lstrip()
    if not after:
        return False
    head = after.lstrip(OPENING)[:1]
    if not head or not (head.isupper() or head.isdigit()):
        return False
    if text[end - 1] != ".":
        return True
    word = re.split(r"\s", text[start : end - 1])[-1].lstrip(OPENING)
    if word.isdigit() and len(word) <= 2 and ordinals:  # "12. Mai"
        return False
    return word.lower() not in stops and not (len(word) == 1 and word.isupper())


def _trim(text: str, span: Span) -> Span:
    start, end = span
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end


class Reader:
    """Reads the marked-up body of one document and resolves it into statements."""

    def __init__(self, source: Source, lang: str) -> None:
        self.source = source
        self.lang = lang
        self.statements: list[Statement] = []
        self.mentions: list[Mention] = []
        self.cues: list[Cue] = []
        self.text, forced, joined = self._parse()
        self.sentences = split_sentences(self.text, lang, forced, joined)
        self._place()
        self._link()

    def fail(self, message: str) -> MarkupError:
        """An error that names the document."""
        return MarkupError(f"{self.source.id}: {message}")

    def _parse(self) -> tuple[str, set[int], set[int]]:
        out: list[str] = []
        length = place = 0
        forced: set[int] = set()
        joined: set[int] = set()
        stack: list[tuple[int, int]] = []  # (statement, start of its span)

        def emit(piece: str) -> None:
            nonlocal length
            out.append(piece)
            length += len(piece)

        body = self.source.body
        while place < len(body):
            match = TOKEN.search(body, place)
            emit(body[place : match.start() if match else len(body)])
            if not match:
                break
            place = match.end()
            if match["key"]:
                self._known(match["key"])
                alt = [STANCES[letter] for letter in match["alt"] or ""]
                self.statements.append(
                    Statement(match["key"], STANCES[match["stance"]], alt, match["flags"])
                )
                stack.append((len(self.statements) - 1, length))
            elif match["more"] is not None:
                stack.append((self._latest(match["more"]), length))
            elif match["close"]:
                if not stack:
                    raise self.fail(f"unmatched }} after {''.join(out)[-30:]!r}")
                number, start = stack.pop()
                self.statements[number].spans.append((start, length))
            elif match["mention"]:
                self._known(match["actor"])
                span = (length, length + len(match["mention"]))
                self.mentions.append(Mention(match["actor"], span, not match["quiet"]))
                emit(match["mention"])
            elif match["cue"]:
                span = (length, length + len(match["cue"]))
                self.cues.append(Cue(span, stack[-1][0] if stack else None, match["owner"]))
                emit(match["cue"])
            else:
                (forced if match["split"] else joined).add(length)
        text = "".join(out)
        if stack:
            raise self.fail("a span is not closed")
        if left := re.search(r"[{}\[\]<>|#]", text):
            raise self.fail(f"markup left over: {text[max(0, left.start() - 20) :][:45]!r}")
        return text, forced, joined

    def _known(self, key: str) -> None:
        if key not in self.source.actors:
            raise self.fail(f"no actor {key!r}")

    def _latest(self, key: str) -> int:
        for number in reversed(range(len(self.statements))):
            if not key or self.statements[number].key == key:
                return number
        raise self.fail(f"nothing to continue for {key!r}")

    def _sentence_of(self, span: Span) -> int:
        for number, (start, end) in enumerate(self.sentences):
            if start <= span[0] and span[1] <= end:
                return number
        raise self.fail(f"not inside one sentence: {self.text[slice(*span)]!r}")

    def _place(self) -> None:
        for statement in self.statements:
            statement.spans.sort()
            places = {self._sentence_of(span) for span in statement.spans}
            if len(places) != 1:
                raise self.fail(f"spans over sentences: {self.text[slice(*statement.spans[0])]!r}")
            statement.sentence = places.pop()
        self.statements.sort(key=lambda item: (item.sentence, item.spans[0]))

    def _link(self) -> None:
        order = {id(item): number for number, item in enumerate(self.statements)}
        self._link_cues()
        for statement in self.statements:
            if "_" not in statement.flags:
                statement.speaker = self._speaker(statement)
        for statement in self.statements:
            step = 1 if ">" in statement.flags else -1 if "<" in statement.flags else 0
            other = statement
            while (
                step and step * (1 if ">" in other.flags else -1 if "<" in other.flags else 0) > 0
            ):
                other = self._neighbour(order[id(other)], step)
            if other is not statement:
                statement.cue, statement.speaker = other.cue, other.speaker
        for statement in self.statements:
            if statement.speaker is None and "_" not in statement.flags:
                raise self.fail(f"no speaker for {self.text[slice(*statement.spans[0])]!r}")

    def _neighbour(self, number: int, step: int) -> Statement:
        key = self.statements[number].key
        number += step
        while 0 <= number < len(self.statements):
            if self.statements[number].key == key:
                return self.statements[number]
            number += step
        raise self.fail("a flag > or < without a statement to take from")

    def _link_cues(self) -> None:
        # A cue lies in the statement that was open in the source; compare by spans after sorting.
        for cue in self.cues:
            inner = [
                item
                for item in self.statements
                if any(start <= cue.span[0] and cue.span[1] <= end for start, end in item.spans)
            ]
            if cue.within is not None and not cue.owner:
                if not inner:
                    raise self.fail(f"cue {self.text[slice(*cue.span)]!r} lost")
                taker = min(inner, key=lambda item: sum(end - start for start, end in item.spans))
                if taker.cue:
                    raise self.fail(f"two cues for {self.text[slice(*taker.spans[0])]!r}")
                taker.cue = cue.span
        outer = [cue for cue in self.cues if cue.within is None or cue.owner]
        taken: dict[int, list[Statement]] = {number: [] for number in range(len(outer))}
        for item in self.statements:
            if item.cue is not None or set(item.flags) & set("<>^$"):
                continue
            fitting = [
                number
                for number, cue in enumerate(outer)
                if cue.owner in (None, item.key) and self._sentence_of(cue.span) == item.sentence
            ]
            if fitting:
                best = min(
                    fitting, key=lambda n: (outer[n].owner is None, _gap(item, outer[n].span))
                )
                taken[best].append(item)
        far = self._link_far_cues()
        for number, takers in taken.items():
            if not takers and outer[number].span in far:
                continue
            words = self.text[slice(*outer[number].span)]
            if not takers:
                raise self.fail(f"cue {words!r} has no statement")
            if len({item.key for item in takers}) > 1:
                raise self.fail(f"cue {words!r} fits several actors")
            for item in takers:
                item.cue = outer[number].span

    def _link_far_cues(self) -> set[Span]:
        free = [cue.span for cue in self.cues if cue.within is None]
        taken: set[Span] = set()
        for item in self.statements:
            if "^" in item.flags:
                near = [span for span in free if span[1] <= item.spans[0][0]][-1:]
            elif "$" in item.flags:
                near = [span for span in free if span[0] >= item.spans[-1][1]][:1]
            else:
                continue
            if not near:
                raise self.fail(f"no cue for {self.text[slice(*item.spans[0])]!r}")
            item.cue = near[0]
            taken.add(near[0])
        return taken

    def _speaker(self, statement: Statement) -> Span | None:
        own = [item.span for item in self.mentions if item.key == statement.key and item.speaker]
        cue = statement.cue
        if cue and set(statement.flags) & set("^$"):
            return min(own, key=lambda span: _distance(span, cue), default=None)
        here = [span for span in own if self._sentence_of(span) == statement.sentence]
        if here and cue:
            return min(here, key=lambda span: _distance(span, cue))
        if here:
            return min(here, key=lambda span: min(_distance(span, s) for s in statement.spans))
        before = [span for span in own if span[1] <= statement.spans[0][0]]
        return before[-1] if before else None

    def document(self, source_name: str, licence: str) -> dict[str, object]:
        """The document in the fields of the labelled data."""
        actors = self.source.actors
        used = [key for key in actors if any(item.key == key for item in self.statements)]
        if unused := set(actors) - set(used):
            raise self.fail(f"actors without a statement: {sorted(unused)}")
        statements = [
            {
                "sentence": item.sentence + 1,
                "spans": [list(span) for span in item.spans],
                "cue": list(item.cue) if item.cue else None,
                "speaker": list(item.speaker) if item.speaker else None,
                "actor": actors[item.key].name,
                "kind": actors[item.key].kind,
                "on_behalf_of": actors[item.key].on_behalf_of,
                "stance": item.stance,
                "alt": item.alt,
            }
            for item in self.statements
        ]
        return {
            "id": self.source.id,
            "lang": self.lang,
            "source": source_name,
            "license": licence,
            "src_id": None,
            "title": self.source.title,
            "date": self.source.date,
            "text": self.text,
            "sentences": [list(span) for span in self.sentences],
            "statements": statements,
            "aliases": {actors[key].name: self._aliases(key) for key in used},
            "stance_by_actor": {actors[key].name: self._stance(key) for key in used},
        }

    def _aliases(self, key: str) -> list[str]:
        actor = self.source.actors[key]
        pronouns = set(PRONOUNS[self.lang].split())
        found: list[str] = []
        for mention in self.mentions:
            if mention.key != key:
                continue
            words = self.text[slice(*mention.span)]
            found.append(words)
            title, name, _ = words.partition(actor.name)
            if name and actor.kind == "person" and title.strip():
                found.append(title.strip(" ,"))
        return [
            words
            for words in dict.fromkeys(found + actor.aliases)
            if words != actor.name and words.lower() not in pronouns
        ]

    def _stance(self, key: str) -> str:
        actor = self.source.actors[key]
        if actor.stance:
            return actor.stance
        votes = Counter(item.stance for item in self.statements if item.key == key)
        del votes["neutral"]
        if not votes:
            return "neutral"
        best = votes.most_common()
        if len(best) > 1 and best[0][1] == best[1][1]:
            raise self.fail(f"{actor.name}: {dict(votes)}, give the stance in the actor line")
        return best[0][0]


def _distance(a: Span, b: Span) -> int:
    return max(a[0] - b[1], b[0] - a[1], 0)


def _gap(statement: Statement, span: Span) -> int:
    return min(_distance(own, span) for own in statement.spans)


def check(document: dict[str, object]) -> list[str]:
    """What is wrong with a finished document (independent of how it was made)."""
    text, wrong = str(document["text"]), []
    sentences = document["sentences"]
    statements = document["statements"]
    aliases = document["aliases"]
    votes = document["stance_by_actor"]
    assert isinstance(sentences, list) and isinstance(statements, list)
    assert isinstance(aliases, dict) and isinstance(votes, dict)
    if list(document) != FIELDS:
        wrong.append("fields")
    ends = [0, *(place for span in sentences for place in span)]
    if ends != sorted(ends) or ends[-1] > len(text):
        wrong.append("sentences overlap")
    for item in statements:
        start, end = sentences[item["sentence"] - 1]
        words = text[slice(*item["spans"][0])]
        if not all(start <= a < b <= end for a, b in item["spans"]):
            wrong.append(f"span outside its sentence: {words!r}")
        if any(text[a:b] != text[a:b].strip() for a, b in item["spans"]):
            wrong.append(f"span with space at its border: {words!r}")
        if any(b[0] < a[1] for a, b in pairwise(item["spans"])):
            wrong.append(f"spans overlap: {words!r}")
        if item["stance"] not in STANCES.values() or item["kind"] not in KINDS:
            wrong.append(f"stance or kind: {words!r}")
        alt = item["alt"]
        if item["stance"] in alt or len(set(alt)) < len(alt) or set(alt) - set(STANCES.values()):
            wrong.append(f"alt {alt}: {words!r}")
        for part in ("cue", "speaker"):
            if item[part] and not text[slice(*item[part])].strip():
                wrong.append(f"empty {part}: {words!r}")
        if item["actor"] not in text and not any(name in text for name in aliases[item["actor"]]):
            wrong.append(f"actor not in the text: {item['actor']}")
    for name, others in aliases.items():
        wrong += [f"alias not in the text: {other}" for other in others if other not in text]
        if votes.get(name) not in STANCES.values():
            wrong.append(f"no stance for {name}")
        own = {item["stance"] for item in statements if item["actor"] == name}
        if votes.get(name) not in own:
            wrong.append(f"stance of {name} is none of its statements'")
    if set(votes) != {item["actor"] for item in statements}:
        wrong.append("stance_by_actor and statements differ")
    return wrong


def show(document: dict[str, object]) -> None:
    """Print a document with its statements."""
    text = str(document["text"])

    def words(span: list[int] | None) -> str:
        return text[slice(*span)] if span else "-"

    print(f"===== {document['id']} {document['title']}\n{text}")
    print(f"  aliases {document['aliases']}\n  stance  {document['stance_by_actor']}")
    for item in document["statements"]:  # type: ignore[attr-defined]
        print(
            f"  {item['sentence']:>2} {' … '.join(map(words, item['spans']))}"
            f" | {words(item['cue'])} | {words(item['speaker'])}"
            f" | {item['actor']} | {item['stance']} {item['alt'] or ''}"
        )


def main() -> int:
    """Read, check and write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("lang", choices=sorted(PRONOUNS))
    parser.add_argument("--check", action="store_true", help="write nothing")
    parser.add_argument("--show", metavar="ID", help="print documents whose id contains ID")
    args = parser.parse_args()
    here = Path(__file__).resolve().parent
    documents: dict[str, dict[str, object]] = {}
    problems: list[str] = []
    for path in sorted((here / args.lang).glob("*.txt")):
        for source in read_sources(path):
            try:
                document = Reader(source, args.lang).document(f"auth_{args.lang}_own", "Apache-2.0")
            except MarkupError as error:
                problems.append(str(error))
                continue
            if source.id in documents:
                problems.append(f"{source.id}: id used twice")
            problems += [f"{source.id}: {problem}" for problem in check(document)]
            documents[source.id] = document
    if args.show:
        for identity, document in documents.items():
            if args.show in identity:
                show(document)
    counts = Counter(
        item["stance"]
        for document in documents.values()
        for item in document["statements"]  # type: ignore[attr-defined]
    )
    print(f"{len(documents)} documents, {sum(counts.values())} statements, {dict(counts)}")
    if problems:
        print("\n".join(problems), file=sys.stderr)
        return 1
    if not args.check and not args.show:
        target = here / f"statements_{args.lang}.jsonl"
        draft = target.with_suffix(".tmp")
        with draft.open("w", encoding="utf-8") as out:
            for document in documents.values():
                out.write(json.dumps(document, ensure_ascii=False) + "\n")
        draft.replace(target)
    return 0


if __name__ == "__main__":
    sys.exit(main())

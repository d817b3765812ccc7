"""Article in, readings out: every actor who states something, what, and with which stance."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol, Self

import msgspec
import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from stancewire.events import Actor, ActorKind, ActorReading, Article, ModelRef, Passage, Statement
from stancewire.reading import model
from stancewire.reading.actors import KINDS, describe, nobody
from stancewire.reading.centring import centred
from stancewire.reading.confusion import Counts
from stancewire.reading.directory import ActorDirectory
from stancewire.reading.encoder import Encoder, TextTokenizer
from stancewire.reading.foreign.judge import ForeignJudge, Said
from stancewire.reading.heads import Heads, span_means
from stancewire.reading.labels import Layer
from stancewire.reading.lead import lead
from stancewire.reading.linking import Linked, link
from stancewire.reading.many import in_order
from stancewire.reading.sentences import Span, split_sentences
from stancewire.reading.spans import Piece, Tagged, nearest, tagged_pieces
from stancewire.reading.stance import Calibration, stance_reading, statement_stance
from stancewire.reading.windows import Tokens, cut_windows
from stancewire.vectors import quantise, to_base64

Array = NDArray[np.float32]

QUERY = "query: "
"""The prefix with which the base was trained for symmetric similarity (E5, Wang et al. 2022)."""


class Encodes(Protocol):
    """What the reader asks of an encoder; `stancewire.reading.encoder.Encoder` is the one."""

    def states(self, ids: NDArray[np.int64]) -> tuple[Array, Array]:
        """Token ids [n] -> states [n, 384] and tag logits [n, layers, 3]."""

    def vectors(self, sequences: Sequence[NDArray[np.int64]]) -> Array:
        """Token ids of k texts -> unit vectors [k, 384]."""


@dataclass(frozen=True)
class Reading:
    """What one article says: its actors, and the unit vector [384] by which its story is found."""

    actors: tuple[ActorReading, ...]
    embedding: Array


@dataclass(frozen=True)
class _Draft:
    """One article on its way through the reader."""

    article: Article
    tokens: Tokens
    sentences: list[Span]
    states: Array
    tagged: Tagged
    linked: Linked


@dataclass(frozen=True)
class _Sayer:
    """An actor and the rows of its statements, ascending."""

    actor: Actor
    rows: list[int]
    resolved: bool

    def joined(self, other: Self) -> Self:
        """Both as one: mentions that linking kept apart and that are still the same actor."""
        forms = (*self.actor.aliases, other.actor.name, *other.actor.aliases)
        aliases = tuple(f for f in dict.fromkeys(forms) if f != self.actor.name)
        actor = msgspec.structs.replace(self.actor, aliases=aliases)
        return replace(self, actor=actor, rows=sorted(self.rows + other.rows))


class Reader:
    """Reads articles with one model. Blocking, deterministic, thread-safe; call it in a thread."""

    def __init__(
        self,
        *,
        manifest: model.Manifest,
        tokenizer: Callable[[str], Tokens],
        encoder: Encodes,
        heads: Heads,
        calibration: Mapping[str, Calibration],
        directory: ActorDirectory | None = None,
        embed_statements: bool = False,
        threads: int = 1,
    ) -> None:
        self._manifest = manifest
        self._tokenizer = tokenizer
        self._encoder = encoder
        self._heads = heads
        self._calibration = calibration
        self._directory = directory or ActorDirectory()
        self._embed_statements = embed_statements
        self._threads = threads
        self._judge: ForeignJudge | None = None

    @classmethod
    def load(
        cls,
        directory: Path | None = None,
        *,
        threads: int = 2,
        actors: Path | None = None,
        embed_statements: bool = False,
    ) -> Self:
        """The model in `directory`, by default the one that ships; takes seconds.

        `actors` is a file of the user's own aliases, merges and ignored actors. With
        `embed_statements` each statement carries its vector, by which translated copies are
        found; that is about half as much work again. Raises
        ConfigurationError where it is wrong, or where a file of the model is missing or not the one
        that the manifest names.
        """
        # The heads multiply small matrices. A second BLAS thread gains them nothing, and where the
        # cores are busy waiting for it takes a hundred times as long as the work.
        threadpool_limits(limits=1, user_api="blas")
        directory = directory or model.SHIPPED
        return cls(
            manifest=model.Manifest.load(directory),
            tokenizer=TextTokenizer(directory / "tokenizer.json"),
            encoder=Encoder(directory, threads=threads),
            heads=model.load_heads(directory),
            calibration=model.load_calibration(directory),
            directory=ActorDirectory.load(actors),
            embed_statements=embed_statements,
            threads=threads,
        )

    def judged_by(
        self,
        judge: ForeignJudge,
        *,
        model: ModelRef,
        calibration: Mapping[str, Calibration],
        confusion: Mapping[str, Counts],
    ) -> Self:
        """The same reader with somebody else's classifier for the stances of statements.

        `calibration` has every one of the `languages`.
        """
        other = copy(self)
        other._judge, other._calibration = judge, calibration
        other._manifest = replace(self._manifest, model=model, confusion=confusion)
        return other

    @property
    def model(self) -> ModelRef:
        """Name and version, as every observation carries them."""
        return self._manifest.model

    @property
    def languages(self) -> tuple[str, ...]:
        """Languages that the model was trained on."""
        return self._manifest.languages

    @property
    def confusion(self) -> Mapping[str, Counts]:
        """Counts [true][observed] of votes by language; see `model.Manifest`."""
        return self._manifest.confusion

    def read(self, article: Article) -> Reading:
        """All actors of an article; the same article always gives the same reading."""
        # The vector of the article needs nothing of the rest, so another core may see to it.
        if self._threads == 1:
            return Reading(self._read(article), self.story_vectors([article])[0])
        with ThreadPoolExecutor(1, thread_name_prefix="stancewire-vector") as beside:
            vector = beside.submit(self.story_vectors, [article])
            return Reading(self._read(article), vector.result()[0])

    def _read(self, article: Article) -> tuple[ActorReading, ...]:
        draft = self._draft(article)
        actors = self._actors(draft, self._said(draft))
        return self._with_vectors(actors) if self._embed_statements else actors

    def story_vectors(self, articles: Sequence[Article]) -> Array:
        """Unit vectors [k, 384] of headlines and leads: near where articles tell of one event."""
        vectors = self.embed([lead(article) for article in articles])
        each = zip(vectors, articles, strict=True)
        return np.stack([centred(vector, article.language) for vector, article in each])

    def embed(self, texts: Sequence[str]) -> Array:
        """Unit vectors [k, 384]; texts alike in meaning, in any language, have a high cosine."""
        return self._encoder.vectors([self._tokenizer(QUERY + text).ids for text in texts])

    def _draft(self, article: Article) -> _Draft:
        tokens = self._tokenizer(article.body)
        sentences = split_sentences(article.body, article.language)
        states, tags = self._encode(self._tokenizer(article.title), tokens, sentences)
        tagged = tagged_pieces(article.body, tokens, sentences, tags)
        linked = link(tagged, states, self._heads)
        return _Draft(article, tokens, sentences, states, tagged, linked)

    def _with_vectors(self, actors: Sequence[ActorReading]) -> tuple[ActorReading, ...]:
        """The same readings, each statement carrying its vector as base64 of int8 [384]."""
        vectors = iter(self.embed([s.text for actor in actors for s in actor.statements]))
        return tuple(
            msgspec.structs.replace(
                actor,
                statements=tuple(
                    msgspec.structs.replace(s, embedding=to_base64(quantise(next(vectors))))
                    for s in actor.statements
                ),
            )
            for actor in actors
        )

    def _encode(
        self, title: Tokens, body: Tokens, sentences: Sequence[Span]
    ) -> tuple[Array, Array]:
        """States [n, 384] and tag logits [n, layers, 3] of the body, put together from windows."""
        parts = [(np.zeros((0, 384), np.float32), np.zeros((0, len(Layer), 3), np.float32))]
        windows = cut_windows(title, body, sentences)
        encoded = in_order(self._encoder.states, (w.ids for w in windows), at_once=self._threads)
        for window, (states, tags) in zip(windows, encoded, strict=True):
            begin = window.body_at + window.own - window.first
            own = slice(begin, begin + window.last - window.own)
            parts.append((states[own], tags[own]))
        return np.concatenate([s for s, _ in parts]), np.concatenate([t for _, t in parts])

    def _said(self, draft: _Draft) -> NDArray[np.float64]:
        """Calibrated probabilities [k, 4] of each statement."""
        language = draft.article.language
        if self._judge is None:
            return self._calibrated(language).statement(self._stance_logits(draft))
        return self._calibrated(language).statement(self._judge.logits(_quoted(draft), language))

    def _stance_logits(self, draft: _Draft) -> Array:
        tagged, states = draft.tagged, draft.states
        around = [draft.tokens.covering(draft.sentences[s.sentence]) for s in tagged.statements]
        mentions = span_means(states, [m.tokens for m in tagged.mentions])
        speakers = np.zeros((len(tagged.statements), states.shape[1]), dtype=np.float32)
        for row, speaker in enumerate(draft.linked.speakers):
            if speaker is not None:
                speakers[row] = mentions[speaker]
        statements = [s.tokens for s in tagged.statements]
        return self._heads.stance_logits(states, statements, span_means(states, around), speakers)

    def _calibrated(self, language: str) -> Calibration:
        return self._calibration.get(language) or self._calibration[self.languages[0]]

    def _actors(self, draft: _Draft, said: NDArray[np.float64]) -> tuple[ActorReading, ...]:
        by_actor: dict[int | None, list[int]] = {}
        for i, speaker in enumerate(draft.linked.speakers):
            cluster = None if speaker is None else draft.linked.actors[speaker]
            by_actor.setdefault(cluster, []).append(i)
        members: dict[int | None, list[Piece]] = {}
        for mention, cluster in zip(draft.tagged.mentions, draft.linked.actors, strict=True):
            members.setdefault(cluster, []).append(mention)
        said_by: dict[str, _Sayer] = {}
        for cluster, rows in by_actor.items():
            sayer = self._sayer(draft, members.get(cluster, []), rows)
            if sayer is not None:
                earlier = said_by.get(sayer.actor.id)
                said_by[sayer.actor.id] = earlier.joined(sayer) if earlier else sayer
        calibrated = self._calibrated(draft.article.language)
        return tuple(
            ActorReading(
                actor=sayer.actor,
                stance=stance_reading(calibrated.actor(said[sayer.rows])),
                statements=tuple(_statement(draft, i, said[i]) for i in sayer.rows),
                resolved=sayer.resolved,
            )
            for sayer in said_by.values()
        )

    def _sayer(self, draft: _Draft, mentions: Sequence[Piece], rows: list[int]) -> _Sayer | None:
        """The actor of a cluster, as the user's directory has it; None where it is ignored."""
        named = [mention for mention in mentions if not mention.pronoun]
        article = draft.article
        if named:
            forms = [" ".join(m.text.split()) for m in named]
            actor = describe(forms, kind=self._kind(named, draft.states))
        else:
            text = mentions[0].text if mentions else ""
            actor = nobody(article.language, article_uri=article.uri, mention=text)
        listed = self._directory.apply(actor)
        return None if listed is None else _Sayer(listed, rows, bool(named))

    def _kind(self, named: Sequence[Piece], states: Array) -> ActorKind:
        vectors = span_means(states, [m.tokens for m in named])
        return KINDS[int(self._heads.kind(vectors).mean(axis=0).argmax())]


def _quoted(draft: _Draft) -> list[Said]:
    """The statements as text, for a classifier that knows nothing of states."""
    mentions, cues = draft.tagged.mentions, draft.tagged.cues
    return [
        Said(
            text=piece.text,
            speaker=None if speaker is None else mentions[speaker].text,
            cue=None if (cue := nearest(piece, cues)) is None else cue.text,
        )
        for piece, speaker in zip(draft.tagged.statements, draft.linked.speakers, strict=True)
    ]


def _statement(draft: _Draft, i: int, probabilities: NDArray[np.float64]) -> Statement:
    piece, speaker = draft.tagged.statements[i], draft.linked.speakers[i]
    start, end = draft.sentences[piece.sentence]
    cue = nearest(piece, draft.tagged.cues)
    return Statement(
        text=piece.text,
        start=piece.start,
        end=piece.end,
        sentence=Passage(text=draft.article.body[start:end], start=start, end=end),
        speaker=None if speaker is None else draft.tagged.mentions[speaker].passage,
        cue=None if cue is None else cue.passage,
        stance=statement_stance(probabilities),
    )

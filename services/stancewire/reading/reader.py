"""Article in, readings out: every actor who states something, what, and with which stance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from stancewire.events import ActorKind, ActorReading, Article, ModelRef, Passage, Statement
from stancewire.reading import model
from stancewire.reading.actors import KINDS, describe, nobody
from stancewire.reading.encoder import Encoder, TextTokenizer
from stancewire.reading.heads import Heads, span_means
from stancewire.reading.labels import Layer
from stancewire.reading.linking import Linked, link
from stancewire.reading.sentences import Span, split_sentences
from stancewire.reading.spans import Piece, Tagged, nearest, tagged_pieces
from stancewire.reading.stance import Calibration, stance_reading, statement_stance
from stancewire.reading.windows import Tokens, cut_windows

Array = NDArray[np.float32]

LEAD_CHARACTERS = 400
"""How much of the body joins the headline in the vector by which stories are found."""
QUERY = "query: "
"""The prefix with which the base was trained for symmetric similarity (E5, Wang et al. 2022)."""


@dataclass(frozen=True)
class Reading:
    """What one article says: its actors in order of appearance, and its vector [384], unit length."""

    actors: tuple[ActorReading, ...]
    embedding: Array


class Reader:
    """Reads articles with one model. Blocking, deterministic, thread-safe; call it in a thread."""

    def __init__(
        self,
        *,
        manifest: model.Manifest,
        tokenizer: TextTokenizer,
        encoder: Encoder,
        heads: Heads,
        calibration: Mapping[str, Calibration],
    ) -> None:
        self._manifest = manifest
        self._tokenizer = tokenizer
        self._encoder = encoder
        self._heads = heads
        self._calibration = calibration

    @classmethod
    def load(cls, directory: Path | None = None, *, threads: int = 2) -> Self:
        """The model in `directory`, by default the one that ships; takes seconds.

        Raises ConfigurationError where a file is missing or not the one that the manifest names.
        """
        directory = directory or model.SHIPPED
        return cls(
            manifest=model.Manifest.load(directory),
            tokenizer=TextTokenizer(directory / "tokenizer.json"),
            encoder=Encoder(directory, threads=threads),
            heads=model.load_heads(directory),
            calibration=model.load_calibration(directory),
        )

    @property
    def model(self) -> ModelRef:
        """Name and version, as every observation carries them."""
        return self._manifest.model

    @property
    def languages(self) -> tuple[str, ...]:
        """Languages that the model was trained on."""
        return self._manifest.languages

    @property
    def confusion(self) -> Mapping[str, list[list[float]]]:
        """Counts [true][observed] of votes by language; see `model.Manifest`."""
        return self._manifest.confusion

    def read(self, article: Article) -> Reading:
        """All actors of an article; the same article always gives the same reading."""
        body = article.body
        tokens = self._tokenizer(body)
        sentences = split_sentences(body, article.language)
        states, tags = self._encode(self._tokenizer(article.title), tokens, sentences)
        tagged = tagged_pieces(body, tokens, sentences, tags)
        linked = link(tagged, states, self._heads)
        said = self._stances(article.language, tokens, sentences, states, tagged, linked)
        lead = (
            f"{article.title}. {body[:LEAD_CHARACTERS]}"
            if article.title
            else body[:LEAD_CHARACTERS]
        )
        return Reading(
            actors=tuple(self._actors(article, sentences, states, tagged, linked, said)),
            embedding=self.embed([lead])[0],
        )

    def embed(self, texts: Sequence[str]) -> Array:
        """Unit vectors [k, 384] of k texts; near texts, also across languages, have a high cosine."""
        return self._encoder.vectors([self._tokenizer(QUERY + text).ids for text in texts])

    def _encode(
        self, title: Tokens, body: Tokens, sentences: Sequence[Span]
    ) -> tuple[Array, Array]:
        """States [n, 384] and tag logits [n, layers, 3] of the body's tokens, from their windows."""
        windows = cut_windows(title, body, sentences)
        if not windows:
            return np.zeros((0, 384), np.float32), np.zeros((0, len(Layer), 3), np.float32)
        parts = []
        for window in windows:
            states, tags = self._encoder.states(window.ids)
            begin = window.body_at + window.own - window.first
            own = slice(begin, begin + window.last - window.own)
            parts.append((states[own], tags[own]))
        states, tags = zip(*parts, strict=True)
        return np.concatenate(states), np.concatenate(tags)

    def _stances(
        self,
        language: str,
        tokens: Tokens,
        sentences: Sequence[Span],
        states: Array,
        tagged: Tagged,
        linked: Linked,
    ) -> NDArray[np.float64]:
        """Calibrated probabilities [k, 4] of each statement."""
        around = [_token_range(tokens, sentences[s.sentence]) for s in tagged.statements]
        mentions = span_means(states, [m.tokens for m in tagged.mentions])
        speakers = np.zeros((len(tagged.statements), states.shape[1]), dtype=np.float32)
        for row, speaker in enumerate(linked.speakers):
            if speaker is not None:
                speakers[row] = mentions[speaker]
        logits = self._heads.stance_logits(
            span_means(states, [s.tokens for s in tagged.statements]),
            span_means(states, around),
            speakers,
        )
        return self._calibrated(language).statement(logits)

    def _calibrated(self, language: str) -> Calibration:
        return self._calibration.get(language) or self._calibration[self.languages[0]]

    def _actors(
        self,
        article: Article,
        sentences: Sequence[Span],
        states: Array,
        tagged: Tagged,
        linked: Linked,
        said: NDArray[np.float64],
    ) -> list[ActorReading]:
        by_actor: dict[int | None, list[int]] = {}
        for i, speaker in enumerate(linked.speakers):
            by_actor.setdefault(None if speaker is None else linked.actors[speaker], []).append(i)
        readings = []
        for cluster, rows in by_actor.items():
            mentions = [
                m for m, c in zip(tagged.mentions, linked.actors, strict=True) if c == cluster
            ]
            named = [m.text for m in mentions if not m.pronoun]
            if named:
                actor = describe(
                    named, kind=self._kind(mentions, states), language=article.language
                )
            else:
                text = mentions[0].text if mentions else ""
                actor = nobody(article.language, article_uri=article.uri, mention=text)
            readings.append(
                ActorReading(
                    actor=actor,
                    stance=stance_reading(self._calibrated(article.language).actor(said[rows])),
                    statements=tuple(
                        _statement(article.body, sentences, tagged, linked, said, i) for i in rows
                    ),
                    resolved=bool(named),
                )
            )
        return readings

    def _kind(self, mentions: Sequence[Piece], states: Array) -> ActorKind:
        vectors = span_means(states, [m.tokens for m in mentions if not m.pronoun])
        return KINDS[int(self._heads.kind(vectors).mean(axis=0).argmax())]


def _statement(
    body: str,
    sentences: Sequence[Span],
    tagged: Tagged,
    linked: Linked,
    said: NDArray[np.float64],
    i: int,
) -> Statement:
    piece, speaker = tagged.statements[i], linked.speakers[i]
    start, end = sentences[piece.sentence]
    cue = nearest(piece, tagged.cues)
    return Statement(
        text=piece.text,
        start=piece.start,
        end=piece.end,
        sentence=Passage(text=body[start:end], start=start, end=end),
        speaker=None if speaker is None else tagged.mentions[speaker].passage,
        cue=None if cue is None else cue.passage,
        stance=statement_stance(said[i]),
    )


def _token_range(tokens: Tokens, span: Span) -> Span:
    start = int(np.searchsorted(tokens.spans[:, 1], span[0], side="right"))
    end = int(np.searchsorted(tokens.spans[:, 0], span[1], side="left"))
    return start, max(end, start + 1)

"""A reader of rules instead of a model: small, fast, and the same for the same article always.

A line `Name: stance what they say` is a statement; the headline's first word is the topic.
"""

from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from babel import Locale
from numpy.typing import NDArray

from stancewire.events import (
    Actor,
    ActorReading,
    Article,
    ModelRef,
    Passage,
    Stance,
    StanceReading,
    Statement,
    StatementStance,
)

MODEL = ModelRef(name="rules", version="1")
CONFUSION = {"en": [[40.0, 3.0, 2.0], [3.0, 40.0, 3.0], [2.0, 3.0, 40.0]]}
"""Counts of votes [true][observed], as a model's manifest has them."""


@dataclass(frozen=True)
class RuleReading:
    actors: tuple[ActorReading, ...]
    embedding: NDArray[np.float32]


class RuleReader:
    model = MODEL
    languages = tuple(Locale("en").languages)

    def read(self, article: Article) -> RuleReading:
        actors, start = [], 0
        for line in article.body.splitlines(keepends=True):
            name, colon, said = line.rstrip("\n").partition(": ")
            if colon and said.split()[0] in list(Stance):
                begin = start + len(name) + len(colon)
                actors.append(
                    _actor(
                        name, said, begin, Passage(text=line, start=start, end=start + len(line))
                    )
                )
            start += len(line)
        return RuleReading(tuple(actors), embed_topic(article.title))


def embed_topic(title: str) -> NDArray[np.float32]:
    """A direction of its own for each first word."""
    word = (title.split() or ["none"])[0]
    seed = int.from_bytes(blake2b(word.encode(), digest_size=8).digest(), "big")
    vector = np.random.default_rng(seed).normal(size=384).astype(np.float32)
    return vector / np.float32(np.linalg.norm(vector))


def _actor(name: str, said: str, start: int, sentence: Passage) -> ActorReading:
    stance = Stance(said.split(maxsplit=1)[0])
    scores = {s: 0.94 if s == stance else 0.02 for s in Stance}
    statement = Statement(
        text=said,
        start=start,
        end=start + len(said),
        sentence=sentence,
        speaker=None,
        cue=None,
        stance=StatementStance(label=stance, scores=scores),
        fingerprint=blake2b(said.encode(), digest_size=8).hexdigest(),
    )
    return ActorReading(
        actor=Actor(id=f"person:{name.lower()}", name=name, kind="person"),
        stance=StanceReading(label=stance, confidence=0.94, scores=scores),
        statements=(statement,),
    )

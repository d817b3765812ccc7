"""The small heads above the encoder, in numpy: who says a statement, with which stance.

All read the encoder's token states [n, 384]. A span is the mean of its rows; ⊕ joins vectors.
Where a star stands, learned attention weighs the rows instead: in the statement by how telling each
is, in the text around it by how much it bears on the statement.

    stance    statement* ⊕ sentence ⊕ speaker ⊕ context*         -> 256 GELU -> 4 logits
    speaker   statement ⊕ mention ⊕ product ⊕ distance features  -> 256 GELU -> 1 score
    identity  mention ⊕ other ⊕ product ⊕ string features        -> 256 GELU -> 1 score
    kind      mention                                            -> 256 GELU -> 5 logits

Speaker scores compete with a learned score of "nobody", identity scores with one of "new".

Training computes the same in torch (`stancewire_training.model`); a test compares the two.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from stancewire.reading.sentences import Span

Array = NDArray[np.float32]

REACH = 128
"""How many tokens before and behind a statement its stance may look at."""


@dataclass(frozen=True)
class Perceptron:
    """Linear, GELU, linear: [k, in] -> [k, out]; `w1` [in, inner], `w2` [inner, out]."""

    w1: Array
    b1: Array
    w2: Array
    b2: Array

    def __call__(self, x: Array) -> Array:
        """Logits, not probabilities."""
        inner = x @ self.w1 + self.b1
        # The tanh form of GELU (Hendrycks & Gimpel 2016), which needs no erf.
        gelu = 0.5 * inner * (1 + np.tanh(0.7978845608 * (inner + 0.044715 * inner**3)))
        out: Array = gelu @ self.w2 + self.b2
        return out


@dataclass(frozen=True)
class Attention:
    """What the stance head looks at; `salience` [384], `queries` and `keys` [384, 64]."""

    salience: Array
    queries: Array
    keys: Array

    def statement(self, rows: Array) -> Array:
        """The rows [m, 384] of a statement -> [384]."""
        return softmax(rows @ self.salience) @ rows

    def context(self, statement: Array, around: Array) -> Array:
        """What `around` [m, 384] says that bears on the statement [384] -> [384]."""
        scores = around @ self.keys @ (statement @ self.queries)
        return softmax(scores / np.sqrt(np.float32(self.keys.shape[1]))) @ around


@dataclass(frozen=True)
class Heads:
    """The four heads, the stance's attention, and the learned scores of "nobody" and "new"."""

    attention: Attention
    stance: Perceptron
    speaker: Perceptron
    identity: Perceptron
    kind: Perceptron
    nobody: float
    new: float

    @classmethod
    def from_tensors(cls, tensors: Mapping[str, Array]) -> Self:
        """Heads out of `heads.safetensors`: `<head>.{w1,b1,w2,b2}`, `nobody`, `new`."""

        def head(name: str) -> Perceptron:
            return Perceptron(*(tensors[f"{name}.{part}"] for part in ("w1", "b1", "w2", "b2")))

        attention = Attention(*(tensors[f"attention.{p}"] for p in ("salience", "queries", "keys")))
        return cls(
            attention=attention,
            stance=head("stance"),
            speaker=head("speaker"),
            identity=head("identity"),
            kind=head("kind"),
            nobody=float(tensors["nobody"][0]),
            new=float(tensors["new"][0]),
        )

    def stance_logits(
        self, states: Array, statements: Sequence[Span], sentence: Array, speaker: Array
    ) -> Array:
        """Statements as spans of `states` [n, 384]; sentence, speaker [k, 384] -> [k, 4].

        A statement without a speaker passes zeros.
        """
        said = np.zeros_like(sentence)
        context = np.zeros_like(sentence)
        for row, span in enumerate(statements):
            said[row] = self.attention.statement(states[slice(*span)])
            context[row] = self.attention.context(said[row], states[slice(*around(span))])
        return self.stance(np.concatenate([said, sentence, speaker, context], axis=1))

    def speaker_scores(self, statement: Array, mentions: Array, features: Array) -> Array:
        """A statement [384] against mentions [m, 384], features [m, f] -> [m + 1], last nobody."""
        return self._scores(self.speaker, statement, mentions, features, self.nobody)

    def identity_scores(self, mention: Array, others: Array, features: Array) -> Array:
        """A mention [384] against others [m, 384], features [m, f] -> [m + 1], last new."""
        return self._scores(self.identity, mention, others, features, self.new)

    @staticmethod
    def _scores(head: Perceptron, one: Array, many: Array, features: Array, none: float) -> Array:
        left = np.broadcast_to(one, many.shape)
        pairs = np.concatenate([left, many, left * many, features], axis=1).astype(np.float32)
        return np.append(head(pairs)[:, 0], np.float32(none))


def around(span: Span, begin: int = 0) -> Span:
    """The tokens from `begin` on that the stance of a statement may look at."""
    return max(begin, span[0] - REACH), span[1] + REACH


def softmax(x: Array) -> Array:
    """Of one row."""
    shifted = np.exp(x - x.max())
    result: Array = shifted / shifted.sum()
    return result


def span_means(states: Array, spans: Sequence[Span]) -> Array:
    """Mean token state of each span: [n, 384], k spans -> [k, 384]."""
    if not spans:
        return np.zeros((0, states.shape[1]), dtype=np.float32)
    return np.stack([states[start:end].mean(axis=0) for start, end in spans])

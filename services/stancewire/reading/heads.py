"""The small heads above the encoder, in numpy: who says a statement, with which stance.

All read the encoder's token states [n, 384]. A span is the mean of its rows; ⊕ joins vectors.

    stance    statement ⊕ its sentence ⊕ its speaker             -> 256 GELU -> 4 logits
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
class Heads:
    """The four heads and the learned scores of "nobody" and "new"."""

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

        return cls(
            stance=head("stance"),
            speaker=head("speaker"),
            identity=head("identity"),
            kind=head("kind"),
            nobody=float(tensors["nobody"][0]),
            new=float(tensors["new"][0]),
        )

    def stance_logits(self, statement: Array, sentence: Array, speaker: Array) -> Array:
        """[k, 384] each -> [k, 4]; a statement without a speaker passes zeros."""
        return self.stance(np.concatenate([statement, sentence, speaker], axis=1))

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


def span_means(states: Array, spans: Sequence[Span]) -> Array:
    """Mean token state of each span: [n, 384], k spans -> [k, 384]."""
    if not spans:
        return np.zeros((0, states.shape[1]), dtype=np.float32)
    return np.stack([states[start:end].mean(axis=0) for start, end in spans])

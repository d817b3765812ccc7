"""From statement logits to the calibrated stance of an actor in an article.

Statement:  p = softmax(logits / T)
Actor:      q = softmax(W · [log mean p, log max p, log share of argmax votes] + b)

T, W and b are fitted on held-out documents for each language (temperature scaling: Guo et al. 2017,
"On Calibration of Modern Neural Networks"; W generalises it to several statements) and ship in
`calibration.json`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from stancewire.events import Stance, StanceReading, StatementStance

STANCES = (Stance.HOPEFUL, Stance.SKEPTICAL, Stance.WARNING, Stance.NEUTRAL)
"""The order of every stance vector in the model."""

DECIMALS = 4
_SMOOTHING = 0.02

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Calibration:
    """Fitted numbers of one language: `temperature`, `weights` [12, 4], `bias` [4]."""

    temperature: float
    weights: Array
    bias: Array

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> Self:
        """One language's entry of `calibration.json`."""
        return cls(
            float(fields["temperature"]), np.array(fields["weights"]), np.array(fields["bias"])
        )

    def statement(self, logits: NDArray[np.float32]) -> Array:
        """[k, 4] logits -> [k, 4] probabilities."""
        return softmax(logits.astype(np.float64) / self.temperature)

    def actor(self, statements: Array) -> Array:
        """Probabilities [k, 4] of an actor's statements -> [4] of the actor over the article."""
        return softmax(actor_features(statements) @ self.weights + self.bias)


def actor_features(statements: Array) -> Array:
    """[k, 4] -> [12]: log mean, log max, log smoothed share of votes."""
    votes = np.eye(len(STANCES))[statements.argmax(axis=1)].mean(axis=0)
    parts = (statements.mean(axis=0), statements.max(axis=0), votes)
    return np.concatenate([np.log(p + _SMOOTHING) for p in parts])


def softmax(x: Array) -> Array:
    """Along the last axis."""
    shifted = np.exp(x - x.max(axis=-1, keepdims=True))
    result: Array = shifted / shifted.sum(axis=-1, keepdims=True)
    return result


def statement_stance(probabilities: Array) -> StatementStance:
    """[4] -> the event's form, rounded so that the scores sum to 1."""
    scores = _scores(probabilities)
    return StatementStance(label=_label(scores), scores=scores)


def stance_reading(probabilities: Array) -> StanceReading:
    """[4] -> the event's form, rounded so that the scores sum to 1."""
    scores = _scores(probabilities)
    label = _label(scores)
    return StanceReading(label=label, confidence=scores[label], scores=scores)


def _label(scores: Mapping[Stance, float]) -> Stance:
    return max(STANCES, key=lambda s: scores[s])


def _scores(probabilities: Sequence[float] | Array) -> dict[Stance, float]:
    # Whole steps of 1e-4, largest remainders first: equal on every machine that differs by less.
    exact = np.asarray(probabilities, dtype=np.float64) * 10**DECIMALS
    steps = np.floor(exact)
    missing = 10**DECIMALS - int(steps.sum())
    for i in np.argsort(steps - exact, kind="stable")[:missing]:
        steps[i] += 1
    return {s: float(v) / 10**DECIMALS for s, v in zip(STANCES, steps, strict=True)}

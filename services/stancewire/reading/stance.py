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
TEMPERATURES = np.exp(np.linspace(np.log(0.5), np.log(4), 121))
"""Among which a temperature is chosen."""
_SMOOTHING = 0.02
_LEAST = 10.0**-DECIMALS

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

    @classmethod
    def plain(cls, temperature: float = 1.0) -> Self:
        """The mean of the statements: what is used before weights are fitted."""
        weights = np.zeros((3 * len(STANCES), len(STANCES)))
        weights[: len(STANCES)] = np.eye(len(STANCES))
        return cls(temperature, weights, np.zeros(len(STANCES)))

    def to_json(self) -> dict[str, Any]:
        """One language's entry of `calibration.json`."""
        return {
            "temperature": round(self.temperature, 4),
            "weights": np.round(self.weights, 4).tolist(),
            "bias": np.round(self.bias, 4).tolist(),
        }

    def statement(self, logits: NDArray[np.floating[Any]]) -> Array:
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


def tempered(probabilities: Array, temperature: float) -> Array:
    """Probabilities [k, 4] at temperature 1 -> what they are at another temperature."""
    powered = np.maximum(probabilities, _LEAST) ** (1 / temperature)
    result: Array = powered / powered.sum(axis=-1, keepdims=True)
    return result


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

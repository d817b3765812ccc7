"""A classifier of words instead of weights, and a model of inference as simple as it."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from stancewire.reading.foreign.judge import Pair

MARKS = {"hopeful": "hof", "skeptical": "zweif", "warning": "warn", "neutral": "mitteil"}
"""What a text has to contain to be taken for each stance."""
SURE = 4.0


class WordClassifier:
    """Its output for a label is high where the text has the label's mark; notes what it read."""

    def __init__(
        self, labels: Sequence[str] = tuple(MARKS), *, name: str = "x/words", fingerprint: str = "1"
    ) -> None:
        self.labels, self.name, self.fingerprint = list(labels), name, fingerprint
        self.read: list[Pair] = []

    def logits(self, pairs: Sequence[Pair]) -> NDArray[np.float32]:
        self.read.extend(pairs)
        rows = [[SURE * (mark in text) for mark in MARKS.values()] for text, _ in pairs]
        return np.array(rows, dtype=np.float32)


class WordInference(WordClassifier):
    """Says that a hypothesis follows where text and hypothesis have a mark in common."""

    def __init__(self, labels: Sequence[str] = ("contradiction", "neutral", "entailment")) -> None:
        super().__init__(labels)
        self._at = [label.startswith("entail") for label in labels].index(True)

    def logits(self, pairs: Sequence[Pair]) -> NDArray[np.float32]:
        self.read.extend(pairs)
        found = np.zeros((len(pairs), len(self.labels)), dtype=np.float32)
        for row, (text, hypothesis) in enumerate(pairs):
            shared = any(m in text and m in (hypothesis or "") for m in MARKS.values())
            found[row, self._at] = SURE if shared else -SURE
        return found

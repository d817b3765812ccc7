"""The stance of statements by somebody else's classifier.

What it is given is text alone, one statement at a time:

    speaker cue: statement

    Ingrid Solheim warnt: „Wir sind nur eine verirrte Kugel von einem neuen Krieg entfernt“

Speaker and cue are left out where the tagger found none, and are not repeated where they stand
inside the statement. A classifier of stances gets that; a model of inference gets it as the premise
with one hypothesis for each stance, in the article's language.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from stancewire.events import Stance
from stancewire.reading.foreign.labels import EntailmentColumn, meaning_of
from stancewire.reading.stance import STANCES, softmax

HYPOTHESES: Mapping[str, Mapping[Stance, str]] = {
    "de": {
        Stance.HOPEFUL: "Der Sprecher hofft auf einen guten Ausgang und hält ihn für möglich.",
        Stance.SKEPTICAL: "Der Sprecher zweifelt, kritisiert oder lehnt etwas ab.",
        Stance.WARNING: "Der Sprecher warnt vor einer Gefahr.",
        Stance.NEUTRAL: "Der Sprecher teilt nur sachlich etwas mit.",
    },
    "en": {
        Stance.HOPEFUL: "The speaker hopes for a good outcome and thinks that it is possible.",
        Stance.SKEPTICAL: "The speaker doubts, criticises or rejects something.",
        Stance.WARNING: "The speaker warns of a danger.",
        Stance.NEUTRAL: "The speaker only states facts.",
    },
}
"""What a model of inference is asked; of other languages in English."""
_LEAST = 1e-9
_NAME_LENGTH = 60

Array = NDArray[np.float64]
Pair = tuple[str, str | None]
"""A text, and a second one to compare it with or None."""


class Classifier(Protocol):
    """Somebody else's model with its tokenizer; blocking, deterministic."""

    @property
    def name(self) -> str:
        """How the user calls it: a directory's name or a hub id."""
        ...

    @property
    def fingerprint(self) -> str:
        """Differs for other weights, tokenizer or configuration."""
        ...

    @property
    def labels(self) -> Sequence[str]:
        """Names of the output columns, in order."""
        ...

    def logits(self, pairs: Sequence[Pair]) -> NDArray[np.float32]:
        """Of k texts or pairs of texts the outputs [k, labels]."""
        ...


@dataclass(frozen=True)
class Said:
    """A statement as the tagger found it, with its speaker and cue where there are any."""

    text: str
    speaker: str | None = None
    cue: str | None = None

    @property
    def line(self) -> str:
        """What a classifier reads."""
        words = " ".join(w for w in (self.speaker, self.cue) if w and w not in self.text)
        return " ".join(f"{words}: {self.text}".split()) if words else " ".join(self.text.split())


class ForeignJudge:
    """Gives statements their stance with a classifier. Raises ConfigurationError where unfit."""

    def __init__(
        self, classifier: Classifier, *, stance_labels: Mapping[str, str] | None = None
    ) -> None:
        self._classifier = classifier
        self._meaning = meaning_of(classifier.labels, model=classifier.name, renamed=stance_labels)

    @property
    def version(self) -> str:
        """Names the classifier and all that its judgement rests on, as a part of a version."""
        name = re.sub(r"[^0-9A-Za-z.]+", "-", self._classifier.name).strip("-.")[-_NAME_LENGTH:]
        rests_on = [self._classifier.fingerprint, repr(self._meaning), HYPOTHESES]
        digest = hashlib.sha256(json.dumps(rests_on, sort_keys=True).encode()).hexdigest()
        return f"{name or 'model'}.{digest[:12]}"

    def logits(self, said: Sequence[Said], language: str) -> Array:
        """Of k statements [k, 4]: logarithms of unnormalised probabilities of `STANCES`."""
        if not said:
            return np.zeros((0, len(STANCES)))
        lines = [one.line for one in said]
        if isinstance(self._meaning, EntailmentColumn):
            return self._by_inference(lines, self._meaning, language)
        probabilities = softmax(self._classify([(line, None) for line in lines]))
        columns = [list(columns) for columns in self._meaning.columns]
        return _log(np.stack([probabilities[:, c].sum(axis=1) for c in columns], axis=1))

    def _by_inference(self, lines: Sequence[str], at: EntailmentColumn, language: str) -> Array:
        asked = HYPOTHESES.get(language, HYPOTHESES["en"])
        pairs: list[Pair] = [(line, asked[stance]) for line in lines for stance in STANCES]
        entailed = softmax(self._classify(pairs))[:, at.column]
        return _log(entailed.reshape(len(lines), len(STANCES)))

    def _classify(self, pairs: Sequence[Pair]) -> Array:
        return self._classifier.logits(pairs).astype(np.float64)


def _log(probabilities: Array) -> Array:
    result: Array = np.log(np.maximum(probabilities, _LEAST))
    return result

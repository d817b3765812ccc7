"""How somebody else's classifier errs: calibration and confusion, measured on labelled articles.

Nobody but its user can know that, so it stands in a file that `stancewire evaluate --calibrate`
writes and `reader.stance_calibration` names:

    {"version": "…",                              of the reader that was measured
     "actors": {"de": 212, …},                    on how many actors
     "calibration": {"de": {"temperature", "weights", "bias"}, …},
     "confusion": {"de": [[…], […], […]], …}}     votes [true][observed], as in a manifest

One number is fitted for each language, the temperature: some hundred actors bear no more. A
language with few of them shares the temperature of all.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from stancewire.errors import ConfigurationError
from stancewire.reading.confusion import Counts, count_votes
from stancewire.reading.scoring.gold import GoldArticle
from stancewire.reading.scoring.matching import match
from stancewire.reading.scoring.tally import Read
from stancewire.reading.stance import STANCES, TEMPERATURES, Calibration, tempered

LEAST_ACTORS = 50
"""Found actors from which on a temperature is fitted."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Case:
    """An actor both read and labelled: probabilities [k, 4] of its statements, true stance."""

    language: str
    statements: Array
    gold: int


@dataclass(frozen=True)
class Measured:
    """What the file holds."""

    version: str
    actors: Mapping[str, int]
    calibration: Mapping[str, Calibration]
    confusion: Mapping[str, Counts]

    @classmethod
    def load(cls, file: Path) -> Self:
        """Read the file. Raises ConfigurationError where it is none."""
        try:
            fields = json.loads(file.read_text("utf-8"))
            return cls(
                version=fields["version"],
                actors=fields["actors"],
                calibration={
                    language: Calibration.from_json(entry)
                    for language, entry in fields["calibration"].items()
                },
                confusion=fields["confusion"],
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise ConfigurationError(
                f"reader.stance_calibration names {file}, which is no calibration ({error!r}):"
                " write one with `stancewire evaluate GOLD.jsonl --calibrate FILE.json`"
            ) from error

    def to_json(self) -> str:
        """The file's text."""
        fields: dict[str, Any] = {
            "version": self.version,
            "actors": self.actors,
            "calibration": {name: c.to_json() for name, c in self.calibration.items()},
            "confusion": self.confusion,
        }
        return json.dumps(fields, indent=1, ensure_ascii=False) + "\n"

    @property
    def digest(self) -> str:
        """Short name of these numbers; scores change with them, and so must the model's version."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()[:8]


def cases(gold: Sequence[GoldArticle], readings: Sequence[Sequence[Read]]) -> list[Case]:
    """Actors of uncalibrated readings, each reading at the place of its article, with the truth."""
    found = []
    for article, read in zip(gold, readings, strict=True):
        for i, j in match([r.actor for r in read], article.actors).pairs:
            rows = [[s.stance.scores[x] for x in STANCES] for s in read[i].statements]
            gold_stance = STANCES.index(article.actors[j].stance)
            found.append(Case(article.lang, np.array(rows), gold_stance))
    return found


def fit(found: Sequence[Case], *, version: str) -> Measured:
    """Temperature and confusion by language.

    Raises ConfigurationError where there are too few actors to tell anything.
    """
    if len(found) < LEAST_ACTORS:
        raise ConfigurationError(
            f"the labelled articles have {len(found)} actors that the reader finds, and"
            f" {LEAST_ACTORS} are needed to calibrate on; label more articles"
        )
    of = {
        language: [case for case in found if case.language == language]
        for language in sorted({case.language for case in found})
    }
    shared = _temperature(found)
    calibration = {
        language: Calibration.plain(_temperature(own) if len(own) >= LEAST_ACTORS else shared)
        for language, own in of.items()
    }
    return Measured(
        version=version,
        actors={language: len(own) for language, own in of.items()},
        calibration=calibration,
        confusion={
            language: count_votes((_actor(c, calibration[language]), c.gold) for c in own)
            for language, own in of.items()
        },
    )


def _temperature(found: Iterable[Case]) -> float:
    """The temperature of least negative log-likelihood of the actors' stances."""
    found = list(found)

    def loss(temperature: float) -> float:
        calibration = Calibration.plain(temperature)
        return float(np.mean([-np.log(_actor(c, calibration)[c.gold]) for c in found]))

    return float(min(TEMPERATURES, key=loss))


def _actor(case: Case, calibration: Calibration) -> Array:
    return calibration.actor(tempered(case.statements, calibration.temperature))

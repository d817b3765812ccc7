"""What `reader.model` names, and how a reader with it errs.

It names one of three things: nothing, for the model inside the package; a directory with a
`manifest.json`, which Stancewire's own training writes; or somebody else's classifier, as a
directory with a `config.json` of transformers or as the id of one on the hub. A classifier only
gives the stances; the model inside the package does all the rest.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from stancewire.errors import ConfigurationError
from stancewire.plumbing.sections import ReaderSettings
from stancewire.reading import model
from stancewire.reading.confusion import Counts
from stancewire.reading.foreign.measured import Measured

UNCALIBRATED = "uncalibrated"
"""Ends the version of a model whose scores nobody has calibrated, so that every event says it."""
_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)?")


@dataclass(frozen=True)
class Named:
    """What `reader.model` names: a model directory, and a classifier of somebody else or None."""

    directory: Path
    classifier: str | None = None


def find_model(name: str | None) -> Named:
    """What `name` is. Raises ConfigurationError where it cannot be a model."""
    if name is None:
        return Named(model.SHIPPED)
    path = Path(name)
    if (path / "manifest.json").is_file():
        return Named(path)
    if (path / "config.json").is_file():
        return Named(model.SHIPPED, classifier=name)
    if path.exists():
        raise ConfigurationError(
            f"reader.model names {name}, which is no model: there is neither a manifest.json, as"
            " Stancewire's training writes it, nor a config.json, as transformers does"
        )
    if not _HUB_ID.fullmatch(name):
        raise ConfigurationError(f"reader.model names {name}, and there is no such directory")
    return Named(model.SHIPPED, classifier=name)


def load_confusion(settings: ReaderSettings) -> Mapping[str, Counts]:
    """By language the counts of votes [true][observed] of the reader that the settings name.

    Raises ConfigurationError for somebody else's classifier that nobody has measured: a detector
    that assumes its errors would be wrong without anybody noticing.
    """
    named = find_model(settings.model)
    if named.classifier is None:
        return model.Manifest.load(named.directory).confusion
    if settings.stance_calibration is None:
        raise ConfigurationError(
            f"reader.model is {named.classifier}, and how it errs is not known, which the tracker"
            " must know to tell a change from a mistake: measure it on labelled articles with"
            " `stancewire evaluate GOLD.jsonl --calibrate FILE.json` and set"
            " reader.stance_calibration to that file"
        )
    return Measured.load(settings.stance_calibration).confusion

"""A model directory: what lies in it, and that it is whole."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from safetensors.numpy import load_file

from stancewire.errors import ConfigurationError
from stancewire.events import ModelRef
from stancewire.reading.confusion import Counts
from stancewire.reading.heads import Heads
from stancewire.reading.stance import Calibration

SHIPPED = Path(__file__).parent / "weights"
FILES = (
    "tokenizer.json",
    "words.safetensors",
    "reader.onnx",
    "stories.onnx",
    "heads.safetensors",
    "calibration.json",
)


@dataclass(frozen=True)
class Manifest:
    """`manifest.json`: name, version, hashes of the files, labels, languages, data, scores.

    `confusion` holds per language the 3x3 counts [true][observed] of votes (hopeful, skeptical,
    warning) on held-out documents, from which the tracker's detector takes its likelihoods.
    """

    model: ModelRef
    files: Mapping[str, str]
    languages: tuple[str, ...]
    confusion: Mapping[str, Counts]

    @classmethod
    def load(cls, directory: Path) -> Self:
        """Read the manifest and check that every file is there and unchanged."""
        fields = _json(directory / "manifest.json")
        try:
            manifest = cls(
                model=ModelRef(name=fields["name"], version=fields["version"]),
                files=fields["files"],
                languages=tuple(fields["languages"]),
                confusion=fields["confusion"],
            )
        except KeyError as missing:
            raise ConfigurationError(
                f"{directory / 'manifest.json'} has no {missing}: export the model again"
            ) from missing
        for name in FILES:
            _check(directory / name, manifest.files.get(name))
        return manifest


def load_heads(directory: Path) -> Heads:
    """The heads out of `heads.safetensors`."""
    return Heads.from_tensors(load_file(directory / "heads.safetensors"))


def load_calibration(directory: Path) -> dict[str, Calibration]:
    """Fitted calibration by language."""
    fields = _json(directory / "calibration.json")
    return {language: Calibration.from_json(entry) for language, entry in fields.items()}


def sha256(file: Path) -> str:
    """Hex digest of a file's bytes."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _check(file: Path, expected: str | None) -> None:
    if not file.is_file():
        raise ConfigurationError(f"{file} is missing: the model directory is not complete")
    if sha256(file) != expected:
        raise ConfigurationError(
            f"{file} is not the file that manifest.json names: copy the whole directory again"
        )


def _json(file: Path) -> Any:
    try:
        return json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigurationError(
            f"{file} cannot be read as a model's description: {error}"
        ) from error

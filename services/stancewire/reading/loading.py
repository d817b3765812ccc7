"""From the settings of the reader to a reader."""

from collections.abc import Callable
from pathlib import Path

from stancewire.errors import ConfigurationError
from stancewire.events import ModelRef
from stancewire.plumbing.sections import ReaderSettings
from stancewire.reading.foreign.judge import Classifier, ForeignJudge
from stancewire.reading.foreign.measured import Measured
from stancewire.reading.named import UNCALIBRATED, find_model
from stancewire.reading.reader import Reader
from stancewire.reading.stance import Calibration

LoadClassifier = Callable[..., Classifier]
"""`(source, *, threads)`: gets a classifier ready. Raises ConfigurationError."""


def load_reader(
    settings: ReaderSettings,
    *,
    embed_statements: bool = False,
    load_classifier: LoadClassifier | None = None,
) -> Reader:
    """The reader with the model that the settings name; takes seconds.

    Raises ConfigurationError where it cannot be used, with what to do about it.
    """
    named = find_model(settings.model)
    if named.classifier is None:
        _refuse_foreign_settings(settings)
    reader = Reader.load(
        named.directory,
        threads=settings.threads,
        actors=settings.actors_file,
        embed_statements=embed_statements,
    )
    if named.classifier is None:
        return reader
    classifier = (load_classifier or _transformers)(named.classifier, threads=settings.threads)
    judge = ForeignJudge(classifier, stance_labels=settings.stance_labels)
    return with_judge(reader, judge, file=settings.stance_calibration)


def with_judge(reader: Reader, judge: ForeignJudge, *, file: Path | None) -> Reader:
    """The reader with stances by `judge`, calibrated as `file` has it.

    Its version is `OWN+NAME.DIGEST.CALIBRATION`: what reads the same way has the same one. Without
    a file scores are those of the classifier as they come, and the version ends `uncalibrated`.
    Raises ConfigurationError where the file is of another model.
    """
    name, version = reader.model.name, f"{reader.model.version}+{judge.version}"
    if file is None:
        return reader.judged_by(
            judge,
            model=ModelRef(name=name, version=f"{version}.{UNCALIBRATED}"),
            calibration=dict.fromkeys(reader.languages, Calibration.plain()),
            confusion={},
        )
    measured = Measured.load(file)
    if measured.version != version:
        raise ConfigurationError(
            f"reader.stance_calibration names {file}, which was measured with {measured.version},"
            f" and this is {version}: measure again with `stancewire evaluate GOLD.jsonl"
            " --calibrate FILE.json`"
        )
    other = next(iter(measured.calibration.values()))
    return reader.judged_by(
        judge,
        model=ModelRef(name=name, version=f"{version}.{measured.digest}"),
        calibration={x: measured.calibration.get(x, other) for x in reader.languages},
        confusion=measured.confusion,
    )


def _refuse_foreign_settings(settings: ReaderSettings) -> None:
    for name in ("stance_labels", "stance_calibration"):
        if getattr(settings, name) is not None:
            raise ConfigurationError(
                f"reader.{name} is for somebody else's classifier, and reader.model names none:"
                " remove it, or name a classifier"
            )


def _transformers(source: str, *, threads: int) -> Classifier:
    # Only who names such a model needs what this imports.
    from stancewire.reading.foreign.classifier import TransformersClassifier  # noqa: PLC0415

    return TransformersClassifier.load(source, threads=threads)

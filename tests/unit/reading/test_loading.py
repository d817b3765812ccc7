"""A reader whose stances come from somebody else's classifier; the rest from a model of chance."""

from pathlib import Path
from typing import Any

import pytest

from fake_classifier import MARKS, WordClassifier, WordInference
from fake_model import fake_reader
from reading_checks import HARD_TEXTS, NEWS, article_of, check_reading
from stancewire.errors import ConfigurationError
from stancewire.events import Stance
from stancewire.plumbing.sections import ReaderSettings
from stancewire.reading.foreign.judge import ForeignJudge
from stancewire.reading.foreign.measured import Measured
from stancewire.reading.loading import load_reader, with_judge
from stancewire.reading.reader import Reader
from stancewire.reading.stance import Calibration

CHANCE = fake_reader()
CONFUSION = {"de": [[9, 1, 0], [1, 9, 0], [0, 1, 9]]}


@pytest.fixture(autouse=True)
def own(monkeypatch: pytest.MonkeyPatch) -> None:
    """The model inside the package is one of chance."""
    monkeypatch.setattr(Reader, "load", lambda *_, **__: CHANCE)


def measured(file: Path, *, version: str, temperature: float = 2.0) -> Path:
    calibration = {"de": Calibration.plain(temperature)}
    file.write_text(
        Measured(version, {"de": 60}, calibration, CONFUSION).to_json(), encoding="utf-8"
    )
    return file


def load(model: str | None = "x/words", classifier: Any = None, **settings: Any) -> Reader:
    return load_reader(
        ReaderSettings(model=model, **settings),
        load_classifier=lambda *_, **__: classifier or WordClassifier(),
    )


@pytest.mark.parametrize("classifier", [WordClassifier(), WordInference()])
@pytest.mark.parametrize("name", HARD_TEXTS)
def test_any_text_is_read_by_the_rules(name: str, classifier: WordClassifier) -> None:
    article = article_of(HARD_TEXTS[name])
    check_reading(article, load(classifier=classifier).read(article))


def test_stances_are_the_classifiers_and_the_rest_is_the_models_own() -> None:
    reader = load()
    ours, theirs = (r.read(article_of(NEWS)).actors for r in (CHANCE, reader))
    assert [a.actor for a in theirs] == [a.actor for a in ours]
    assert [[s.text for s in a.statements] for a in theirs] == [
        [s.text for s in a.statements] for a in ours
    ]
    said = [s for a in theirs for s in a.statements]
    for statement in said:
        words = (statement.speaker, statement.cue, statement)
        text = " ".join(p.text for p in words if p is not None)
        marked = [stance for stance, mark in MARKS.items() if mark in text]
        if len(marked) == 1:
            assert statement.stance.label == marked[0]
    assert {s.stance.label for s in said} >= {Stance.WARNING}


def test_the_version_says_whose_stances_they_are_and_that_nobody_calibrated_them() -> None:
    reader = load()
    judge = ForeignJudge(WordClassifier())
    assert reader.model.version == f"1+{judge.version}.uncalibrated"
    assert reader.model.name == "chance"
    assert reader.confusion == {}
    assert CHANCE.model.version == "1"


def test_a_calibration_tempers_the_scores_and_is_named_in_the_version(tmp_path: Path) -> None:
    base = load().model.version.removesuffix(".uncalibrated")
    versions, confidences = set(), []
    for number, temperature in enumerate((1.0, 3.0)):
        file = measured(tmp_path / f"{number}.json", version=base, temperature=temperature)
        reader = load(stance_calibration=file)
        assert reader.confusion == CONFUSION
        versions.add(reader.model.version)
        actors = reader.read(article_of(NEWS)).actors
        confidences.append(max(actor.stance.confidence for actor in actors))
    assert len(versions) == 2
    assert all(version.startswith(f"{base}.") for version in versions)
    assert confidences[0] > confidences[1]


def test_a_language_that_was_not_measured_shares_the_calibration_of_one_that_was(
    tmp_path: Path,
) -> None:
    base = load().model.version.removesuffix(".uncalibrated")
    reader = load(stance_calibration=measured(tmp_path / "c.json", version=base))
    article = article_of(NEWS, language="en")
    check_reading(article, reader.read(article))


def test_the_calibration_of_another_classifier_is_refused(tmp_path: Path) -> None:
    file = measured(tmp_path / "c.json", version="1+x-words.000000000000")
    with pytest.raises(ConfigurationError, match=r"was measured with 1\+x-words\.000000000000"):
        with_judge(CHANCE, ForeignJudge(WordClassifier()), file=file)


def test_labels_are_renamed_by_the_setting() -> None:
    labels = {f"LABEL_{i}": stance for i, stance in enumerate(MARKS)}
    reader = load(classifier=WordClassifier(list(labels)), stance_labels=labels)
    assert reader.read(article_of(NEWS)).actors
    with pytest.raises(ConfigurationError, match=r"reader\.stance_labels"):
        load(classifier=WordClassifier(list(labels)))


@pytest.mark.parametrize(
    "setting", [{"stance_labels": {"a": "hopeful"}}, {"stance_calibration": Path("c.json")}]
)
def test_settings_of_a_classifier_without_one_are_refused(setting: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match=f"reader.{next(iter(setting))} is for"):
        load(None, **setting)


def test_without_a_classifier_none_is_loaded() -> None:
    reader = load_reader(ReaderSettings(), load_classifier=lambda *_, **__: pytest.fail("loaded"))
    assert reader.model.version == "1"

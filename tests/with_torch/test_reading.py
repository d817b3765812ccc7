"""The whole way: a classifier on disk, named by the settings, gives the stances of the service."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from reading_checks import NEWS, article_of, check_reading
from stancewire.cli import main
from stancewire.plumbing.sections import ReaderSettings
from stancewire.reading.loading import load_reader
from stancewire.reading.named import load_confusion
from stancewire.reading.reader import Reader
from tiny_model import tiny_classifier

GOLD = Path(__file__).parents[1] / "data" / "evaluation.jsonl"


@pytest.mark.parametrize(
    "labels",
    [
        ["hopeful", "skeptical", "warning", "neutral"],
        ["entailment", "neutral", "contradiction"],
    ],
)
def test_the_service_reads_with_the_stances_of_a_classifier(
    labels: list[str], tmp_path: Path
) -> None:
    settings = ReaderSettings(model=str(tiny_classifier(tmp_path / "tiny", labels)))
    reader, shipped = load_reader(settings), Reader.load()
    article = article_of(NEWS)
    reading, ours = reader.read(article), shipped.read(article)
    check_reading(article, reading)
    assert [a.actor for a in reading.actors] == [a.actor for a in ours.actors]
    assert [a.stance for a in reading.actors] != [a.stance for a in ours.actors]
    assert reader.read(article).actors == reading.actors
    assert reader.model.version.startswith(f"{shipped.model.version}+tiny.")


def test_a_classifier_is_measured_and_then_calibrated_and_tracked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    labels = ["LABEL_0", "LABEL_1", "LABEL_2", "LABEL_3"]
    directory = tiny_classifier(tmp_path / "tiny", labels)
    file = tmp_path / "calibration.json"
    meanings = dict(zip(labels, ["hopeful", "skeptical", "warning", "neutral"], strict=True))
    monkeypatch.setenv("STANCEWIRE_READER__MODEL", str(directory))
    monkeypatch.setenv("STANCEWIRE_READER__STANCE_LABELS", json.dumps(meanings))
    evaluate = ["evaluate", str(GOLD), "--json"]
    plain = CliRunner().invoke(main, [*evaluate, "--calibrate", str(file)])
    assert plain.exit_code == 0, plain.output
    monkeypatch.setenv("STANCEWIRE_READER__STANCE_CALIBRATION", str(file))
    calibrated = CliRunner().invoke(main, evaluate)
    assert calibrated.exit_code == 0, calibrated.output
    before, after = (json.loads(run.stdout) for run in (plain, calibrated))
    assert before["model"]["version"].endswith(".uncalibrated")
    assert before["model"] != after["model"]
    brier = [run["all"]["measures"]["brier"]["value"] for run in (before, after)]
    assert brier[1] < brier[0]
    settings = ReaderSettings(model=str(directory), stance_calibration=file)
    assert set(load_confusion(settings)) == {"de", "en"}

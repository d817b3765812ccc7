import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner

from reading_builders import reading
from stancewire.cli import evaluate, main
from stancewire.events import Article, ModelRef, Stance
from stancewire.reading.foreign.measured import Measured


class FakeReader:
    """Whoever is named before a colon is hopeful."""

    model = ModelRef(name="fake", version="7")

    def read(self, article: Article) -> Any:
        name, _, _ = article.body.partition(": ")
        said = (len(name) + 2, len(article.body))
        return SimpleNamespace(actors=(reading(name, Stance.HOPEFUL, spans=(said,)),))


@pytest.fixture(autouse=True)
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The settings with which a reader was loaded."""
    loaded: list[Any] = []

    def load(settings: Any) -> FakeReader:
        loaded.append(settings)
        return FakeReader()

    monkeypatch.setattr(evaluate, "load_reader", load)
    return loaded


def gold(id: str, name: str = "Anna", stance: str = "hopeful", lang: str = "en") -> str:
    actor = {"name": name, "kind": "person", "stance": stance, "spans": [[len(name) + 2, 10]]}
    text = f"{name}: it will be fine"
    return json.dumps({"id": id, "lang": lang, "text": text, "actors": [actor]})


def run(tmp_path: Path, *lines: str, options: tuple[str, ...] = ()) -> Any:
    file = tmp_path / "gold.jsonl"
    file.write_text("\n".join(lines))
    return CliRunner().invoke(main, ["evaluate", str(file), *options])


def test_the_measures_are_shown_by_language_and_kind(tmp_path: Path) -> None:
    result = run(tmp_path, gold("1"), "", gold("2", lang="de"), gold("3", stance="warning"))
    assert result.exit_code == 0, result.output
    lines = [line.split() for line in result.stdout.splitlines()]
    assert lines[0][:5] == ["fake", "7", "on", "3", "articles"]
    assert ["measure", "all", "de", "en"] in lines
    assert ["articles", "3", "1", "2"] in lines
    assert any(line[:4] == ["actors:", "F1", "1.000", "[1.00"] for line in lines)
    assert any(line[:3] == ["person", "3", "1.000"] for line in lines)
    assert any(line[:5] == ["warning", "1", "0", "0", "0"] for line in lines)


def test_json_holds_values_with_intervals_and_the_model(tmp_path: Path) -> None:
    result = run(tmp_path, gold("1"), gold("2", stance="warning"), options=("--json",))
    report = json.loads(result.stdout)
    assert report["model"] == {"name": "fake", "version": "7"}
    assert report["all"]["measures"]["stance_accuracy"] == {"value": 0.5, "low": 0.0, "high": 1.0}
    assert report["languages"]["en"]["articles"] == 2
    assert report["confusion"]["warning"]["hopeful"] == 1
    assert len(report["reliability"]) == 10


def test_every_bad_line_is_named_and_nothing_is_scored(tmp_path: Path, loaded: list[Any]) -> None:
    result = run(tmp_path, gold("1"), "{", gold("2", stance="angry"), gold("1"))
    assert result.exit_code == 1
    assert result.stdout == ""
    assert loaded == []
    file = tmp_path / "gold.jsonl"
    first, second, third = result.stderr.splitlines()
    assert first.startswith(f"{file}:2: ")
    assert second.startswith(f"{file}:3: ")
    assert "angry" in second
    assert third == f"{file}:4: the id '1' stands in line 1 already"


def test_an_empty_file_is_no_success(tmp_path: Path) -> None:
    result = run(tmp_path, "")
    assert result.exit_code == 1
    assert "no article" in result.stderr


def test_the_named_model_is_loaded(tmp_path: Path, loaded: list[Any]) -> None:
    assert run(tmp_path, gold("1"), options=("--model", str(tmp_path))).exit_code == 0
    assert loaded[0].reader.model == str(tmp_path)


def test_what_the_articles_tell_about_anothers_classifier_is_written(
    tmp_path: Path, loaded: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever calibration is set, it is the classifier as it comes that is measured."""
    monkeypatch.setattr(FakeReader, "model", ModelRef(name="fake", version="7+x.1.uncalibrated"))
    monkeypatch.setenv("STANCEWIRE_READER__STANCE_CALIBRATION", str(tmp_path / "old.json"))
    stances = ["hopeful"] * 40 + ["warning"] * 20
    lines = [gold(str(i), stance=stance) for i, stance in enumerate(stances)]
    file = tmp_path / "c.json"
    result = run(tmp_path, *lines, options=("--json", "--calibrate", str(file)))
    assert result.exit_code == 0, result.output
    assert loaded[0].reader.stance_calibration is None
    measured = Measured.load(file)
    assert measured.version == "7+x.1"
    assert measured.confusion == {"en": [[40, 0, 0], [0, 0, 0], [20, 0, 0]]}
    assert "reader.stance_calibration" in result.stderr
    assert json.loads(result.stdout)["all"]["actors"] == 60


def test_the_reliability_diagram_is_written(tmp_path: Path) -> None:
    file = tmp_path / "reliability.svg"
    assert run(tmp_path, gold("1"), options=("--reliability", str(file))).exit_code == 0
    assert "<title>fake 7, 1 articles</title>" in file.read_text("utf-8")


def test_a_model_of_ours_is_not_calibrated_here(tmp_path: Path) -> None:
    file = tmp_path / "c.json"
    result = run(tmp_path, gold("1"), options=("--calibrate", str(file)))
    assert result.exit_code == 2
    assert "--calibrate is for somebody else's classifier; fake 7" in result.stderr
    assert not file.exists()

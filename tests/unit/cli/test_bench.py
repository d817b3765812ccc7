import json
from typing import Any

import pytest
from click.testing import CliRunner

from stancewire.cli import bench, main
from stancewire.cli.benching import baselines
from stancewire.cli.benching.process import Started
from stancewire.cli.benching.report import Measured
from stancewire.cli.benching.rounds import (
    ENCODER,
    PEAK,
    PIPELINE,
    READ,
    SERVICE,
    ZERO_SHOT,
    Contender,
)
from stancewire.errors import ConfigurationError
from stancewire.events import ModelRef


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What is asked of the measurement; contenders that do nothing take its place."""
    asked: list[dict[str, Any]] = []

    def prepare(_: Any, **how: Any) -> tuple[Measured, list[Contender]]:
        asked.append(how)
        names = [READ, SERVICE, ENCODER, PEAK]
        names += [PIPELINE, ZERO_SHOT] if how["compared"] else []
        measured = Measured(
            model=ModelRef(name="fake", version="7"),
            threads=2,
            articles=how["number"],
            words=how["words"],
            body_tokens=500.0,
            statements=9.5,
            shipped_bytes=71_234_567,
        )
        return measured, [Contender(name, lambda: None, 16) for name in names]

    monkeypatch.setattr(bench, "prepare", prepare)
    starts = iter([9.0, 1.5, 1.6] * 5)
    monkeypatch.setattr(bench, "start_reader", lambda: Started(next(starts), 250.4))
    monkeypatch.setattr(baselines, "installed", lambda: False)
    return asked


def run(*options: str) -> Any:
    return CliRunner().invoke(main, ["bench", *options])


def test_people_get_a_table_and_learn_how_to_compare(asked: list[dict[str, Any]]) -> None:
    result = run("--rounds", "1", "--articles", "4", "--words", "50")
    assert result.exit_code == 0, result.output
    assert asked == [{"number": 4, "words": 50, "compared": False}]
    assert "fake 7" in result.stdout
    assert "4 German articles of 50 words: 500 tokens and 9.5 statements each" in result.stdout
    lines = {tuple(line.split()[-2:]) for line in result.stdout.splitlines() if line.strip()}
    assert {("1.6", "s"), ("250", "MB"), ("71.2", "MB")} <= lines
    assert "pipeline" not in result.stdout
    assert "pip install" in result.stderr
    assert "[torch]" in result.stderr


def test_machines_get_every_figure() -> None:
    result = run("--json", "--rounds", "3")
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert report["model"] == {"name": "fake", "version": "7"}
    assert report["start_to_ready_s"] == 1.6
    assert report["times_pipeline"] is None
    rate, tokens = report["read_articles_per_s"], report["read_tokens_per_s"]
    assert rate["low"] <= rate["median"] <= rate["high"]
    assert tokens["median"] == pytest.approx(500 * rate["median"])


def test_with_torch_both_pipelines_take_part(
    monkeypatch: pytest.MonkeyPatch, asked: list[dict[str, Any]]
) -> None:
    monkeypatch.setattr(baselines, "installed", lambda: True)
    result = run("--rounds", "2")
    assert result.exit_code == 0, result.output
    assert asked[0]["compared"]
    assert "same encoder as a torch pipeline" in result.stdout
    assert "zero-shot pipeline" in result.stdout
    assert result.stderr == ""


def test_a_process_that_fails_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Started:
        raise ConfigurationError("the model directory is not complete")

    monkeypatch.setattr(bench, "start_reader", broken)
    result = run()
    assert result.exit_code == 2
    assert "not complete" in result.output


@pytest.mark.parametrize("options", [("--rounds", "0"), ("--words", "0"), ("--articles", "-1")])
def test_amounts_below_one_are_refused(options: tuple[str, str]) -> None:
    assert run(*options).exit_code == 2

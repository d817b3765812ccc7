"""The shipped model is as good as it is recorded to be; docs/evaluation.md says how to record."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from stancewire.cli import main
from stancewire.reading.model import SHIPPED
from stancewire.reading.scoring.measures import LOWER_IS_BETTER

DATA = Path(__file__).parents[1] / "data"
RECORDED = DATA / "evaluation.json"


@pytest.fixture(scope="module")
def measured() -> dict[str, Any]:
    if not (SHIPPED / "manifest.json").is_file():
        pytest.fail(f"there is no model in {SHIPPED}: train one, or check it out with its weights")
    result = CliRunner().invoke(main, ["evaluate", str(DATA / "evaluation.jsonl"), "--json"])
    assert result.exit_code == 0, result.output
    report: dict[str, Any] = json.loads(result.stdout)
    return report


def test_what_is_recorded_is_of_the_shipped_model(measured: dict[str, Any]) -> None:
    recorded = json.loads(RECORDED.read_text("utf-8"))
    assert recorded["model"] == measured["model"], "record the measures of the new model"
    assert recorded["all"]["articles"] == measured["all"]["articles"]


def test_no_measure_is_worse_than_its_recorded_interval(measured: dict[str, Any]) -> None:
    recorded = json.loads(RECORDED.read_text("utf-8"))
    groups = {"all": (recorded["all"], measured["all"])} | {
        language: (recorded["languages"][language], group)
        for language, group in measured["languages"].items()
    }
    fallen = [
        f"{where} {name}: {now['measures'][name]['value']}, recorded {before}"
        for where, (then, now) in groups.items()
        for name, before in then["measures"].items()
        if _is_worse(name, now["measures"][name]["value"], before)
    ]
    assert fallen == []


def _is_worse(name: str, value: float | None, recorded: dict[str, float]) -> bool:
    if value is None:
        return True
    return value > recorded["high"] if name in LOWER_IS_BETTER else value < recorded["low"]

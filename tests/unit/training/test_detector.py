"""Choosing h: quiet enough and no quieter, and written where people and programs read it."""

import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from stancewire.errors import ConfigurationError
from stancewire.tracking.cusum import heard_as
from stancewire_training.__main__ import main
from stancewire_training.detector import (
    GRID,
    MOST_FALSE,
    Calibration,
    choose_h,
    load_confusion,
)
from stancewire_training.detector_report import as_markdown
from stancewire_training.detectors import cusum
from stancewire_training.measure import Quality, false_changes, sample
from stancewire_training.simulate import World

COUNTS = [[80, 12, 4], [9, 70, 14], [3, 14, 66]]


def test_the_least_quiet_h_is_chosen() -> None:
    matrix = np.array([[0.8, 0.12, 0.08], [0.1, 0.75, 0.15], [0.05, 0.2, 0.75]])
    on = sample(World(confusion=matrix), streams=80, length=200, seed=1)
    heard = np.array(heard_as(matrix.tolist(), 0.22))
    h = choose_h(heard, on)
    rates = [
        false_changes(partial(cusum, likelihoods=heard, h=each), on.steady) for each in (h - 0.1, h)
    ]
    assert rates[1] <= MOST_FALSE < rates[0]
    assert GRID[0] < h < GRID[-1]


def test_a_reader_that_only_guesses_cannot_be_calibrated() -> None:
    guess = np.array([[0.34, 0.33, 0.33], [0.33, 0.34, 0.33], [0.33, 0.33, 0.34]])
    on = sample(World(confusion=guess), streams=40, length=100, seed=1)
    bold = np.array([[0.98, 0.01, 0.01], [0.01, 0.98, 0.01], [0.01, 0.01, 0.98]])
    with pytest.raises(ConfigurationError, match="errs too often"):
        choose_h(bold, on)


def test_the_command_writes_a_page_and_the_numbers(tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps({"confusion": {"de": COUNTS, "en": COUNTS}}))
    arguments = [
        *("calibrate-detector", str(manifest), "--streams", "30", "--length", "120"),
        *("--report", str(tmp_path / "page.md"), "--out", str(tmp_path / "h.json")),
    ]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 0, done.output
    page = (tmp_path / "page.md").read_text("utf-8")
    assert done.output.strip() == page.strip()
    numbers = json.loads((tmp_path / "h.json").read_text("utf-8"))
    german = numbers["languages"]["de"]
    assert numbers["h"] == max(language["h"] for language in numbers["languages"].values())
    assert german["false_per_1000"] <= MOST_FALSE
    assert f"## `de`: h = {german['h']:g}" in page
    for name in ("last label wins", "majority of 5", "EWMA", "copies counted", "matrix alone"):
        assert f"| {name}" in page or name in page
    again = CliRunner().invoke(main, arguments)
    assert again.output == done.output


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"confusion": 3}',
        '{"de": [[1, 2], [3, 4]]}',
        '{"de": [[-1,1,1],[1,1,1],[1,1,1]]}',
    ],
)
def test_a_file_without_confusion_counts_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "counts.json"
    path.write_text(text)
    with pytest.raises(ConfigurationError, match=r"counts\.json holds no confusion"):
        load_confusion(path)


def test_a_file_of_counts_alone_will_do(tmp_path: Path) -> None:
    path = tmp_path / "counts.json"
    path.write_text(json.dumps({"de": COUNTS}))
    assert load_confusion(path) == {"de": COUNTS}


def test_a_detector_that_finds_nothing_has_no_delay_to_show() -> None:
    nothing = Quality(false_per_1000=0.0, found=0.0, delay=float("nan"))
    world = World(confusion=np.array(COUNTS) / 100)
    calibration = Calibration(
        language="de",
        confusion=world.confusion,
        world=world,
        h=5.0,
        chosen=Quality(false_per_1000=1.94, found=0.973, delay=13.0),
        curve={},
        others={"silence": nothing},
    )
    page = as_markdown([calibration], streams=1, length=1, seed=1)
    assert "| silence | 0.0 | 0% | - |" in page
    assert "| **the service's, h=5** | 1.9 | 97% | 13 |" in page

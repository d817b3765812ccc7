"""What `stancewire bench` must show on two processors that are not busy with anything else.

`make bench` runs this; `make test` does not, since figures depend on the machine.
"""

import subprocess
import sys

import msgspec
import pytest

from stancewire.cli.benching import baselines
from stancewire.cli.benching.report import Report

AT_MOST: dict[str, float] = {"shipped_mb": 90}
AT_LEAST: dict[str, float] = {"read_articles_per_s": 8}
if baselines.installed():
    # There, transformers imports torch into every process that reads.
    AT_LEAST |= {"times_pipeline": 3, "times_zero_shot": 20}
else:
    AT_MOST |= {"memory_mb": 700, "start_to_ready_s": 5}


@pytest.fixture(scope="module")
def report() -> Report:
    """One measurement for all, shown with `pytest -s`."""
    run = subprocess.run(
        [sys.executable, "-m", "stancewire", "bench", "--json"], check=True, stdout=subprocess.PIPE
    )
    print(run.stdout.decode())
    return msgspec.json.decode(run.stdout, type=Report)


@pytest.mark.parametrize("name", AT_MOST)
def test_it_costs_no_more_than_promised(report: Report, name: str) -> None:
    assert getattr(report, name) < AT_MOST[name]


@pytest.mark.parametrize("name", AT_LEAST)
def test_it_is_as_fast_as_promised(report: Report, name: str) -> None:
    assert getattr(report, name).median >= AT_LEAST[name]

"""What a user installs: both packages where Python finds them, with their data, nothing else."""

from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def paths() -> set[str]:
    """The paths of the wheel's files, asked of the build backend."""
    return {file.distribution_path for file in WheelBuilder(str(ROOT)).recurse_included_files()}


def test_both_packages_are_importable_by_their_names(paths):
    assert {path.split("/")[0] for path in paths} == {"stancewire", "stancewire_training"}
    assert {"stancewire/__init__.py", "stancewire_training/__init__.py"} <= paths


def test_both_are_typed(paths):
    assert {"stancewire/py.typed", "stancewire_training/py.typed"} <= paths


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("services/stancewire", "stancewire"),
        ("services/training/stancewire_training", "stancewire_training"),
        ("schemas", "stancewire/_schemas"),
    ],
)
def test_every_file_of_a_package_is_in(paths, source, target):
    files = (file for file in (ROOT / source).rglob("*") if file.is_file())
    expected = {
        f"{target}/{file.relative_to(ROOT / source).as_posix()}"
        for file in files
        if "__pycache__" not in file.parts
    }
    assert expected
    assert expected <= paths


def test_the_coverage_of_the_demo_is_in(paths):
    assert any(
        path.startswith("stancewire/coverage/") and path.endswith(".jsonl") for path in paths
    )

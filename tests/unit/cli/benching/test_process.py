import sys
from pathlib import Path
from typing import Any

import pytest

from stancewire.cli.benching import process
from stancewire.errors import StancewireError


@pytest.fixture
def interpreter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stands in for Python; a test writes what it does."""
    file = tmp_path / "python"
    file.touch(0o755)
    monkeypatch.setattr(sys, "executable", str(file))
    return file


def test_it_is_timed_until_it_says_that_it_is_ready(interpreter: Path) -> None:
    interpreter.write_text("#!/bin/sh\necho ready\necho 123.5\n")
    times = iter([10.0, 11.5])
    assert process.start_reader(clock=lambda: next(times)) == process.Started(1.5, 123.5)


@pytest.mark.parametrize("does", ["exit 2", "echo ready\nexit 1", "echo nonsense"])
def test_one_that_fails_is_an_error(interpreter: Path, does: str) -> None:
    interpreter.write_text(f"#!/bin/sh\n{does}\n")
    with pytest.raises(StancewireError, match="exit code"):
        process.start_reader()


def test_memory_is_told_in_megabytes(tmp_path: Path, monkeypatch: Any) -> None:
    status = tmp_path / "status"
    status.write_text("Name:\tpython\nVmHWM:\t  250000 kB\nVmRSS:\t  1 kB\n")
    monkeypatch.setattr(process, "_STATUS", status)
    assert process._peak_megabytes() == 256
    monkeypatch.setattr(process, "_STATUS", tmp_path / "none")
    assert process._peak_megabytes() > 10

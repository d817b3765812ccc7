"""`stancewire demo`, as a visitor runs it."""

import os
import re
import subprocess
import sys
import time

import pytest

_LIMIT_S = 180


@pytest.mark.timeout(_LIMIT_S + 30)
def test_demo_shows_changes_and_dead_letters_and_ends_by_itself() -> None:
    environment = {name: value for name, value in os.environ.items() if "STANCEWIRE" not in name}
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "stancewire", "demo"],
        capture_output=True,
        text=True,
        timeout=_LIMIT_S,
        env={**environment, "NO_COLOR": "1"},
        check=False,
    )
    lines = done.stdout.splitlines()
    assert done.returncode == 0, done.stdout + done.stderr
    assert time.monotonic() - started < _LIMIT_S
    changes = [line for line in lines if re.search(r": [+?!] \w+ → ", line)]
    assert len(changes) >= 2, done.stdout
    assert all(line.endswith(")") for line in changes), "each names the source that tipped it"
    letters = [line for line in lines if "dead letter " in line]
    assert len(letters) == 2
    assert "nordlicht.example/a35" in letters[0]
    assert "(stage schema)" in letters[1]
    (total,) = (line for line in lines if " published: " in line)
    assert "60 published: 57 read, 1 taken back, 2 dead letters" in total
    assert any("Solheim" in line and "+" in line for line in lines[-20:]), "the table names actors"

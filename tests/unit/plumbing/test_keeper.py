"""The keeper ends what it holds, whatever ended its asker, and leaves no file behind."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from stancewire.plumbing.keeper import keeper_command

STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); {}; time.sleep(60)"
POLITE = "{}; import time; time.sleep(60)"
READY = "print('ready', flush=True)"


def keep(*command: str, grace: float = 5.0, remove: Path | None = None) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        keeper_command(command, grace=grace, remove=remove),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def keep_python(program: str, **options) -> subprocess.Popen[bytes]:
    keeper = keep(sys.executable, "-c", program.format(READY), **options)
    assert keeper.stdout.readline() == b"ready\n"
    return keeper


def close(keeper: subprocess.Popen[bytes]) -> None:
    keeper.stdin.close()
    keeper.stdout.close()


@pytest.mark.parametrize("code", [0, 3])
def test_the_exit_code_is_the_commands(code):
    keeper = keep(sys.executable, "-c", f"raise SystemExit({code})")
    assert keeper.wait(10) == code
    close(keeper)


def test_what_the_command_writes_comes_through():
    keeper = keep(sys.executable, "-c", "print('seen')")
    assert keeper.stdout.read() == b"seen\n"
    assert keeper.wait(10) == 0
    close(keeper)


def test_a_missing_program_is_named():
    keeper = keep("/no/such/program")
    assert b"/no/such/program" in keeper.stdout.read()
    assert keeper.wait(10) == 127
    close(keeper)


def test_closing_the_pipe_ends_the_command():
    keeper = keep_python(POLITE)
    keeper.stdin.close()
    assert keeper.wait(10) == 128 + signal.SIGTERM
    assert keeper.stdout.read() == b"", "the command still holds its output"
    close(keeper)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_to_the_keeper_ends_the_command(number):
    keeper = keep_python(POLITE)
    keeper.send_signal(number)
    assert keeper.wait(10) == 128 + signal.SIGTERM
    assert keeper.stdout.read() == b""
    close(keeper)


def test_a_command_that_will_not_end_is_killed_after_the_grace_period():
    keeper = keep_python(STUBBORN, grace=0.1)
    keeper.stdin.close()
    assert keeper.wait(10) == 128 + signal.SIGKILL
    assert keeper.stdout.read() == b""
    close(keeper)


def test_bytes_on_the_pipe_are_no_end():
    keeper = keep_python(POLITE)
    keeper.stdin.write(b"still here")
    keeper.stdin.flush()
    with pytest.raises(subprocess.TimeoutExpired):
        keeper.wait(0.2)
    keeper.stdin.close()
    assert keeper.wait(10) == 128 + signal.SIGTERM
    close(keeper)


def test_the_directory_goes_with_the_command(tmp_path):
    doomed = tmp_path / "doomed"
    doomed.mkdir()
    (doomed / "file").write_text("x")
    keeper = keep_python(POLITE, remove=doomed)
    assert doomed.exists()
    keeper.stdin.close()
    keeper.wait(10)
    assert not doomed.exists()
    close(keeper)

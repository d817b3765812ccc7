"""A reader of its own in a process of its own: how soon it is ready, and what it holds.

The process is this module, run with `python -m`: it imports what a reader service imports, loads
the model of the settings, says so, reads articles and says how much memory it took at most.
"""

import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from stancewire.errors import StancewireError

READY = "ready"
_STATUS = Path("/proc/self/status")
_ARTICLES, _WORDS = 16, 300
_USAGE_UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True)
class Started:
    """One process: seconds from its start until the model is loaded, megabytes it held at most."""

    seconds: float
    megabytes: float


def start_reader(*, clock: Callable[[], float] = time.perf_counter) -> Started:
    """Start one, let it read, wait until it ends. Raises StancewireError where it fails."""
    begun = clock()
    command = [sys.executable, "-m", __name__]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        said = process.stdout.readline().strip() if process.stdout else ""
        seconds = clock() - begun
        rest, _ = process.communicate()
    if said != READY or process.returncode:
        raise StancewireError(
            f"the reader's process ended with exit code {process.returncode} before it had read;"
            " what it wrote above says why, and `stancewire doctor` helps to mend it"
        )
    return Started(seconds=seconds, megabytes=float(rest))


def main() -> None:
    """What runs in the process."""
    # What is imported is part of what is measured.
    import stancewire.workers.reader  # noqa: F401, PLC0415
    from stancewire.cli.benching.texts import german_articles  # noqa: PLC0415
    from stancewire.plumbing.settings import load_settings  # noqa: PLC0415
    from stancewire.reading.loading import load_reader  # noqa: PLC0415

    reader = load_reader(load_settings().reader, embed_statements=True)
    print(READY, flush=True)
    for article in german_articles(number=_ARTICLES, words=_WORDS):
        reader.read(article)
    print(_peak_megabytes())


def _peak_megabytes() -> float:
    """Resident memory at its highest; Linux tells it of this program, others of the process."""
    if _STATUS.exists():
        lines = dict(line.split(":", 1) for line in _STATUS.read_text("utf-8").splitlines())
        return int(lines["VmHWM"].split()[0]) * 1024 / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _USAGE_UNIT / 1e6


if __name__ == "__main__":
    main()

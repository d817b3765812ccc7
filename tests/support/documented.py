"""Code that a page shows, to be run as it stands there."""

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from kafka import KafkaProducer

from patience import wait_for
from stancewire.events import StanceChange
from stancewire.plumbing.envelope import encode

PAGE = Path(__file__).parents[2] / "docs" / "subscribe.md"


def documented(name: str) -> str:
    """The block behind `<!-- run: NAME -->`."""
    found = re.search(
        rf"<!-- run: {name} -->\n```\w+\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL
    )
    assert found, f"{PAGE.name} shows no {name}"
    return found.group(1)


def publish_changes(servers: str, topic: str, changes: list[StanceChange]) -> None:
    producer = KafkaProducer(bootstrap_servers=servers.split(","))
    for change in changes:
        record = encode(change)
        producer.send(topic, key=record.key, value=record.value, headers=record.headers)
    producer.close()


@contextmanager
def running_script(
    code: str, *arguments: str, directory: Path, environment: Mapping[str, str]
) -> Iterator["Script"]:
    """Python code as a process; it is ended with the block."""
    file, out = directory / "newsroom.py", directory / "out.log"
    file.write_text(code)
    with out.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, str(file), *arguments],
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=directory,
            env=dict(environment),
        )
    try:
        yield Script(process, out)
    finally:
        process.kill()
        process.wait()


class Script:
    def __init__(self, process: "subprocess.Popen[bytes]", out: Path) -> None:
        self._process = process
        self._out = out

    def lines_with(self, word: str, *, count: int) -> list[str]:
        """Its lines that hold a word, once there are so many of them."""

        def enough() -> list[str]:
            text = self._out.read_text(errors="replace")
            assert self._process.poll() is None, text[-3000:]
            found = [line for line in text.splitlines() if word in line]
            return found if len(found) >= count else []

        return wait_for(enough, what=f"{count} lines with {word}", seconds=120)

"""The consumers that docs/subscribe.md shows do what it says: each change once, repeats dropped."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from alert_builders import change
from documented import documented, publish_changes, running_script
from stancewire.plumbing.embedded import embedded_kafka
from stancewire.plumbing.kafka import apply_topics
from stancewire.plumbing.sections import KafkaSettings

CONSUMERS = {"kafka-python": (), "faust": ("worker", "-l", "warn")}
ONE, TWO = change("c1", "h>w"), change("c2", "h>w", type="amended", supersedes="c1")


@pytest.fixture(scope="module", name="servers")
def fixture_servers() -> Iterator[str]:
    with embedded_kafka() as servers:
        apply_topics(KafkaSettings(bootstrap_servers=servers, partitions=1))
        for topic in ("stancewire.changes", "stancewire.stance.warning"):
            publish_changes(servers, topic, [ONE, ONE, TWO, ONE])
        yield servers


@pytest.mark.timeout(240)
def test_documented_consumers_take_each_change_once(servers: str, tmp_path: Path) -> None:
    """Both at once, since the embedded broker keeps a joining group waiting for half a minute."""
    environment = {**os.environ, "STANCEWIRE_KAFKA__BOOTSTRAP_SERVERS": servers}
    with ExitStack() as stack:
        scripts = []
        for name, arguments in CONSUMERS.items():
            directory = tmp_path / name
            directory.mkdir()
            running = running_script(
                documented(name), *arguments, directory=directory, environment=environment
            )
            scripts.append(stack.enter_context(running))
        for script in scripts:
            script.lines_with("Minister Jane Doe", count=2)
        publish_changes(servers, "stancewire.changes", [ONE, change("c3", "w>h")])
        publish_changes(servers, "stancewire.stance.warning", [ONE, change("c3", "s>w")])
        for script in scripts:
            lines = script.lines_with("Minister Jane Doe", count=3)
            kinds = [line.partition(" Minister")[0].split()[-1] for line in lines]
            assert kinds == ["changed", "amended", "changed"]

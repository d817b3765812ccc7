"""The consumers that docs/subscribe.md shows do what it says: each change once, repeats dropped."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from alert_builders import change
from documented import documented, publish_changes, running_script
from stancewire.plumbing.embedded import embedded_kafka
from stancewire.plumbing.kafka import apply_topics
from stancewire.plumbing.sections import KafkaSettings

ONE, TWO = change("c1", "h>w"), change("c2", "h>w", type="amended", supersedes="c1")


@pytest.fixture(scope="module", name="servers")
def fixture_servers() -> Iterator[str]:
    with embedded_kafka() as servers:
        apply_topics(KafkaSettings(bootstrap_servers=servers, partitions=1))
        for topic in ("stancewire.changes", "stancewire.stance.warning"):
            publish_changes(servers, topic, [ONE, ONE, TWO, ONE])
        yield servers


@pytest.mark.parametrize(
    ("name", "arguments"),
    [("kafka-python", ()), ("faust", ("worker", "-l", "error"))],
)
def test_a_documented_consumer_takes_each_change_once(
    servers: str, tmp_path: Path, name: str, arguments: tuple[str, ...]
) -> None:
    environment = {**os.environ, "STANCEWIRE_KAFKA__BOOTSTRAP_SERVERS": servers}
    with running_script(
        documented(name), *arguments, directory=tmp_path, environment=environment
    ) as script:
        lines = script.lines_with("Minister Jane Doe", count=2)
        publish_changes(servers, "stancewire.changes", [ONE, change("c3", "w>h")])
        publish_changes(servers, "stancewire.stance.warning", [ONE, change("c3", "s>w")])
        lines = script.lines_with("Minister Jane Doe", count=3)

    assert [line.split()[0] for line in lines][:2] == ["changed", "amended"]
    assert len(lines) == 3

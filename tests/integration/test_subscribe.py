"""The command line that docs/subscribe.md shows, with kcat on real Apache Kafka."""

import shutil
import subprocess

import msgspec
import pytest

from alert_builders import change, id_of
from documented import documented, publish_changes
from kafka_cluster import KafkaCluster
from stancewire.events import StanceChange
from stancewire.plumbing.kafka import apply_topics
from stancewire.plumbing.sections import KafkaSettings

pytestmark = pytest.mark.kafka


def test_kcat_shows_key_headers_and_change(kafka_cluster: KafkaCluster) -> None:
    servers = kafka_cluster.bootstrap_servers
    assert shutil.which("kcat"), "no kcat on PATH: apt install kcat"
    apply_topics(KafkaSettings(bootstrap_servers=servers))
    publish_changes(servers, "stancewire.changes", [change("c1", "h>w")])

    command = documented("kcat").replace("localhost:9092", servers)
    shown = subprocess.run(
        ["sh", "-c", command], check=True, capture_output=True, text=True, timeout=60
    )

    (line,) = (one for one in shown.stdout.splitlines() if id_of("c1") in one)
    key, headers, value = line.split(" ", 2)
    assert key == "st-harbour|person:jane-doe"
    assert f"ce_id={id_of('c1')}" in headers
    assert msgspec.json.decode(value, type=StanceChange) == change("c1", "h>w")

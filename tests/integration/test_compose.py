"""The Kafka of docker-compose.yml is configured as that very version of Kafka accepts it."""

import subprocess
from pathlib import Path

import pytest
import yaml

from kafka_cluster import ROOT, kafka_command

pytestmark = pytest.mark.kafka

CLUSTER_ID = "5L6g3nShT-eMCtK--X86sw"


def properties() -> dict[str, str]:
    """The image's rule: KAFKA_A_B is the property a.b."""
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return {
        name.removeprefix("KAFKA_").lower().replace("_", "."): value
        for name, value in compose["services"]["kafka"]["environment"].items()
    }


def format_storage(directory: Path, settings: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """What the image does first; it reads and checks the whole configuration."""
    file = directory / "server.properties"
    settings = {**settings, "log.dirs": str(directory / "data")}
    file.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
    return subprocess.run(
        [
            *kafka_command("kafka.tools.StorageTool"),
            *("format", "--cluster-id", CLUSTER_ID, "--config", str(file)),
        ],
        capture_output=True,
        text=True,
        check=False,
    )


def test_kafka_accepts_the_configuration(tmp_path):
    formatted = format_storage(tmp_path, properties())
    assert formatted.returncode == 0, formatted.stderr
    assert (tmp_path / "data" / "meta.properties").exists()


def test_a_wrong_configuration_would_be_refused(tmp_path):
    wrong = {**properties(), "listener.security.protocol.map": "CONTROLLER:PLAINTEXT"}
    assert format_storage(tmp_path, wrong).returncode != 0

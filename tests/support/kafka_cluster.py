"""Real Apache Kafka in KRaft mode, one node or several, out of the jars that Maven fetched."""

import shutil
import subprocess
import uuid
from base64 import urlsafe_b64encode
from pathlib import Path
from types import TracebackType
from typing import Self

from held_process import HeldProcess
from patience import wait_for
from ports import stable_port
from stancewire.plumbing.probes import kafka_metadata

ROOT = Path(__file__).parents[2]
JARS = ROOT / "deploy" / "kafka" / "target" / "libs"
HOST = "127.0.0.1"
_LARGEST_RECORD = 14 * 1024 * 1024
_JVM = [
    "-Xms128m",
    "-Xmx512m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
]


class KafkaCluster:
    """Starts on entering, ends on leaving; its nodes keep their ports and data in between."""

    def __init__(self, directory: Path, *, nodes: int = 1) -> None:
        self._id = urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        self._ports = {node: (stable_port(), stable_port()) for node in range(1, nodes + 1)}
        self._directory = directory
        self.nodes = {node: self._prepare(node) for node in self._ports}

    @property
    def bootstrap_servers(self) -> str:
        """Every node's `host:port`, separated by commas."""
        return ",".join(f"{HOST}:{port}" for port, _ in self._ports.values())

    def start(self) -> None:
        """Start whatever does not run, and return when all nodes answer and know one another."""
        for node in self.nodes.values():
            node.start()
        for node in self.nodes.values():
            node.wait_until_it_answers()
        wait_for(self._all_know_all, what="the nodes know one another", seconds=60.0)

    def stop(self) -> None:
        """End all nodes in order."""
        for node in self.nodes.values():
            node.stop()

    def discard(self) -> None:
        """End all nodes at once; an orderly end would make the last ones wait for a majority."""
        for node in self.nodes.values():
            node.kill()

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.discard()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.discard()

    def _prepare(self, node: int) -> HeldProcess:
        """Write the node's settings and format its storage."""
        home = self._directory / f"kafka-{node}"
        home.mkdir(parents=True)
        settings = home / "server.properties"
        settings.write_text("".join(f"{k}={v}\n" for k, v in self._settings(node, home).items()))
        tool = [*kafka_command("kafka.tools.StorageTool"), "format"]
        formatted = subprocess.run(
            [*tool, "--cluster-id", self._id, "--config", str(settings)],
            capture_output=True,
            text=True,
            check=False,
        )
        if formatted.returncode != 0:
            raise AssertionError(f"Kafka will not format {home}:\n{formatted.stderr}")
        port, _ = self._ports[node]
        return HeldProcess(
            f"Kafka node {node} on port {port}",
            [*kafka_command("kafka.Kafka"), str(settings)],
            log=home / "server.log",
            answers=lambda: self._id.encode() in kafka_metadata(HOST, port),
        )

    def _settings(self, node: int, home: Path) -> dict[str, object]:
        port, controller_port = self._ports[node]
        copies = min(3, len(self._ports))
        return {
            "process.roles": "broker,controller",
            "node.id": node,
            "controller.quorum.voters": ",".join(
                f"{other}@{HOST}:{ports[1]}" for other, ports in self._ports.items()
            ),
            "controller.listener.names": "CONTROLLER",
            "listeners": f"PLAINTEXT://{HOST}:{port},CONTROLLER://{HOST}:{controller_port}",
            "advertised.listeners": f"PLAINTEXT://{HOST}:{port}",
            "log.dirs": home / "data",
            "auto.create.topics.enable": "false",
            "message.max.bytes": _LARGEST_RECORD,
            "replica.fetch.max.bytes": _LARGEST_RECORD,
            # A node that died is noticed, and one that came back is taken again, after this long.
            "broker.session.timeout.ms": 3000,
            "broker.heartbeat.interval.ms": 500,
            "group.initial.rebalance.delay.ms": 0,
            "offsets.topic.num.partitions": 4,
            "offsets.topic.replication.factor": copies,
            "transaction.state.log.num.partitions": 4,
            "transaction.state.log.replication.factor": copies,
            "transaction.state.log.min.isr": max(1, copies - 1),
            "min.insync.replicas": max(1, copies - 1),
        }

    def _all_know_all(self) -> bool:
        """Whether each node's answer lists every port; the address precedes it as a string."""
        try:
            answers = [kafka_metadata(HOST, port) for port, _ in self._ports.values()]
        except OSError:
            return False
        listed = [HOST.encode() + port.to_bytes(4) for port, _ in self._ports.values()]
        return all(address in answer for answer in answers for address in listed)


def kafka_command(main_class: str) -> list[str]:
    """The start of a command line that runs a class of Kafka's."""
    java = shutil.which("java")
    if java is None:
        raise AssertionError("no java on PATH: install a JDK, 17 or later")
    if not list(JARS.glob("kafka_2.13-*.jar")):
        raise AssertionError(f"no Kafka in {JARS.relative_to(ROOT)}: run deploy/kafka/fetch.sh")
    return [java, *_JVM, "-cp", f"{JARS}/*", main_class]

"""Alerters are killed again and again: no alert is lost, and repeats can be told."""

from pathlib import Path

import msgspec
import pytest
from kafka import KafkaProducer

from alert_builders import RULES, SECRET, change
from hook_server import hook_server
from kafka_cluster import KafkaCluster
from patience import wait_for
from redis_server import RedisServer
from stancewire.events import ActorRef, StanceChange, StoryRef
from stancewire.plumbing.clock import SystemClock
from stancewire.plumbing.envelope import encode
from worker_world import WorkerWorld

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(300)]

CHANGES = 400


def changes() -> list[StanceChange]:
    now = SystemClock().now()
    return [
        change(
            f"c{number}",
            "h>w",
            at=now,
            story=StoryRef(id=f"st-{number % 7}", label=f"Story {number % 7}"),
            actor=ActorRef(id=f"person:n{number}", name=f"N{number}", kind="person"),
        )
        for number in range(CHANGES)
    ]


def test_no_kill_loses_an_alert(
    kafka_cluster: KafkaCluster,
    redis_server: RedisServer,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    wanted = changes()
    with (
        hook_server(SECRET) as hook,
        WorkerWorld(kafka_cluster.bootstrap_servers, redis_server.url, tmp_path) as world,
    ):
        rules = tmp_path / "rules.toml"
        rules.write_text(RULES.replace("https://desk.example/hook", hook.url))
        world.environment |= {
            "STANCEWIRE_ALERTER__RULES_FILE": str(rules),
            "STANCEWIRE_ALERTER__ALLOWED_NETWORKS": "127.0.0.0/8",
            "STANCEWIRE_ALERTER__RETRY_SCHEDULE_S": "0.2,0.5,1,1,1,2,2,2,2",
            "STANCEWIRE_ALERTER__TIMEOUT_S": "2",
        }
        alerters = [world.start("alerter"), world.start("alerter")]
        producer = KafkaProducer(bootstrap_servers=world.kafka.bootstrap_servers)
        for each in wanted:
            record = encode(each)
            producer.send(
                world.topics.changes, key=record.key, value=record.value, headers=record.headers
            )
        producer.close()
        for share in (1, 2):
            wait_for(
                lambda share=share: len(hook.bodies) >= share * CHANGES // 5,
                what="alerts arrive",
                seconds=60,
            )
            alerters[share % 2].kill()
            alerters[share % 2] = world.start("alerter")
        wait_for(lambda: len(hook.bodies) == CHANGES, what="all alerts have come", seconds=60)
        wait_for(lambda: world.committed("alerter") == CHANGES, what="all is done", seconds=60)
        ends = [alerter.terminate() for alerter in alerters]
        dead = world.topic(world.topics.alerts_dlq).look()

    assert [code for code, _ in ends] == [0, 0]
    assert max(seconds for _, seconds in ends) < 5.0
    assert list(dead) == []
    assert hook.forged == []
    told = {
        alert["change"]["change_id"]: name
        for name, bodies in hook.bodies.items()
        for alert in msgspec.json.decode(bodies[0])["data"]["alerts"]
    }
    assert set(told) == {each.change_id for each in wanted}
    assert all(len(set(bodies)) == 1 for bodies in hook.bodies.values())
    repeats = sum(len(bodies) - 1 for bodies in hook.bodies.values())
    with capsys.disabled():
        print(
            f"\n{CHANGES} alerts over 2 kills, {len(hook.failed)} failed once, {repeats} repeated"
            f" with the same id; slowest SIGTERM {max(s for _, s in ends):.1f} s"
        )

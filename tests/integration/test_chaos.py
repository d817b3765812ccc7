"""A short chaos run on one broker; `make chaos` is the long one on three."""

from pathlib import Path

import pytest

from chaos_report import figures
from chaos_run import Plan, run_chaos
from chaos_schedule import Fault
from kafka_cluster import KafkaCluster
from redis_server import RedisServer

pytestmark = [
    pytest.mark.kafka,
    pytest.mark.timeout(900),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

SHORT = Plan(
    seed=1,
    rounds=4,
    articles_a_round=150,
    outage_s=3.0,
    faults=(Fault.REPLACE, Fault.BROKER_OUTAGE, Fault.REDIS_RESTART, Fault.REDIS_OUTAGE),
)


async def test_no_fault_loses_or_alters_anything(
    kafka_cluster: KafkaCluster,
    redis_server: RedisServer,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    report = await run_chaos(SHORT, kafka=kafka_cluster, redis=redis_server, directory=tmp_path)
    assert sum(report.struck.values()) == 2 * SHORT.rounds
    assert report.verdict.standing > 30, "hardly a change was at stake"
    with capsys.disabled():
        print(f"\n{figures(report)}")

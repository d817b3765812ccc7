"""The long chaos run, on three brokers; `make chaos ROUNDS=… SEED=…` runs and reports it."""

import os
from pathlib import Path

import pytest

from chaos_report import page
from chaos_run import Plan, run_chaos
from kafka_cluster import KafkaCluster
from redis_server import RedisServer

pytestmark = [
    pytest.mark.kafka,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

REPORT = Path(__file__).parents[2] / "docs" / "chaos.md"
BROKERS = 3


async def test_no_fault_loses_or_alters_anything(tmp_path: Path) -> None:
    plan = Plan(
        seed=int(os.environ.get("SEED", "1")),
        rounds=int(os.environ.get("ROUNDS", "100")),
        articles_a_round=200,
        outage_s=30.0,
    )
    with KafkaCluster(tmp_path, nodes=BROKERS) as kafka, RedisServer(tmp_path) as redis:
        report = await run_chaos(plan, kafka=kafka, redis=redis, directory=tmp_path)
    assert sum(report.struck.values()) == 2 * plan.rounds
    REPORT.write_text(page(report), encoding="utf-8")

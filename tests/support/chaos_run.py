"""A chaos run: articles come in, faults strike at random moments, and all must end right."""

import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from kafka.errors import KafkaError

from chaos_crew import Crew
from chaos_input import Delivery, bad_day
from chaos_schedule import Fault, schedule
from chaos_verdict import Verdict, judge
from kafka_cluster import KafkaCluster
from live_rebuild import rebuilt
from patience import wait_for
from redis_server import RedisServer
from worker_world import Topic, WorkerWorld

PROGRESS_S = 240.0
"""So long the next observations may take after a fault, on a busy machine."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    seed: int
    rounds: int
    articles_a_round: int
    outage_s: float
    workers_of_a_kind: int = 2
    faults: Sequence[Fault] = tuple(Fault)


@dataclass(frozen=True, kw_only=True)
class Report:
    plan: Plan
    brokers: int
    deliveries: int
    struck: Mapping[str, int]
    slowest_sigterm_s: float
    seconds: float
    verdict: Verdict


async def run_chaos(
    plan: Plan, *, kafka: KafkaCluster, redis: RedisServer, directory: Path
) -> Report:
    """Raises AssertionError where a worker dies or stands still, or an invariant is broken."""
    begun = time.monotonic()
    given = bad_day(plan.seed, plan.rounds * plan.articles_a_round)
    copies = min(3, len(kafka.nodes))
    with WorkerWorld(kafka.bootstrap_servers, redis.url, directory, copies=copies) as world:
        observed = world.topic(world.topics.observations)
        crew = Crew(world, kafka, redis, each=plan.workers_of_a_kind, outage_s=plan.outage_s)
        known: set[str] = set()
        rounds = schedule(plan.seed, plan.rounds, faults=plan.faults)
        blows = [blow for one in rounds for blow in one]
        for number, blow in enumerate(blows):
            # Each has articles of its own, so that it hits workers at work.
            batch = _part(given.deliveries, number, len(blows))
            before, fresh = len(observed.look()), len({one.uri for one in batch} - known)
            known |= {one.uri for one in batch}
            _send(world, batch)
            _await_progress(observed, before + int(blow.at * fresh))
            what = blow.fault or f"kill -9 of a {blow.kind}"
            _say(begun, f"round {number // 2 + 1}: {what}")
            crew.strike(blow)
        _await_end(world, observed)
        _say(begun, "all is taken")
        crew.end()
        verdict = await judge(
            wanted=given.actors,
            observed=observed.look(),
            changed=world.whole(world.topics.changes),
            dead=world.whole(world.topics.articles_dlq),
            rebuilt=await rebuilt(world, redis, swap=False),
        )
    return Report(
        plan=plan,
        brokers=len(kafka.nodes),
        deliveries=len(given.deliveries),
        struck=dict(crew.struck),
        slowest_sigterm_s=max(crew.ends),
        seconds=time.monotonic() - begun,
        verdict=verdict,
    )


def _part(deliveries: Sequence[Delivery], number: int, parts: int) -> Sequence[Delivery]:
    size = len(deliveries)
    return deliveries[number * size // parts : (number + 1) * size // parts]


def _send(world: WorkerWorld, batch: Sequence[Delivery]) -> None:
    for one in batch:
        world.send_article(one.uri, **one.fields)
    world.flush()


def _await_progress(observed: Topic, enough: int) -> None:
    observed.wait_for(lambda seen: len(seen) >= enough, seconds=PROGRESS_S)


def _await_end(world: WorkerWorld, observed: Topic) -> None:
    """Both groups have committed all there is."""
    articles = world.topic(world.topics.articles)
    for worker, topic in (("reader", articles), ("tracker", observed)):
        wait_for(
            partial(_has_taken_all, world, worker, topic),
            what=f"the {worker}s have taken everything",
            seconds=2 * PROGRESS_S,
            every=0.2,
        )


def _has_taken_all(world: WorkerWorld, worker: str, topic: Topic) -> bool:
    try:
        return world.committed(worker) == len(topic.look()) > 0
    except KafkaError as error:
        # A broker that has just come back has not loaded its groups yet.
        if error.retriable:
            return False
        raise


def _say(begun: float, what: str) -> None:
    """Shown by `pytest -s`: where a long run stands."""
    print(f"{time.monotonic() - begun:6.0f} s  {what}", file=sys.stderr, flush=True)

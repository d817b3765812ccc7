"""The workers, brokers and Redis of a chaos run, and what can be done to them."""

import time
from collections import Counter
from collections.abc import Iterator

from chaos_schedule import KINDS_OF_WORKER, Fault, Strike
from kafka_cluster import KafkaCluster
from patience import wait_for
from redis_server import RedisServer
from worker_process import WorkerProcess
from worker_world import WorkerWorld

START_S = 120.0
"""So long a worker may take to answer, and a SIGTERM to be obeyed, on a busy machine."""


class Crew:
    """As many workers of each kind at any time as at the beginning."""

    def __init__(
        self,
        world: WorkerWorld,
        kafka: KafkaCluster,
        redis: RedisServer,
        *,
        each: int,
        outage_s: float,
    ) -> None:
        self._world, self._kafka, self._redis = world, kafka, redis
        self._outage_s = outage_s
        self.struck: Counter[str] = Counter()
        """How often each fault struck; a kill -9 under the kind of its worker."""
        self.ends: list[float] = []
        """Seconds that each SIGTERM took."""
        self._workers = {kind: [world.start(kind) for _ in range(each)] for kind in KINDS_OF_WORKER}

    def strike(self, blow: Strike) -> None:
        """Do it, and return when all servers run again; workers may still be starting."""
        crew = self._workers[blow.kind]
        place = blow.pick % len(crew)
        match blow.fault:
            case None:
                crew[place].kill()
                crew[place] = self._world.start(blow.kind)
            case Fault.TERMINATE:
                self._end(crew[place])
                crew[place] = self._world.start(blow.kind)
            case Fault.REPLACE:
                crew.append(self._world.start(blow.kind))
                wait_for(lambda: crew[-1].problems() == {}, what="it has joined", seconds=START_S)
                self._end(crew.pop(place))
            case Fault.BROKER_RESTART:
                nodes = list(self._kafka.nodes.values())
                nodes[blow.pick % len(nodes)].kill()
                self._kafka.start()
            case Fault.BROKER_OUTAGE:
                self._kafka.discard()
                self._endure("Kafka")
                self._kafka.start()
            case Fault.REDIS_RESTART:
                self._redis.kill()
                self._redis.start()
            case Fault.REDIS_OUTAGE:
                self._redis.stop()
                self._endure("Redis")
                self._redis.start()
        self.struck[blow.fault or f"kill -9 of a {blow.kind}"] += 1

    def end(self) -> None:
        """SIGTERM to all of them."""
        for worker in self._all():
            self._end(worker)

    def _all(self) -> Iterator[WorkerProcess]:
        for crew in self._workers.values():
            yield from crew

    def _end(self, worker: WorkerProcess) -> None:
        wait_for(lambda: worker.problems() is not None, what="it answers", seconds=START_S)
        code, seconds = worker.terminate(within=START_S)
        assert code == 0, f"SIGTERM ended a {worker.name} with {code}"
        self.ends.append(seconds)

    def _endure(self, server: str) -> None:
        """Nobody dies while a server is away, and all who are still there say in /readyz why."""
        over = time.monotonic() + self._outage_s
        waiting: set[WorkerProcess] = set()

        def all_wait() -> bool:
            for worker in self._all():
                assert worker.is_alive, f"a {worker.name} died of the outage of {server}"
                if worker.problems():
                    waiting.add(worker)
            return time.monotonic() >= over and len(waiting) == sum(1 for _ in self._all())

        wait_for(all_wait, what=f"/readyz tells of {server}", seconds=START_S, every=0.25)

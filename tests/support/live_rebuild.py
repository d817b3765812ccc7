"""`rebuild` against the servers of a `WorkerWorld`, with the detector of the rules."""

from contextlib import aclosing

from redis.asyncio import Redis

from redis_server import RedisServer
from rule_reader import CONFUSION
from stancewire.plumbing.clock import SystemClock
from stancewire.plumbing.settings import Settings
from stancewire.workers.rebuilding import Rebuilt, rebuild
from stancewire.workers.tracker import detector
from worker_world import WorkerWorld


async def rebuilt(world: WorkerWorld, redis: RedisServer, **options: bool) -> Rebuilt:
    settings = Settings().replace(
        kafka={"bootstrap_servers": world.kafka.bootstrap_servers}
        | {"topic_prefix": world.prefix, "group_prefix": world.prefix},
        redis={"url": redis.url, "namespace": world.prefix},
    )
    async with aclosing(Redis.from_url(redis.url)) as client:
        return await rebuild(
            settings,
            client=client,
            config=detector(settings, CONFUSION),
            clock=SystemClock(),
            **options,
        )

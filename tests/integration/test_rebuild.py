"""`rebuild` on real Kafka and Redis: beside running trackers, and after a total loss."""

from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path

import pytest
from redis.asyncio import Redis

from kafka_cluster import KafkaCluster
from live_rebuild import rebuilt
from news import news
from patience import wait_for
from redis_server import RedisServer
from replay import replay, standing
from worker_process import WorkerProcess
from worker_world import WorkerWorld, changes_in, repeats_in

pytestmark = [
    pytest.mark.kafka,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

ARTICLES = 240


@pytest.fixture
def world(
    kafka_cluster: KafkaCluster, redis_server: RedisServer, tmp_path: Path
) -> Iterator[WorkerWorld]:
    with WorkerWorld(kafka_cluster.bootstrap_servers, redis_server.url, tmp_path) as world:
        yield world


def send(world: WorkerWorld, first: int, last: int) -> None:
    for one in list(news(ARTICLES))[first:last]:
        world.send_article(one.uri, **one.fields)
    world.flush()


def wait_until_tracked(world: WorkerWorld, articles: int) -> None:
    wait_for(lambda: world.committed("reader") == articles, what="read", seconds=120)
    observed = world.topic(world.topics.observations)
    wait_for(
        lambda: world.committed("tracker") == len(observed.look()) > articles,
        what="tracked",
        seconds=120,
    )


def waits_for_a_rebuild(worker: WorkerProcess) -> bool:
    return any("stancewire rebuild" in why for why in (worker.problems() or {}).values())


async def test_what_redis_has_is_what_the_topics_tell_and_can_be_had_again(
    world: WorkerWorld, redis_server: RedisServer
) -> None:
    reader, tracker = world.start("reader"), world.start("tracker")
    changed = world.topic(world.topics.changes)
    send(world, 0, 120)
    changed.wait_for(lambda seen: len(seen) >= 10, seconds=120)
    beside = await rebuilt(world, redis_server, swap=False)
    assert beside.tracks.is_equal, beside.tracks.examples
    assert beside.articles.is_equal, beside.articles.examples

    wait_until_tracked(world, 120)
    calm = await rebuilt(world, redis_server)
    assert calm.is_equal
    assert calm.articles.equal == 120

    async with aclosing(Redis.from_url(redis_server.url)) as client:
        names = [name async for name in client.scan_iter(f"{{{world.prefix}}}*")]
        await client.delete(*names)
    send(world, 120, 180)
    wait_for(lambda: waits_for_a_rebuild(reader), what="the reader waits", seconds=60)
    tracker.kill()
    tracker = world.start("tracker")
    wait_for(lambda: waits_for_a_rebuild(tracker), what="the tracker waits", seconds=60)

    sent = len(world.whole(world.topics.changes))
    restored = await rebuilt(world, redis_server)
    assert restored.had_lost_everything
    assert restored.tracks.swapped == restored.tracks.missing == calm.tracks.equal
    assert len(world.whole(world.topics.changes)) == sent, "a rebuild publishes nothing"

    for worker in (reader, tracker):
        worker.wait_until_ready()
    send(world, 180, ARTICLES)
    wait_until_tracked(world, ARTICLES)
    changes = world.whole(world.topics.changes)
    repeats_in(changes)
    observations = world.whole(world.topics.observations)
    assert standing(changes_in(changes)) == standing(await replay(observations))
    again = await rebuilt(world, redis_server)
    assert again.is_equal, (again.tracks.examples, again.articles.examples)

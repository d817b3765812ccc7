"""Two readers and two trackers on real Kafka; one of each is killed midway and started again."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import pytest

from kafka_cluster import KafkaCluster
from news import ACTORS, TOPICS, news
from patience import wait_for
from redis_server import RedisServer
from replay import replay, standing
from worker_world import Consumed, WorkerWorld, changes_in, observations_in, repeats_in

pytestmark = [
    pytest.mark.kafka,
    pytest.mark.timeout(1800),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

ARTICLES = 2_000


def said(records: Sequence[Consumed]) -> dict[str, set[str]]:
    """Article uri -> names of the actors observed in it."""
    found: dict[str, set[str]] = defaultdict(set)
    for observation in observations_in(records):
        found[observation.article.uri].add(observation.actor.name.lower())
    return found


async def test_no_kill_loses_an_article_or_alters_what_stands(
    kafka_cluster: KafkaCluster,
    redis_server: RedisServer,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    articles = list(news(ARTICLES))
    with WorkerWorld(kafka_cluster.bootstrap_servers, redis_server.url, tmp_path) as world:
        workers = [world.start(name) for name in ("reader", "reader", "tracker", "tracker")]
        for one in articles:
            world.send_article(one.uri, **one.fields)
        world.flush()
        observed = world.topic(world.topics.observations)
        changed = world.topic(world.topics.changes)

        observed.wait_for(lambda seen: len(seen) >= ARTICLES // 2, seconds=400)
        workers[0].kill()
        workers[0] = world.start("reader")
        changed.wait_for(lambda seen: len(seen) >= len(ACTORS) * len(TOPICS) // 2, seconds=400)
        workers[2].kill()
        workers[2] = world.start("tracker")

        observed.wait_for(lambda seen: len(said(seen)) == ARTICLES, seconds=600)
        wait_for(
            lambda: world.committed("reader") == ARTICLES, what="readers are done", seconds=200
        )
        observations = world.whole(world.topics.observations)
        total = len(observations)
        wait_for(lambda: world.committed("tracker") == total, what="trackers are done", seconds=400)
        changes = world.whole(world.topics.changes)
        ends = [worker.terminate() for worker in workers]
        dead = world.whole(world.topics.articles_dlq)

    assert [code for code, _ in ends] == [0, 0, 0, 0]
    assert max(seconds for _, seconds in ends) < 5.0
    assert list(dead) == []

    assert said(observations) == {one.uri: set(one.actors) for one in articles}
    stories = {o.story.id for o in observations_in(observations) if o.story}
    assert len(stories) == len(TOPICS), "two readers opened a story each for one topic"
    repeats = repeats_in(observations), repeats_in(changes)

    calm = await replay(observations)
    stands = standing(changes_in(changes))
    assert stands == standing(calm)
    assert {change.type for change in stands.values()} == {"established", "changed"}
    assert len({(c.story.id, c.actor.id) for c in stands.values()}) == len(TOPICS) * len(ACTORS)
    with capsys.disabled():
        print(
            f"\n{ARTICLES} articles, {len(observations)} observations ({repeats[0]} repeated),"
            f" {len(changes)} changes ({repeats[1]} repeated), {len(stands)} stand;"
            f" slowest SIGTERM {max(s for _, s in ends):.1f} s"
        )

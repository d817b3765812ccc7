"""The whole way on the embedded broker: articles and garbage in, changes out, one reader killed."""

from pathlib import Path

import pytest

from garbage import BAD_RECORDS
from news import TOPICS, actors_of, news
from replay import replay, standing
from stancewire.plumbing.embedded import embedded_kafka
from worker_world import WorkerWorld, changes_in, observations_in, repeats_in


@pytest.mark.timeout(600)
async def test_articles_become_changes_though_a_reader_is_killed(
    redis_url: str, tmp_path: Path
) -> None:
    articles = list(news(60, topics=1))
    with (
        embedded_kafka() as broker,
        WorkerWorld(broker, redis_url, tmp_path, partitions=2) as world,
    ):
        reader, tracker = world.start("reader"), world.start("tracker")
        for bad in BAD_RECORDS[:3]:
            world.send(bad.key, bad.value)
        world.send_articles(articles[:30])
        observed = world.topic(world.topics.observations)
        observed.wait_for(lambda seen: len(seen) >= 20, seconds=200)
        reader.kill()
        reader = world.start("reader")
        world.send_articles(articles[30:])
        observed.wait_for(
            lambda seen: len({record.id for record in seen}) == 2 * len(articles), seconds=200
        )
        calm = standing(await replay(observed.seen))
        changed = world.topic(world.topics.changes)
        changed.wait_for(lambda seen: standing(changes_in(seen)) == calm, seconds=200)
        ends = [worker.terminate(within=60) for worker in (reader, tracker)]
        letters = world.topic(world.topics.articles_dlq).look()

    assert [code for code, _ in ends] == [0, 0]
    assert {letter.value for letter in letters} == {bad.value for bad in BAD_RECORDS[:3]}
    assert {o.article.uri for o in observations_in(observed.seen)} == {a.uri for a in articles}
    assert {change.type for change in calm.values()} == {"established", "changed"}
    assert {change.actor.name for change in calm.values()} == set(actors_of(TOPICS[0]))
    repeats_in(observed.seen)
    repeats_in(changed.seen)

"""A worker joins the life that Redis is in, and waits where Redis has lost its own."""

import uuid
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from flow_fakes import Crash
from stancewire.errors import Unavailable
from stancewire.stores.life import Life
from stancewire.workers.beginning import join_life
from stancewire.workers.guard import Readiness


@pytest.fixture
async def client(redis_url: str) -> AsyncIterator[Redis]:
    client = Redis.from_url(redis_url)
    yield client
    await client.aclose()


class Bench:
    def __init__(self, client: Redis) -> None:
        self.namespace = uuid.uuid4().hex
        self.client, self.readiness = client, Readiness()
        self.pauses: list[float] = []
        self.answers: list[bool | Exception] = []

    def life(self) -> Life:
        return Life(self.client, namespace=self.namespace)

    async def join(self, *, rebuild_after: int | None = None) -> Life:
        life = self.life()

        async def has_worked() -> bool:
            answer = self.answers.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer

        async def sleep(seconds: float) -> None:
            self.pauses.append(seconds)
            if len(self.pauses) == rebuild_after:
                await self.life().begin_anew()

        await join_life(
            life,
            namespace=self.namespace,
            has_worked=has_worked,
            readiness=self.readiness,
            sleep=sleep,
        )
        return life


@pytest.fixture
def bench(client: Redis) -> Bench:
    return Bench(client)


async def test_the_first_worker_begins_a_life_and_the_others_join_it(bench: Bench) -> None:
    bench.answers = [False]
    first, second = await bench.join(), await bench.join()
    assert first.mark
    assert first.mark == second.mark
    assert "state" not in bench.readiness.problems


async def test_an_emptied_redis_is_waited_for_until_a_rebuild(bench: Bench) -> None:
    bench.answers = [True, True]
    joined = await bench.join(rebuild_after=2)
    assert bench.pauses == [0.25, 0.5]
    assert joined.mark
    assert "state" not in bench.readiness.problems


async def test_meanwhile_the_worker_says_what_to_do(bench: Bench) -> None:
    with pytest.raises(Crash):
        await join_life(
            bench.life(),
            namespace="n",
            has_worked=_has_worked,
            readiness=bench.readiness,
            sleep=_crash,
        )
    assert "stancewire rebuild" in bench.readiness.problems["state"]


async def test_a_kafka_that_is_away_is_no_reason_to_begin_a_life(bench: Bench) -> None:
    bench.answers = [Unavailable("Kafka is away"), False]
    await bench.join()
    assert len(bench.pauses) == 1


async def test_another_life_is_taken_up_and_a_lost_one_is_reported(bench: Bench) -> None:
    life = bench.life()
    await life.begin()
    await bench.client.delete(life.key)
    with pytest.raises(Unavailable, match="stancewire rebuild"):
        await life.follow()
    rebuilt = bench.life()
    await rebuilt.begin_anew()
    await life.follow()
    assert life.mark == rebuilt.mark


async def _has_worked() -> bool:
    return True


async def _crash(_: float) -> None:
    raise Crash("stop here")

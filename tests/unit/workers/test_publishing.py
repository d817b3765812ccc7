import asyncio
from collections.abc import Awaitable

import pytest

from stancewire.workers.publishing import gather_acknowledged


async def test_records_are_handed_over_in_order_and_awaited_together() -> None:
    handed: list[int] = []
    all_handed = asyncio.Event()
    futures = [asyncio.get_running_loop().create_future() for _ in range(3)]

    async def send(number: int) -> Awaitable[int]:
        handed.append(number)
        if len(handed) == len(futures):
            all_handed.set()
        return futures[number]

    waiting = asyncio.ensure_future(gather_acknowledged(send(n) for n in range(3)))
    await all_handed.wait()
    for future in reversed(futures):
        assert not waiting.done()
        future.set_result(1)
    await waiting
    assert handed == [0, 1, 2]


async def test_the_first_error_is_raised_only_when_all_are_settled() -> None:
    loop = asyncio.get_running_loop()
    bad, slow = loop.create_future(), loop.create_future()

    async def send(future: "asyncio.Future[int]") -> Awaitable[int]:
        return future

    waiting = asyncio.ensure_future(gather_acknowledged(send(f) for f in (bad, slow)))
    bad.set_exception(OSError("first"))
    for _ in range(5):
        await asyncio.sleep(0)
    assert not waiting.done()
    slow.set_exception(OSError("second"))
    with pytest.raises(OSError, match="first"):
        await waiting


async def test_what_follows_a_refused_record_is_not_sent() -> None:
    handed: list[int] = []
    done = asyncio.get_running_loop().create_future()
    done.set_result(1)

    async def send(number: int) -> Awaitable[int]:
        handed.append(number)
        if number == 1:
            raise ValueError("too large")
        return done

    with pytest.raises(ValueError, match="too large"):
        await gather_acknowledged([send(n) for n in range(4)])
    assert handed == [0, 1]

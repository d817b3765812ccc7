"""The stream of changes, over a real connection."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import aiohttp
import pytest
from redis.asyncio import Redis

from gateway_world import JANE, GatewayWorld, spoken
from patience import until
from stancewire.events import StanceChange
from stancewire.gateway import event_stream
from stancewire.gateway.hub import FLOOD
from stancewire.gateway.server import address_of, listening, server

LAST_CHUNK = b"0\r\n\r\n"
"""By which a response that ends in order ends."""


@dataclass
class Event:
    type: str
    id: str
    data: dict


class Stream:
    """Reads events of one stream."""

    def __init__(self, answer: aiohttp.ClientResponse) -> None:
        self.answer = answer

    async def next(self) -> Event:
        fields: dict[str, str] = {}
        while True:
            line = (await asyncio.wait_for(self.answer.content.readline(), 20)).decode()
            if not line:
                raise EOFError
            if line == "\n" and "data" in fields:
                return Event(fields["event"], fields["id"], json.loads(fields["data"]))
            name, _, value = line.rstrip("\n").partition(": ")
            fields[name] = value

    async def types(self, count: int) -> list[str]:
        return [(await self.next()).type for _ in range(count)]


class Served:
    """A gateway that is served, and its hub at work."""

    def __init__(self, world: GatewayWorld, address: str, http: aiohttp.ClientSession) -> None:
        self.world, self.address, self.http = world, address, http

    @asynccontextmanager
    async def stream(self, *, seen: str | None = None, **params: str) -> AsyncIterator[Stream]:
        headers = {"last-event-id": seen} if seen else {}
        url = f"{self.address}/api/v1/stream"
        async with self.http.get(url, params=params, headers=headers) as answer:
            assert answer.status == 200, await answer.text()
            assert answer.content_type == "text/event-stream"
            assert answer.headers["cache-control"] == "no-store"
            yield Stream(answer)


@asynccontextmanager
async def serving(world: GatewayWorld) -> AsyncIterator[Served]:
    with listening(world.parts.settings) as opened:
        running = server(world.app, world.parts.settings)
        tasks = [
            asyncio.create_task(running.serve(sockets=[opened])),
            asyncio.create_task(world.parts.hub.run()),
        ]
        ready = lambda: running.started and not world.parts.hub.problems()  # noqa: E731
        await until(ready, what="the gateway serves")
        async with aiohttp.ClientSession() as http:
            yield Served(world, address_of(opened), http)
        world.parts.hub.end()
        running.stop()
        await tasks[0]
        tasks[1].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture
async def served(world: GatewayWorld) -> AsyncIterator[Served]:
    async with serving(world) as served:
        yield served


async def test_a_change_comes_as_it_is_recorded(served: Served) -> None:
    async with served.stream() as stream:
        assert (await stream.next()).type == "hello"
        (told,) = await served.world.track(*spoken("hhh"))
        event = await stream.next()
        assert (event.type, event.data["change_id"]) == ("change", told.change_id)
        assert event.id == await served.world.parts.index.newest_position()


async def test_who_comes_back_gets_what_it_missed_and_nothing_twice(served: Served) -> None:
    async with served.stream() as stream:
        await served.world.track(*spoken("hhh"))
        seen = [await stream.next() for _ in range(2)][-1]
    told = await served.world.track(*spoken("wwwhhh", start=3, prefix="b"))
    async with served.stream(seen=seen.id) as stream:
        missed = [await stream.next() for _ in range(len(told))]
        assert [event.data["change_id"] for event in missed] == [each.change_id for each in told]
        assert (await stream.next()).type == "hello"
        (newest,) = await served.world.track(*spoken("sss", story="dam"))
        assert (await stream.next()).data["change_id"] == newest.change_id
    async with served.stream(last_event_id=missed[-1].id) as stream:
        assert (await stream.next()).data["change_id"] == newest.change_id


async def test_what_is_not_kept_any_more_is_said_to_be_stale(served: Served) -> None:
    await served.world.track(*spoken("hhhwww"))
    for seen in ("1-0", "9999999999999-0"):
        async with served.stream(seen=seen) as stream:
            stale = await stream.next()
            assert (stale.type, "not kept" in stale.data["reason"]) == ("stale", True)
            assert (await stream.next()).type == "hello"
    async with served.stream(seen=stale.id) as stream:
        assert (await stream.next()).type == "hello"


async def test_who_missed_too_much_is_told_to_fetch(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_stream, "RESUMED", 2)
    await served.world.track(*spoken("hhh"))
    async with served.stream() as stream:
        seen = (await stream.next()).id
    await served.world.track(*spoken("wwwhhh", start=3, prefix="b"))
    async with served.stream(seen=seen) as stream:
        assert await stream.types(3) == ["change", "change", "hello"]
    await served.world.track(*spoken("www", start=9, prefix="c"))
    async with served.stream(seen=seen) as stream:
        assert await stream.types(2) == ["stale", "hello"]


async def test_a_stream_can_be_filtered(served: Served) -> None:
    async with (
        served.stream(stance="warning") as warnings,
        served.stream(actor="person:max-moe", story="dam") as of_max,
        served.stream(actor=JANE, stance="hopeful") as jane_hopes,
    ):
        for stream in (warnings, of_max, jane_hopes):
            assert (await stream.next()).type == "hello"
        await served.world.track(*spoken("hhhwww"))
        await served.world.track(*spoken("www", story="dam", actor="max-moe"))
        assert (await warnings.next()).data["actor"]["id"] == JANE
        assert (await warnings.next()).data["actor"]["id"] == "person:max-moe"
        assert (await of_max.next()).data["story"]["id"] == "dam"
        assert (await jane_hopes.next()).data["type"] == "established"


async def test_a_flood_is_not_sent_but_said(served: Served) -> None:
    (told,) = await served.world.track(*spoken("hhh"))
    async with served.stream() as stream:
        assert (await stream.next()).type == "hello"
        await flood(served.world, told, FLOOD + 1)
        event = await stream.next()
        assert event.type == "stale"
        assert event.id == await served.world.parts.index.newest_position()
        await served.world.track(*spoken("www", start=3, prefix="b"))
        assert (await stream.next()).type == "change"


async def test_a_comment_keeps_the_stream_alive(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_stream, "KEEP_ALIVE_S", 0.05)
    async with served.stream() as stream:
        hello = await stream.next()
        lines = [await asyncio.wait_for(stream.answer.content.readline(), 20) for _ in range(5)]
        assert lines[0] == b": still here\n"
        assert lines[1] == f"id: {hello.id}\n".encode()
        assert lines[3] == b": still here\n"


async def test_when_the_gateway_ends_streams_end_in_order(world: GatewayWorld) -> None:
    async with serving(world) as served, served.stream() as stream:
        assert (await stream.next()).type == "hello"
        world.parts.hub.end()
        with pytest.raises(EOFError):
            await stream.next()
        assert len(world.parts.hub) == 0
        async with served.http.get(f"{served.address}/api/v1/stream") as late:
            assert late.status == 503


async def test_who_goes_is_forgotten(served: Served) -> None:
    async with served.stream() as stream:
        await stream.next()
        assert len(served.world.parts.hub) == 1
        stream.answer.close()
        await until(lambda: not len(served.world.parts.hub), what="the listener is forgotten")


async def test_only_so_many_may_listen(client: Redis) -> None:
    world = GatewayWorld(client, max_streams=2)
    async with (
        serving(world) as served,
        served.stream(),
        served.stream(),
        served.http.get(f"{served.address}/api/v1/stream") as third,
    ):
        assert third.status == 503
        assert (await third.json(content_type=None))["type"].endswith("too-many-streams")


async def test_a_slow_client_is_dropped_and_others_are_not_held_up(world: GatewayWorld) -> None:
    """It opens a stream and reads nothing; its buffers fill, then its queue."""
    (told,) = await world.track(*spoken("hhh"))
    async with serving(world) as served, served.stream() as quick:
        slow = await silent_client(served.address)
        assert (await quick.next()).type == "hello"
        await until(lambda: len(world.parts.hub) == 2, what="both listen")
        taken = 0
        while len(world.parts.hub) == 2:
            await flood(world, told, 10)
            for _ in range(10):
                assert (await quick.next()).type == "change"
            taken += 10
            assert taken < 20_000
        await until(lambda: metric(world, "stancewire_streams") == 1, what="one is left")
        assert metric(world, "stancewire_streams_dropped_total") == 1
        assert not (await drained(slow)).endswith(LAST_CHUNK)


async def test_a_client_that_takes_nothing_for_too_long_is_dropped(
    world: GatewayWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before its queue is full: the time alone is enough."""
    monkeypatch.setattr(event_stream, "SLOW_S", 0.2)
    monkeypatch.setattr(world.parts.hub, "_queue", 10**6)
    (told,) = await world.track(*spoken("hhh"))
    async with serving(world) as served:
        slow = await silent_client(served.address)
        await until(lambda: len(world.parts.hub) == 1, what="it listens")
        async with asyncio.timeout(60):
            while len(world.parts.hub):
                await flood(world, told, 100)
                await asyncio.sleep(0.02)
        assert metric(world, "stancewire_streams_dropped_total") == 1
        slow.close()


async def flood(world: GatewayWorld, change: StanceChange, count: int) -> None:
    """Record so many changes at once."""
    tracked = await world.tracks.load(f"{change.story.id}|{change.actor.id}")
    saved = await world.tracks.save(
        tracked, state=tracked.state, outbox=[], changes=[change] * count
    )
    assert saved is not None


async def silent_client(address: str) -> socket.socket:
    """Asks for the stream and then reads nothing, with little room for what comes."""
    host, port = address.removeprefix("http://").split(":")
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(client, (host, int(port)))
    request = b"GET /api/v1/stream HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n"
    await loop.sock_sendall(client, request)
    return client


async def drained(client: socket.socket) -> bytes:
    """The last of what had come until the connection was dropped."""
    loop, last = asyncio.get_running_loop(), b""
    with client, suppress(ConnectionError):
        async with asyncio.timeout(20):
            while chunk := await loop.sock_recv(client, 65_536):
                last = (last + chunk)[-100:]
    return last


def metric(world: GatewayWorld, name: str) -> float:
    value = world.registry.get_sample_value(name)
    assert value is not None
    return value

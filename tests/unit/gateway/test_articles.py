"""Articles in: what is taken, what is refused, and what becomes of a repeat."""

import asyncio
import json
from datetime import timedelta

import httpx
import pytest
from redis.asyncio import Redis

from gateway_world import FakeArticles, GatewayWorld
from stancewire.gateway import bodies
from stancewire.gateway.examples import ARTICLE
from stancewire.plumbing.schemas import ARTICLE_SCHEMAS, schemas_directory

PATH = "/api/v1/articles"
VALID = [
    pytest.param(file.read_bytes(), id=f"{shape}/{file.stem}")
    for shape in ARTICLE_SCHEMAS
    for file in sorted((schemas_directory() / "examples" / "valid" / shape).glob("*.json"))
]


async def send(
    http: httpx.AsyncClient, article: object = ARTICLE, **headers: str
) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await http.post(PATH, json=article, headers=named)


@pytest.fixture
def world(client: Redis) -> GatewayWorld:
    world = GatewayWorld(client)
    object.__setattr__(world.parts, "max_body_bytes", 1_000_000)
    world.clock.advance(timedelta(days=30))
    return world


@pytest.mark.parametrize("raw", VALID)
async def test_every_shape_is_taken_byte_for_byte(
    world: GatewayWorld, http: httpx.AsyncClient, raw: bytes
) -> None:
    answer = await http.post(PATH, content=raw, headers={"content-type": "application/json"})
    assert answer.status_code == 202, answer.text
    ((value, uri, headers),) = world.articles.taken
    assert (value, headers) == (raw, [("content-type", b"application/json")])
    assert answer.json() == {"uri": uri, "status": "accepted"}


async def test_a_cloud_event_is_taken_with_its_content_type(
    world: GatewayWorld, http: httpx.AsyncClient
) -> None:
    event = {
        "specversion": "1.0",
        "id": "1",
        "source": "https://agency.example",
        "type": "example.article",
        "data": ARTICLE,
    }
    answer = await http.post(
        PATH,
        content=json.dumps(event),
        headers={"content-type": "application/cloudevents+json; charset=utf-8"},
    )
    assert answer.status_code == 202
    ((_, uri, headers),) = world.articles.taken
    assert (uri, headers) == (ARTICLE["uri"], [("content-type", b"application/cloudevents+json")])


async def test_a_backfilled_article_is_marked(world: GatewayWorld, http: httpx.AsyncClient) -> None:
    await http.post(f"{PATH}?backfill=true", json=ARTICLE)
    assert ("stancewire-backfill", b"1") in world.articles.taken[0][2]


@pytest.mark.parametrize(
    ("body", "stage"),
    [
        (b"", "decode"),
        (b"{", "decode"),
        (b"\xff\xfe", "decode"),
        (b"[1, 2]", "decode"),
        (b'{"colour": "red"}', "decode"),
        (b'{"uri": "urn:a"}', "decode"),
        (b'{"uri": 3, "body": "x"}', "schema"),
        (b'{"uri": "urn:a", "body": ""}', "schema"),
        (b'{"uri": "urn:a", "body": "x", "published_at": "2036-01-01T00:00:00Z"}', "article"),
        (b'{"uri": "urn:a", "body": "' + b"x" * 1_000_001 + b'"}', "article"),
        (b'{"a":' * 5000 + b"1" + b"}" * 5000, "decode"),
    ],
)
async def test_garbage_is_refused_with_the_reason(
    world: GatewayWorld, http: httpx.AsyncClient, body: bytes, stage: str
) -> None:
    answer = await http.post(PATH, content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["stage"]) == (422, stage)
    assert answer.json()["type"] == "urn:stancewire:problem:invalid-article"
    assert world.articles.taken == []


@pytest.mark.parametrize("media_type", ["text/plain", "", "multipart/form-data", "text/html"])
async def test_what_another_site_could_send_unasked_is_refused(
    world: GatewayWorld, http: httpx.AsyncClient, media_type: str
) -> None:
    headers = {"content-type": media_type} if media_type else {}
    answer = await http.post(PATH, content=json.dumps(ARTICLE), headers=headers)
    assert (answer.status_code, world.articles.taken) == (415, [])


async def test_what_is_too_long_is_refused_before_it_is_read(http: httpx.AsyncClient) -> None:
    sent = 0

    async def endless():
        nonlocal sent
        while True:
            sent += 1
            yield b"x" * 65_536

    headers = {"content-type": "application/json"}
    for length in ({"content-length": str(bodies.MAX_BYTES + 1)}, {}):
        answer = await http.post(PATH, content=endless(), headers={**headers, **length})
        assert (answer.status_code, answer.json()["type"]) == (
            413,
            "urn:stancewire:problem:too-large",
        )
    assert sent <= bodies.MAX_BYTES // 65_536 + 3


async def test_a_body_that_does_not_come_is_given_up(
    http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "_SECONDS", 0.05)

    async def never():
        yield b"{"
        await asyncio.Event().wait()

    answer = await http.post(PATH, content=never(), headers={"content-type": "application/json"})
    assert answer.status_code == 408


async def test_a_kafka_that_is_away_is_503_and_may_be_tried_again(
    world: GatewayWorld, http: httpx.AsyncClient
) -> None:
    world.articles.is_away = True
    away = await send(http, idempotency_key="one")
    assert (away.status_code, away.headers["retry-after"]) == (503, "2")
    world.articles.is_away = False
    assert (await send(http, idempotency_key="one")).status_code == 202
    assert len(world.articles.taken) == 1


async def test_a_repeat_gets_the_first_answer_and_publishes_nothing(
    world: GatewayWorld, http: httpx.AsyncClient
) -> None:
    first, second = [await send(http, idempotency_key="one") for _ in range(2)]
    assert (second.status_code, second.json()) == (202, first.json())
    assert "idempotent-replayed" not in first.headers
    assert second.headers["idempotent-replayed"] == "true"
    assert len(world.articles.taken) == 1
    await send(http, idempotency_key="two")
    await send(http)
    assert len(world.articles.taken) == 3


async def test_a_key_is_not_good_for_another_body(http: httpx.AsyncClient) -> None:
    await send(http, idempotency_key="one")
    other = await send(http, {**ARTICLE, "headline": "Another"}, idempotency_key="one")
    assert other.status_code == 422
    assert other.json()["type"] == "urn:stancewire:problem:idempotency-key"


async def test_a_refused_article_may_be_mended_under_its_key(http: httpx.AsyncClient) -> None:
    assert (await send(http, {"uri": "urn:a"}, idempotency_key="one")).status_code == 422
    assert (await send(http, idempotency_key="one")).status_code == 202


class SlowArticles(FakeArticles):
    def __init__(self) -> None:
        super().__init__()
        self.begun, self.may_end = asyncio.Event(), asyncio.Event()

    async def publish(self, *given, **named) -> None:
        self.begun.set()
        await self.may_end.wait()
        await super().publish(*given, **named)


async def test_a_repeat_while_the_first_still_runs_is_told_to_wait(
    world: GatewayWorld, http: httpx.AsyncClient
) -> None:
    slow = SlowArticles()
    object.__setattr__(world.parts, "publisher", slow)
    first = asyncio.create_task(send(http, idempotency_key="one"))
    await slow.begun.wait()
    assert (await send(http, idempotency_key="one")).status_code == 409
    slow.may_end.set()
    assert (await first).status_code == 202
    assert len(slow.taken) == 1


async def test_only_so_many_are_taken_at_once(world: GatewayWorld, http: httpx.AsyncClient) -> None:
    slow = SlowArticles()
    object.__setattr__(world.parts, "publisher", slow)
    object.__setattr__(world.parts, "taking", asyncio.Semaphore(1))
    first = asyncio.create_task(send(http))
    await slow.begun.wait()
    refused = await send(http)
    assert (refused.status_code, refused.json()["type"]) == (503, "urn:stancewire:problem:busy")
    slow.may_end.set()
    assert (await first).status_code == 202


async def test_keys_of_two_callers_do_not_meet(client: Redis) -> None:
    world = GatewayWorld(client, access="keys")
    object.__setattr__(world.parts, "max_body_bytes", 1_000_000)
    async with world.http() as http:
        for headers in [await world.key("publish"), await world.key("publish")]:
            await send(http, idempotency_key="one", **headers)
    assert len(world.articles.taken) == 2

"""What holds for every answer: ETags, problems, headers, other sites."""

import gzip
import json

import httpx
import pytest
from redis.asyncio import Redis

from gateway_world import JANE, GatewayWorld, spoken
from stancewire.gateway.around import POLICY

PATHS = [
    "/stories",
    "/stories/talks",
    "/stories/talks/timeline",
    f"/stories/talks/actors/{JANE}",
    f"/stories/talks/actors/{JANE}/timeline",
    f"/stories/talks/actors/{JANE}/evidence",
    f"/actors/{JANE}",
    "/changes",
    "/session",
]


@pytest.mark.parametrize("path", PATHS)
async def test_what_a_client_has_is_not_sent_again(
    world: GatewayWorld, http: httpx.AsyncClient, path: str
) -> None:
    await world.track(*spoken("hhh"))
    first = await http.get(f"/api/v1{path}")
    etag = first.headers["etag"]
    assert first.headers["cache-control"] == "private, no-cache"
    for condition in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        again = await http.get(f"/api/v1{path}", headers={"if-none-match": condition})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == etag
    other = await http.get(f"/api/v1{path}", headers={"if-none-match": '"other"'})
    assert (other.status_code, other.content) == (200, first.content)


@pytest.mark.parametrize("path", [path for path in PATHS if path != "/session"])
async def test_a_change_changes_the_etag(
    world: GatewayWorld, http: httpx.AsyncClient, path: str
) -> None:
    await world.track(*spoken("hhh"))
    first = await http.get(f"/api/v1{path}")
    await world.track(*spoken("www", start=3, prefix="b"))
    again = await http.get(f"/api/v1{path}", headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 200
    assert again.headers["etag"] != first.headers["etag"]


@pytest.mark.parametrize(
    ("path", "at"),
    [
        ("/stories?limit=0", "query.limit"),
        ("/stories?limit=201", "query.limit"),
        ("/stories?stance=angry", "query.stance"),
        ("/stories?cursor=nonsense", "query.cursor"),
        ("/stories?cursor=YzEtMA", "query.cursor"),
        ("/stories?colour=red", "query.colour"),
        ("/stories?language=English", "query.language"),
        ("/stories/talks/timeline?limit=51", "query.limit"),
        ("/changes?since=yesterday", "query.since"),
        ("/changes?since=2026-03-01T08:00:00", "query.since"),
        ("/changes?cursor=cDF8YQ", "query.cursor"),
        ("/changes?cursor=%F0%9F%92%A5", "query.cursor"),
        ("/changes?type=sudden", "query.type"),
        ("/stream?last_event_id=soon", "query.last_event_id"),
        ("/stories/" + "x" * 501, "path.story_id"),
    ],
)
async def test_what_is_wrong_is_named(http: httpx.AsyncClient, path: str, at: str) -> None:
    answer = await http.get(f"/api/v1{path}")
    problem = answer.json()
    assert answer.status_code == problem["status"] == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["type"] == "urn:stancewire:problem:invalid-request"
    assert problem["instance"] == answer.url.path
    assert [fault["at"] for fault in problem["errors"]] == [at]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/api/v1/nothing", 404), ("GET", "/x", 404), ("DELETE", "/api/v1/stories", 405)],
)
async def test_paths_that_are_not_there(
    http: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    answer = await http.request(method, path)
    assert (answer.status_code, answer.json()["status"]) == (status, status)
    assert answer.headers["content-type"] == "application/problem+json"


async def test_an_unforeseen_error_tells_nothing_but_that_it_was_one(
    world: GatewayWorld, http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a secret detail")

    monkeypatch.setattr(world.parts.index, "stories", broken)
    answer = await http.get("/api/v1/stories")
    assert (answer.status_code, answer.json()["title"]) == (500, "Internal Server Error")
    assert "secret" not in answer.text
    assert answer.headers["content-security-policy"] == POLICY


async def test_a_redis_that_is_away_is_503() -> None:
    client = Redis.from_url("redis://127.0.0.1:1/0")
    async with GatewayWorld(client).http() as http:
        for path in PATHS[:-1]:
            answer = await http.get(f"/api/v1{path}")
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
            assert answer.json()["type"] == "urn:stancewire:problem:unavailable"
        stream = await http.get("/api/v1/stream")
        assert stream.status_code == 503
        ready = await http.get("/readyz")
        assert ready.status_code == 503
        assert ready.json()["problems"].keys() == {"redis"}
        assert (await http.get("/healthz")).status_code == 200
    await client.aclose()


@pytest.mark.parametrize("path", ["/api/v1/stories", "/x", "/healthz", "/openapi.json"])
async def test_every_answer_keeps_browsers_from_harm(http: httpx.AsyncClient, path: str) -> None:
    headers = (await http.get(path)).headers
    assert headers["content-security-policy"] == POLICY
    assert "unsafe" not in POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert "strict-transport-security" not in headers


async def test_over_tls_browsers_are_told_to_stay_there(world: GatewayWorld) -> None:
    async with world.http(base_url="https://localhost") as http:
        headers = (await http.get("/healthz")).headers
    assert headers["strict-transport-security"].startswith("max-age=")


async def test_other_sites_may_only_call_where_the_settings_say_so(client: Redis) -> None:
    world = GatewayWorld(client, allowed_origins="https://news.example")
    asked = {"access-control-request-method": "GET"}
    async with world.http() as http:
        for origin, allowed in [
            ("https://news.example", "https://news.example"),
            ("https://evil.example", None),
        ]:
            plain = await http.get("/api/v1/stories", headers={"origin": origin})
            before = await http.options("/api/v1/stories", headers={"origin": origin, **asked})
            for answer in (plain, before):
                assert answer.headers.get("access-control-allow-origin") == allowed
    async with GatewayWorld(client).http() as http:
        answer = await http.get("/api/v1/stories", headers={"origin": "https://news.example"})
        assert "access-control-allow-origin" not in answer.headers


async def test_long_answers_are_compressed(world: GatewayWorld, http: httpx.AsyncClient) -> None:
    await world.track(*spoken("hhhwww"))
    async with http.stream(
        "GET", "/api/v1/stories/talks/timeline", headers={"accept-encoding": "gzip"}
    ) as answer:
        raw = b"".join([chunk async for chunk in answer.aiter_raw()])
    assert json.loads(gzip.decompress(raw))["items"]


async def test_markup_in_texts_stays_text(world: GatewayWorld, http: httpx.AsyncClient) -> None:
    await world.track(*spoken("h", texts=["<script>alert(1)</script>"]))
    answer = await http.get(f"/api/v1/stories/talks/actors/{JANE}/evidence")
    assert answer.headers["content-type"] == "application/json"
    (said,) = answer.json()["items"][0]["statements"]
    assert said["text"] == "<script>alert(1)</script>"


async def test_requests_are_counted_by_route(world: GatewayWorld, http: httpx.AsyncClient) -> None:
    await http.get("/api/v1/stories/none")
    await http.get("/api/v1/stories/other")
    await http.request("BREW", "/pot")
    counted = {
        tuple(sample.labels.values()): sample.value
        for metric in world.registry.collect()
        for sample in metric.samples
        if sample.name == "stancewire_http_requests_total"
    }
    assert counted["/api/v1/stories/{story_id}", "GET", "404"] == 2
    assert counted["none", "other", "404"] == 1

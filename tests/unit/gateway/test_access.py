"""Keys, scopes, the cookie, the rate, and who may call without a key."""

import httpx
import pytest
from redis.asyncio import Redis

from gateway_world import GatewayWorld

READ, PUBLISH, METRICS = (
    ("GET", "/api/v1/stories"),
    ("POST", "/api/v1/articles"),
    ("GET", "/metrics"),
)
ARTICLE = {"uri": "urn:a", "body": "Words."}


@pytest.fixture
def world(client: Redis) -> GatewayWorld:
    return GatewayWorld(client, access="keys")


async def call(http: httpx.AsyncClient, what: tuple[str, str], **options: object) -> int:
    body = {"json": ARTICLE} if what == PUBLISH else {}
    return (await http.request(*what, **body, **options)).status_code  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("scopes", "expected"),
    [
        (["read"], (200, 403, 403)),
        (["publish"], (403, 202, 403)),
        (["read", "publish"], (200, 202, 403)),
        (["admin"], (200, 202, 200)),
    ],
)
async def test_a_key_is_good_for_its_scopes(
    world: GatewayWorld, http: httpx.AsyncClient, scopes: list[str], expected: tuple[int, ...]
) -> None:
    headers = await world.key(*scopes)
    found = [await call(http, what, headers=headers) for what in (READ, PUBLISH, METRICS)]
    assert tuple(found) == expected


@pytest.mark.parametrize(
    "value",
    [
        None,
        "Bearer",
        "Bearer nonsense",
        "Basic dXM6dXM=",
        "Bearer sw_aaaaaaaaaaaaaaaa_" + "a" * 43,
        "Bearer " + "x" * 5000,
    ],
)
async def test_without_a_good_key_nothing_is_told(
    http: httpx.AsyncClient, value: str | None
) -> None:
    headers = {"authorization": value} if value else {}
    for what in (READ, PUBLISH, METRICS, ("GET", "/api/v1/stream"), ("GET", "/api/v1/session")):
        answer = await http.request(*what, headers=headers)
        assert answer.status_code == 401, what
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert answer.json()["type"] == "urn:stancewire:problem:no-key"


async def test_a_secret_of_another_key_is_not_taken(
    world: GatewayWorld, http: httpx.AsyncClient
) -> None:
    first, _ = await world.key("admin"), await world.key("admin")
    one, two = [(await world.key("read"))["authorization"] for _ in range(2)]
    mixed = "_".join([*one.split("_")[:2], two.split("_", 2)[2]])
    assert await call(http, READ, headers=first) == 200
    assert await call(http, READ, headers={"authorization": mixed}) == 401


async def test_a_revoked_key_ends_at_once(world: GatewayWorld, http: httpx.AsyncClient) -> None:
    headers = await world.key("read")
    assert await call(http, READ, headers=headers) == 200
    (key,) = await world.parts.keys.list()
    assert await world.parts.keys.revoke(key.id)
    assert await call(http, READ, headers=headers) == 401


async def test_health_needs_no_key(http: httpx.AsyncClient) -> None:
    assert (await http.get("/healthz")).json() == {"alive": True}
    assert (await http.get("/readyz")).status_code == 503
    assert (await http.get("/openapi.json")).status_code == 200


async def test_a_browser_keeps_its_key_in_a_cookie_for_reading_only(
    world: GatewayWorld, http: httpx.AsyncClient
) -> None:
    key = (await world.key("admin", name="me"))["authorization"].removeprefix("Bearer ")
    signed_in = await http.post("/api/v1/session", json={"key": key})
    assert signed_in.json() == {"access": "keys", "name": "me", "scopes": ["admin"]}
    cookie = signed_in.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "; secure" not in cookie
    assert await call(http, READ) == 200
    assert (await http.get("/api/v1/session")).json()["name"] == "me"
    assert await call(http, PUBLISH) == 401
    assert await call(http, METRICS) == 401
    assert (await http.delete("/api/v1/session")).status_code == 204
    assert await call(http, READ) == 401


async def test_over_tls_the_cookie_stays_there(world: GatewayWorld) -> None:
    key = (await world.key("read"))["authorization"].removeprefix("Bearer ")
    async with world.http(base_url="https://news.example") as http:
        signed_in = await http.post("/api/v1/session", json={"key": key})
    assert "; secure" in signed_in.headers["set-cookie"].lower()


@pytest.mark.parametrize(
    ("body", "media_type", "status"),
    [
        (b'{"key": "nonsense"}', "application/json", 401),
        (b'{"key": 3}', "application/json", 422),
        (b"{", "application/json", 422),
        (b'{"key": "\xff"}', "application/json", 422),
        (b'{"key": "' + b"x" * 70_000 + b'"}', "application/json", 413),
        (b'{"key": "x"}', "text/plain", 415),
    ],
)
async def test_nobody_signs_in_with_anything_else(
    http: httpx.AsyncClient, body: bytes, media_type: str, status: int
) -> None:
    headers = {"content-type": media_type}
    answer = await http.post("/api/v1/session", content=body, headers=headers)
    assert answer.status_code == status
    assert "set-cookie" not in answer.headers


async def test_each_key_has_a_rate_of_its_own(client: Redis) -> None:
    world = GatewayWorld(client, access="keys", requests_per_minute=3)
    one, two = await world.key("read"), await world.key("read")
    async with world.http() as http:
        assert [await call(http, READ, headers=one) for _ in range(4)] == [200, 200, 200, 429]
        limited = await http.get("/api/v1/stories", headers=one)
        assert limited.headers["retry-after"] == "21"
        assert limited.json()["type"] == "urn:stancewire:problem:too-many-requests"
        assert await call(http, READ, headers=two) == 200
        world.seconds += 20
        assert [await call(http, READ, headers=one) for _ in range(2)] == [200, 429]


async def test_who_guesses_keys_is_slowed_down(client: Redis) -> None:
    world = GatewayWorld(client, access="keys", requests_per_minute=3)
    guess = {"authorization": "Bearer sw_aaaaaaaaaaaaaaaa_" + "a" * 43}
    async with world.http() as http:
        assert [await call(http, READ, headers=guess) for _ in range(4)] == [401, 401, 401, 429]
        assert (await http.post("/api/v1/session", json={"key": "x"})).status_code == 429
        assert await call(http, READ, headers=await world.key("read")) == 200


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1", 200),
        ("127.0.0.1:8000", 200),
        ("localhost:8000", 200),
        ("[::1]:8000", 200),
        ("[::1]", 200),
        ("evil.example", 421),
        ("127.0.0.1.evil.example", 421),
        ("localhost.evil.example:8000", 421),
        ("", 421),
    ],
)
async def test_without_keys_only_this_machine_is_answered(
    client: Redis, host: str, status: int
) -> None:
    async with GatewayWorld(client, access="open").http() as http:
        answer = await http.get("/api/v1/stories", headers={"host": host})
        assert answer.status_code == status


async def test_with_keys_any_name_will_do(world: GatewayWorld, http: httpx.AsyncClient) -> None:
    headers = {**await world.key("read"), "host": "news.example"}
    assert (await http.get("/api/v1/stories", headers=headers)).status_code == 200

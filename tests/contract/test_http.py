"""The HTTP interface does what its OpenAPI document says, whatever it is sent."""

import asyncio
import json
import re
import shlex
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import httpx
import pytest
import schemathesis
from hypothesis import Phase, given, settings
from jsonschema import Draft202012Validator
from redis.asyncio import Redis
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from gateway_world import GatewayWorld, spoken
from stancewire.gateway.openapi import ANSWERS
from stancewire.gateway.server import address_of, listening, server

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "http.md"
STREAM = "/api/v1/stream"


class ServedGateway:
    """A gateway with an event loop and a thread of its own."""

    def __init__(self, redis_url: str) -> None:
        self.address = ""
        self.key: dict[str, str] = {}
        self._redis_url = redis_url
        self._serves = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._serves.wait(30)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._running.stop)
        self._thread.join(30)

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        client = Redis.from_url(self._redis_url)
        world = GatewayWorld(client, access="keys", requests_per_minute=1_000_000)
        self.key = await world.key("admin")
        await world.track(
            *spoken("hhhwwwsn", story="harbour-talks", actor="almut-reinhold"),
            *spoken("www", story="harbour-talks", actor="jonas-wetterfeld"),
        )
        hub = asyncio.create_task(world.parts.hub.run())
        with listening(world.parts.settings) as opened:
            self._running = server(world.app, world.parts.settings)
            self.address = address_of(opened)
            self._serves.set()
            await self._running.serve(sockets=[opened])
        hub.cancel()
        await asyncio.gather(hub, return_exceptions=True)
        await client.aclose()


@pytest.fixture(scope="module")
def gateway(redis_url: str) -> Iterator[ServedGateway]:
    with ServedGateway(redis_url) as gateway:
        yield gateway


def described() -> dict[str, Any]:
    """The document of an app that is not connected to anything."""
    world = GatewayWorld(Redis())

    async def ask() -> dict[str, Any]:
        async with world.http() as http:
            return (await http.get("/openapi.json")).json()

    return asyncio.run(ask())


DOCUMENT = described()
INTERFACE = schemathesis.openapi.from_dict(DOCUMENT)
OPERATIONS = {
    found.ok().label: found.ok()
    for found in INTERFACE.get_all_operations()
    if found.ok().path != STREAM
}


FITS, DOES_NOT_FIT = GenerationMode.POSITIVE, GenerationMode.NEGATIVE
WITHOUT_PARAMETERS = ("GET /api/v1/session", "DELETE /api/v1/session")
SENT = [
    (label, mode)
    for label in OPERATIONS
    for mode in (FITS, DOES_NOT_FIT)
    if mode is FITS or label not in WITHOUT_PARAMETERS
]


@pytest.mark.parametrize(("label", "mode"), SENT)
def test_every_answer_is_a_documented_one(
    gateway: ServedGateway, label: str, mode: GenerationMode
) -> None:
    """What fits the schemas and what does not; the examples of the document among it."""

    @given(OPERATIONS[label].as_strategy(generation_mode=mode))
    @settings(derandomize=True, max_examples=12, phases=[Phase.explicit, Phase.generate])
    def send(case: schemathesis.Case) -> None:
        # An article and a cursor are more than a schema says: valid by it, both may be refused.
        # Of two ways to show a key the check takes one away, and takes the other for a hole.
        case.call_and_validate(
            gateway.address,
            headers=gateway.key,
            excluded_checks=[ignored_auth, positive_data_acceptance],
        )

    send()


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def test_every_path_of_the_interface_is_there() -> None:
    story = "/api/v1/stories/{story_id}"
    track = story + "/actors/{actor_id}"
    assert {name for name, _ in operations()} == {
        "GET /api/v1/stories",
        f"GET {story}",
        f"GET {story}/timeline",
        f"GET {track}",
        f"GET {track}/timeline",
        f"GET {track}/evidence",
        "GET /api/v1/actors/{actor_id}",
        "GET /api/v1/changes",
        f"GET {STREAM}",
        "POST /api/v1/articles",
        "GET /api/v1/session",
        "POST /api/v1/session",
        "DELETE /api/v1/session",
    }


def test_every_operation_is_described_with_valid_examples() -> None:
    resource = Resource(contents=DOCUMENT, specification=DRAFT202012)
    registry = Registry().with_resource("urn:openapi", resource)
    shown = 0
    for name, operation in operations():
        assert operation["description"], name
        for parameter in operation.get("parameters", []):
            is_told = parameter["in"] in ("path", "cookie") or parameter["name"] == "limit"
            assert is_told or parameter.get("description") or parameter["in"] == "header", parameter
        for status, response in operation["responses"].items():
            for media, content in response.get("content", {}).items():
                where = f"{name} {status} {media}"
                assert "example" in content, where
                pointed = json.loads(json.dumps(content["schema"]).replace("#/", "urn:openapi#/"))
                Draft202012Validator(pointed, registry=registry).validate(content["example"])
                shown += 1
    assert shown > 50


def test_no_shape_is_described_that_no_answer_has() -> None:
    text = json.dumps(DOCUMENT)
    for name in DOCUMENT["components"]["schemas"]:
        assert f"#/components/schemas/{name}" in text, name
    assert {kind.__name__ for kind in ANSWERS} <= DOCUMENT["components"]["schemas"].keys()


def test_operations_say_which_keys_they_take() -> None:
    taken = {
        name: {scheme for way in operation.get("security", []) for scheme in way}
        for name, operation in operations()
    }
    assert taken["GET /api/v1/stories"] == {"key", "cookie"}
    assert taken["POST /api/v1/articles"] == {"key"}
    assert taken["POST /api/v1/session"] == set()


def curls() -> Iterator[list[str]]:
    """What docs/http.md tells to type, as the words behind `curl`."""
    for block in re.findall(r"```bash\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL):
        for line in block.splitlines():
            words = shlex.split(line)
            if words[0] == "curl":
                yield words[1:]


@pytest.mark.parametrize("words", [pytest.param(words, id=words[-1]) for words in curls()])
def test_what_the_page_tells_to_type_works(gateway: ServedGateway, words: list[str]) -> None:
    *options, url = words
    headers, body = dict(gateway.key), None
    while options:
        option = options.pop(0)
        if option == "-H":
            name, _, value = options.pop(0).partition(": ")
            headers |= {} if name == "Authorization" else {name: value}
        elif option == "--json":
            body = (ROOT / options.pop(0).removeprefix("@")).read_bytes()
            headers["Content-Type"] = "application/json"
        else:
            assert option in ("-i", "-N")
    asked = url.replace("$STANCEWIRE", gateway.address)
    method = "POST" if body else "GET"
    with httpx.stream(method, asked, content=body, headers=headers) as answer:
        assert answer.status_code == (202 if body else 200), answer.read()
        assert next(answer.iter_bytes())

"""A gateway on a real Redis, with what a tracker would have written there."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
from prometheus_client import CollectorRegistry
from redis.asyncio import Redis

from stancewire.errors import Unavailable
from stancewire.events import Actor, Observation, StanceChange, StoryRef, tracking_key
from stancewire.gateway.app import make_app
from stancewire.gateway.cache import TimelineCache
from stancewire.gateway.hub import Hub
from stancewire.gateway.limits import RateLimiter
from stancewire.gateway.metrics import GatewayMetrics
from stancewire.gateway.parts import Parts
from stancewire.plumbing.clock import ManualClock
from stancewire.plumbing.sections import GatewaySettings
from stancewire.stores.api_keys import ApiKeys
from stancewire.stores.repeats import Repeats
from stancewire.stores.track_index import TrackIndex
from stancewire.stores.tracks import Tracks
from stancewire.tracking import step
from track_builders import RECORDED, config, observation

NOW = datetime(2026, 3, 3, 9, 30, tzinfo=UTC)
JANE = "person:jane-doe"


@dataclass
class FakeArticles:
    """Kafka, in memory; away while `is_away`."""

    taken: list[tuple[bytes, str, list[tuple[str, bytes]]]] = field(default_factory=list)
    is_away: bool = False

    async def publish(
        self, value: bytes, *, uri: str, headers: Sequence[tuple[str, bytes]]
    ) -> None:
        if self.is_away:
            raise Unavailable("Kafka is away")
        self.taken.append((value, uri, list(headers)))


class GatewayWorld:
    """All parts, and the app; open to everybody unless the settings say otherwise."""

    def __init__(self, client: Redis, *, namespace: str | None = None, **settings: object) -> None:
        """`namespace` names that of another world, to be a second gateway on the same data."""
        self.client = client
        self.namespace = namespace or uuid.uuid4().hex
        self.tracks = Tracks(client, namespace=self.namespace)
        self.registry = CollectorRegistry()
        self.articles = FakeArticles()
        self.clock = ManualClock(NOW)
        self.seconds = 0.0
        chosen = GatewaySettings.model_validate(
            {"access": "open", "port": 0, "requests_per_minute": 10_000, **settings}
        )
        index = TrackIndex(client, namespace=self.namespace)
        self.parts = Parts(
            settings=chosen,
            max_body_bytes=1024,
            index=index,
            keys=ApiKeys(client, namespace=self.namespace),
            repeats=Repeats(client, namespace=self.namespace),
            hub=Hub(index, queue=20),
            publisher=self.articles,
            detector=config(),
            timelines=TimelineCache(),
            limiter=RateLimiter(per_minute=chosen.requests_per_minute, clock=lambda: self.seconds),
            metrics=GatewayMetrics(self.registry),
            clock=self.clock,
        )
        self.app = make_app(
            self.parts, registry=self.registry, problems_now=self.parts.hub.problems
        )

    def http(self, **options: Any) -> httpx.AsyncClient:
        """A client that calls the app directly; streams need a server."""
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        options.setdefault("base_url", "http://127.0.0.1")
        return httpx.AsyncClient(transport=transport, **options)

    async def track(self, *observations: Observation) -> list[StanceChange]:
        """Take observations in as a tracker does; the changes."""
        told: list[StanceChange] = []
        for each in observations:
            assert each.story is not None
            loaded = await self.tracks.load(tracking_key(each.story.id, each.actor.id))
            state, changes = step(loaded.state, each, config=config(), recorded_at=RECORDED)
            saved = await self.tracks.save(loaded, state=state, outbox=[], changes=changes)
            assert saved is not None
            told += changes
        return told

    async def key(self, *scopes: str, name: str = "newsroom") -> dict[str, str]:
        """Make a key; the headers that carry it."""
        text, _ = await self.parts.keys.create(name, scopes, created_at=NOW)  # type: ignore[arg-type]
        return {"authorization": f"Bearer {text}"}


def spoken(
    labels: str,
    *,
    story: str = "talks",
    actor: str = "jane-doe",
    start: float = 0.0,
    prefix: str = "a",
    **changes: object,
) -> Iterable[Observation]:
    """One article an hour in which the actor takes these stances, h, s, w or n, in the story."""
    name = actor.replace("-", " ").title()
    for i, label in enumerate(labels):
        yield observation(
            f"{prefix}-{story}-{actor}-{i}",
            label,
            hours=start + i,
            story=StoryRef(id=story, label=f"The {story}"),
            actor=Actor(id=f"person:{actor}", name=name, kind="person"),
            **changes,  # type: ignore[arg-type]
        )


async def pages(http: httpx.AsyncClient, path: str, **params: object) -> list[dict[str, Any]]:
    """All items, page by page."""
    found: list[dict[str, Any]] = []
    cursor = None
    for _ in range(100):
        extra = {"cursor": cursor} if cursor else {}
        page = (await http.get(path, params={**params, **extra})).raise_for_status().json()
        found += page["items"]
        cursor = page["next"]
        if cursor is None:
            return found
    raise AssertionError("the pages do not end")

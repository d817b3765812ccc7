"""What the routes work with, put together once at start."""

import asyncio
from dataclasses import dataclass, field
from typing import Annotated, Protocol

from fastapi import Depends, Request

from stancewire.gateway.cache import TimelineCache
from stancewire.gateway.hub import Hub
from stancewire.gateway.limits import RateLimiter
from stancewire.gateway.metrics import GatewayMetrics
from stancewire.plumbing.clock import Clock
from stancewire.plumbing.sections import GatewaySettings
from stancewire.stores.api_keys import ApiKeys
from stancewire.stores.repeats import Repeats
from stancewire.stores.track_index import TrackIndex
from stancewire.tracking import DetectorConfig

ARTICLES_AT_ONCE = 8
"""Articles that are taken at the same time: each may be 12 MiB."""


class ArticlePublisher(Protocol):
    """Puts articles on their topic."""

    async def publish(self, value: bytes, *, uri: str, headers: list[tuple[str, bytes]]) -> None:
        """Return when the broker has acknowledged it. Raises Unavailable where Kafka is away."""
        ...


@dataclass(frozen=True, kw_only=True)
class Parts:
    """Everything that a route may need."""

    settings: GatewaySettings
    max_body_bytes: int
    """Longest body of an article's text."""
    index: TrackIndex
    keys: ApiKeys
    repeats: Repeats
    hub: Hub
    publisher: ArticlePublisher
    detector: DetectorConfig
    timelines: TimelineCache
    limiter: RateLimiter
    metrics: GatewayMetrics
    clock: Clock
    taking: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(ARTICLES_AT_ONCE))
    """Held while an article is taken."""


def _parts(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


Given = Annotated[Parts, Depends(_parts)]
"""A route's parameter that gets the parts."""

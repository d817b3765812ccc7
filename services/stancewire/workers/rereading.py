"""The retained articles, read again by another model into a shadow namespace.

Read again is exactly what stands: the newest version of each article, out of the record that the
reader decided on, with the story that it was given then. Nothing is published and nothing live is
written; a run that is cut off goes on where it was.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from stancewire.errors import InvalidInput
from stancewire.events import Article, ModelRef, Withdrawal
from stancewire.reading.protocols import ReadingLike
from stancewire.stores.assignments import Assignments
from stancewire.stores.recorded import Recorded, unpack
from stancewire.stores.shadow import ReadAgain, Shadow
from stancewire.stories.observing import observe
from stancewire.workers.records import Incoming


@dataclass(kw_only=True)
class Reread:
    """What became of the retained articles."""

    read: int = 0
    known: int = 0
    """Read in an earlier run already."""
    current: int = 0
    """Read by this very model in the first place."""


class Rereader:
    """Reads articles again. `read` may take seconds each; `decode` raises InvalidInput."""

    def __init__(
        self,
        *,
        model: ModelRef,
        decode: Callable[[Incoming], Article | Withdrawal],
        read: Callable[[Article], Awaitable[ReadingLike]],
        articles: Assignments,
        shadow: Shadow,
    ) -> None:
        self._model = model
        self._decode = decode
        self._read = read
        self._articles = articles
        self._shadow = shadow
        self.counts = Reread()

    async def run(
        self, log: Iterable[Incoming], *, done: Callable[[], None] = lambda: None
    ) -> Reread:
        """Read every record of the articles topic that stands; `done` is called for each record."""
        for incoming in log:
            await self._take(incoming)
            done()
        return self.counts

    async def _take(self, incoming: Incoming) -> None:
        uri = (incoming.key or b"").decode(errors="replace")
        raw = await self._articles.stored(uri)
        standing = unpack(raw, Recorded) if raw is not None else None
        if raw is None or standing is None or not _stands(standing, incoming):
            return
        if standing.model == self._model:
            self.counts.current += 1
            return
        earlier = await self._shadow.find(uri)
        if earlier is not None and earlier.standing == raw:
            self.counts.known += 1
            return
        await self._read_again(incoming, standing, raw)

    async def _read_again(self, incoming: Incoming, standing: Recorded, raw: bytes) -> None:
        try:
            article = self._decode(incoming)
        except InvalidInput:
            return
        if isinstance(article, Withdrawal) or standing.article is None:
            return
        reading = await self._read(article)
        observations = observe(
            reading.actors,
            article=standing.article,
            story=standing.story,
            model=self._model,
            observed_at=standing.arrival.at,
        )
        again = ReadAgain(uri=standing.uri, standing=raw, observations=observations)
        await self._shadow.add(again)
        self.counts.read += 1


def _stands(standing: Recorded, incoming: Incoming) -> bool:
    """Whether a record is the one that the reader decided on, and all of it was published."""
    arrival = standing.arrival
    return (
        standing.status == "active"
        and standing.published
        and (arrival.partition, arrival.offset) == (incoming.partition, incoming.offset)
    )

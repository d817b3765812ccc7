"""What surrounds the handling of one record, so that none is lost and none stops the service."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import partial

import structlog

from stancewire.errors import ConfigurationError, Overloaded, Unavailable
from stancewire.plumbing.sections import GuardSettings
from stancewire.workers.breaker import Breaker
from stancewire.workers.dead_letters import UNEXPECTED, attempts_of, dead_letter, stage_of
from stancewire.workers.metrics import WorkerMetrics
from stancewire.workers.records import Incoming, Outgoing, Publisher

Handler = Callable[[Incoming], Awaitable[str]]
"""Handles one record to the end and says in a word how it ended. May raise any error."""

_NOT_THE_RECORD = (Unavailable, Overloaded, ConfigurationError)
FIRST_PAUSE_S = 0.25
LONGEST_PAUSE_S = 10.0
REMIND_EVERY_S = 60.0
"""How often a guard that has stopped says so in the log."""
_DEAD = "dead-letter"


class Readiness:
    """Whether the service can do its work just now, and why not."""

    def __init__(self) -> None:
        self._problems: dict[str, str] = {"start": "the service has not started yet"}

    def lost(self, what: str, why: str) -> None:
        """Something that the work needs is away."""
        self._problems[what] = why

    def found(self, what: str) -> None:
        """It is back."""
        self._problems.pop(what, None)

    @property
    def problems(self) -> dict[str, str]:
        """Everything that is away, with the reason; empty when ready."""
        return dict(self._problems)


class Guard:
    """Runs a handler on one record at a time.

    Unavailable, Overloaded and ConfigurationError (stored state of another format, say): the record
    is not to blame, so it is tried again after a growing pause, for as long as it takes; meanwhile
    the service is not ready and says why. InvalidInput and every error that nobody foresaw:
    the record goes to the dead letters, and `run` returns when it has arrived there. Nothing but
    cancellation ever leaves `run`, and then the record counts as not taken.

    When too large a share of the newest records were dead letters, `run` takes nothing more: it
    holds the next record, uncommitted, and the service is not ready and says why, until it ends.
    """

    def __init__(
        self,
        handler: Handler,
        *,
        dead_letters: str,
        publisher: Publisher,
        metrics: WorkerMetrics,
        readiness: Readiness,
        model_version: str | None = None,
        limits: GuardSettings | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._breaker = Breaker(limits or GuardSettings())
        self._handler = handler
        self._dead_letters = dead_letters
        self._publisher = publisher
        self._metrics = metrics
        self._readiness = readiness
        self._model_version = model_version
        self._sleep = sleep
        self._log = structlog.get_logger(__name__)

    async def run(self, incoming: Incoming) -> None:
        """Take one record to its end."""
        await self._hold_if_stopped(incoming)
        begun = time.perf_counter()
        outcome = await self._until_available(incoming, self._attempt)
        self._metrics.records.labels(incoming.topic, outcome).inc()
        self._metrics.seconds.labels(incoming.topic).observe(time.perf_counter() - begun)
        self._log.debug("record taken", outcome=outcome, **_place(incoming))
        if outcome != _DEAD or not attempts_of(incoming.headers):
            self._breaker.note(is_dead=outcome == _DEAD)
            self._metrics.dead_letter_share.labels(incoming.topic).set(self._breaker.share)

    async def _hold_if_stopped(self, incoming: Incoming) -> None:
        while (reason := self._breaker.reason) is not None:
            self._readiness.lost("dead letters", reason)
            self._metrics.stopped.labels(incoming.topic).set(1)
            self._log.critical("stopped", reason=reason, **_place(incoming))
            await self._sleep(REMIND_EVERY_S)

    async def _attempt(self, incoming: Incoming) -> str:
        try:
            return await self._handler(incoming)
        except _NOT_THE_RECORD:
            raise
        except Exception as error:
            return await self._until_available(incoming, partial(self._bury, error))

    async def _bury(self, error: Exception, incoming: Incoming) -> str:
        letter = dead_letter(incoming, error, model_version=self._model_version)
        try:
            await self._publisher.publish([Outgoing(topic=self._dead_letters, record=letter)])
        except Unavailable:
            raise
        except Exception as refused:
            # Going on would lose the record, so it waits here until someone mends the topic.
            raise Unavailable(
                f"{self._dead_letters} does not take the dead letter; check that the topic exists"
                f" and its max.message.bytes (`stancewire topics apply` sets it): {refused}"
            ) from refused
        stage = stage_of(error)
        self._metrics.dead_letters.labels(incoming.topic, stage).inc()
        if stage == UNEXPECTED:
            self._log.error("unexpected error", exc_info=error, **_place(incoming))
        else:
            self._log.warning("dead letter", stage=stage, reason=str(error), **_place(incoming))
        return _DEAD

    async def _until_available(self, incoming: Incoming, act: Handler) -> str:
        attempt = 0
        while True:
            try:
                outcome = await act(incoming)
            except _NOT_THE_RECORD as error:
                pause = min(FIRST_PAUSE_S * 2**attempt, LONGEST_PAUSE_S)
                self._readiness.lost("dependency", str(error))
                self._metrics.retries.labels(incoming.topic).inc()
                self._log.warning("waiting", reason=str(error), pause_s=pause, **_place(incoming))
                await self._sleep(pause)
                attempt = min(attempt + 1, 16)
            else:
                self._readiness.found("dependency")
                return outcome


def _place(incoming: Incoming) -> dict[str, object]:
    key = incoming.key.decode("utf-8", errors="backslashreplace") if incoming.key else None
    return {
        "topic": incoming.topic,
        "partition": incoming.partition,
        "offset": incoming.offset,
        "key": key[:200] if key else None,
    }

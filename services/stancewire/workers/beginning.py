"""Before a worker takes its first record: whether Redis is as it left it."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from stancewire.errors import Unavailable
from stancewire.plumbing.sections import KafkaSettings
from stancewire.stores.life import Life, lost
from stancewire.workers.following import committed_offsets
from stancewire.workers.guard import FIRST_PAUSE_S, LONGEST_PAUSE_S, Readiness

GROUPS = ("reader", "tracker")
"""The workers whose offsets say that Redis has held something."""

_log = structlog.get_logger(__name__)


async def join_life(
    life: Life,
    *,
    namespace: str,
    has_worked: Callable[[], Awaitable[bool]],
    readiness: Readiness,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Return once there is a life to work in; begin one where nobody has worked before.

    Where somebody has and nothing of it is in Redis, wait for a rebuild, and say so in `/readyz`.
    """
    pause = FIRST_PAUSE_S
    while True:
        try:
            if await life.find():
                break
            if not await has_worked():
                await life.begin()
                break
            problem = lost(namespace)
        except Unavailable as error:
            problem = str(error)
        readiness.lost("state", problem)
        _log.warning("waiting for the stored state", reason=problem, pause_s=pause)
        await sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE_S)
    readiness.found("state")


def has_committed(kafka: KafkaSettings) -> bool:
    """Whether a worker of this installation has ever committed an offset.

    Blocks. Raises Unavailable where Kafka does not answer.
    """
    return any(
        offset > 0
        for group in GROUPS
        for offset in committed_offsets(kafka, f"{kafka.group_prefix}-{group}").values()
    )

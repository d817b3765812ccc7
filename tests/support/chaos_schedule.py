"""Which faults strike in which round: all of it made of a seed, so that a run can be repeated."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

KINDS_OF_WORKER = ("reader", "tracker")


class Fault(StrEnum):
    """What may happen beside the kill -9 that every round has."""

    TERMINATE = "SIGTERM of a worker, which is started again"
    REPLACE = "a worker joins, then another one leaves (two rebalances)"
    BROKER_RESTART = "kill -9 of one broker, which is started again"
    BROKER_OUTAGE = "kill -9 of all brokers, away for a while"
    REDIS_RESTART = "kill -9 of Redis, which is started again"
    REDIS_OUTAGE = "Redis away for a while"


@dataclass(frozen=True)
class Strike:
    """One blow; None as fault is the kill -9 of a worker."""

    fault: Fault | None
    at: float
    """When: the share of the new articles sent for this blow that must have been read."""
    kind: str
    """Kind of the worker that is hit, where one is."""
    pick: int
    """Which of them, or which broker; counted around."""


def schedule(
    seed: int, rounds: int, *, faults: Sequence[Fault] = tuple(Fault)
) -> list[tuple[Strike, Strike]]:
    """For each round a kill -9 and one fault more, in the order in which they strike.

    Faults are drawn without putting back, so that each comes about as often as any other.
    """
    chance, bag, planned = random.Random(seed), list[Fault](), []
    for _ in range(rounds):
        if not bag:
            bag = chance.sample(list(faults), len(faults))
        first, second = (_strike(chance, fault) for fault in (None, bag.pop()))
        planned.append((first, second) if chance.random() < 0.5 else (second, first))
    return planned


def _strike(chance: random.Random, fault: Fault | None) -> Strike:
    return Strike(
        fault=fault,
        at=chance.random(),
        kind=chance.choice(KINDS_OF_WORKER),
        pick=chance.randrange(1_000),
    )

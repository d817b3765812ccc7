"""Measuring side by side: contenders take turns, so that whatever slows the machine slows all."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

READ, SERVICE, ENCODER, PEAK = "read", "service", "encoder", "int8 peak"
PIPELINE, ZERO_SHOT = "pipeline", "zero-shot"
"""Who takes part."""


@dataclass(frozen=True)
class Contender:
    """Something whose speed is measured."""

    name: str
    work: Callable[[], object]
    """One turn; must do the same every time."""
    amount: float
    """What one turn gets through: articles, tokens or operations."""


@dataclass(frozen=True)
class Spread:
    """Median, least and greatest of what was measured."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """The spread of at least one value."""
        return cls(median(values), min(values), max(values))

    def times(self, factor: float) -> "Spread":
        """The same in another unit."""
        return Spread(self.median * factor, self.low * factor, self.high * factor)


@dataclass(frozen=True)
class Rates:
    """Amount per second of every contender in every round."""

    by_name: dict[str, list[float]]

    def __contains__(self, name: str) -> bool:
        return name in self.by_name

    def spread(self, name: str) -> Spread:
        """How fast a contender was."""
        return Spread.of(self.by_name[name])

    def ratio(self, name: str, other: str) -> Spread:
        """How many times as fast as another, round by round."""
        pairs = zip(self.by_name[name], self.by_name[other], strict=True)
        return Spread.of([mine / theirs for mine, theirs in pairs])


def take_turns(
    contenders: Sequence[Contender],
    *,
    rounds: int,
    clock: Callable[[], float] = time.perf_counter,
    done: Callable[[], None] = lambda: None,
) -> Rates:
    """Run all once to warm up, then `rounds` times in turn, every other round backwards.

    `done` is called after each turn, the warming up included.
    """
    rates: dict[str, list[float]] = {contender.name: [] for contender in contenders}
    for contender in contenders:
        contender.work()
        done()
    for number in range(rounds):
        for contender in contenders if number % 2 == 0 else reversed(contenders):
            begun = clock()
            contender.work()
            rates[contender.name].append(contender.amount / (clock() - begun))
            done()
    return Rates(rates)
